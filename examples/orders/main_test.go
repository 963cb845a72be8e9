package main

import (
	"bytes"
	"context"
	"io"
	"net"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pawlhq/pawl/examples/orders/services"
	"github.com/pawlhq/pawl/examples/orders/shop"
)

// TestMain lets the test binary play the roles of the example's children, and a few for the tests of those.
func TestMain(m *testing.M) {
	roles["holds"] = hold
	roles["fails"] = func([]string, func(string)) error { return io.ErrUnexpectedEOF }
	roles["parent"] = holdThroughChild
	if len(os.Args) > 1 && roles[os.Args[1]] != nil {
		os.Exit(command(os.Args[1:]))
	}
	os.Exit(m.Run())
}

// TestOrders is the whole of it, with few orders: nothing is lost and nothing doubled, whatever is killed.
func TestOrders(t *testing.T) {
	if testing.Short() {
		t.Skip("kills and restarts processes for many seconds")
	}
	opts, err := parse([]string{"-n", "5"})
	if err != nil {
		t.Fatal(err)
	}
	opts.trouble.Hang, opts.trouble.Refuse = 2*time.Second, time.Second

	var out bytes.Buffer
	s, err := run(t.Context(), opts, &out)
	if err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	if len(s) != 5 {
		t.Errorf("the verdicts are %+v", s)
	}
	for _, want := range []string{
		`(?m)^order-01 .* shipped as carrier-ship-order-01$`,
		`(?m)^order-03 .* refused by the carrier, released and refunded$`,
		`The worker was killed 3 times, the NATS server once\.`,
		`\n5 completed, 0 lost, 0 doubled\n$`,
	} {
		if !regexp.MustCompile(want).MatchString(out.String()) {
			t.Errorf("the output does not match %s", want)
		}
	}
	if t.Failed() {
		t.Log(out.String())
	}
}

func TestBadArguments(t *testing.T) {
	for _, args := range [][]string{{"-n", "0"}, {"-n", "many"}, {"-m"}, {"twenty"}} {
		if _, err := parse(args); err == nil {
			t.Errorf("%q was accepted", args)
		}
	}
}

func TestJudge(t *testing.T) {
	shipped := ending{receipt: shop.Receipt{Parcel: "P1"}}
	refunded := ending{receipt: shop.Receipt{Refunded: true}}
	type effects = map[string]int
	for _, c := range []struct {
		name          string
		end           ending
		effects       effects
		how           string
		lost, doubled bool
	}{
		{"shipped", shipped, effects{"charge": 1, "reserve": 1, "ship": 1}, "shipped as P1", false, false},
		{"refunded", refunded, effects{"charge": 1, "reserve": 1, "release": 1, "refund": 1}, "refused by the carrier, released and refunded", false, false},
		{"never ended", ending{err: io.EOF}, effects{"charge": 1}, "lost: EOF", true, false},
		{"no parcel", shipped, effects{"charge": 1, "reserve": 1}, "shipped as P1, but its effects are [charge reserve]", true, false},
		{"no refund", refunded, effects{"charge": 1, "reserve": 1, "release": 1}, "refused by the carrier, released and refunded, but its effects are [charge release reserve]", true, false},
		{"refunded though shipped", shipped, effects{"charge": 1, "reserve": 1, "ship": 1, "refund": 1}, "shipped as P1, but its effects are [charge refund reserve ship]", true, false},
		{"charged twice", shipped, effects{"charge": 2, "reserve": 1, "ship": 1}, "shipped as P1, charge done 2 times", false, true},
		{"charged twice, never ended", ending{err: io.EOF}, effects{"charge": 2}, "lost: EOF, charge done 2 times", true, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := judge(shop.Order{ID: "o"}, c.end, c.effects)
			want := verdict{shop.Order{ID: "o"}, c.how, c.lost, c.doubled}
			if got != want {
				t.Errorf("got  %+v\nwant %+v", got, want)
			}
		})
	}
}

func TestSummaryEndsWithTheCount(t *testing.T) {
	s := summary{
		{order: shop.Order{ID: "o1"}},
		{order: shop.Order{ID: "o2"}, lost: true},
		{order: shop.Order{ID: "o3"}, doubled: true},
	}
	if !strings.HasSuffix(s.String(), "\n2 completed, 1 lost, 1 doubled\n") {
		t.Errorf("the summary is:\n%s", s)
	}
	if s.err() == nil || s[:1].err() != nil {
		t.Errorf("error %v of a bad summary, %v of a good one", s.err(), s[:1].err())
	}
	if s.telling() != "o2" {
		t.Errorf("the history shown is that of %s", s.telling())
	}
}

func TestProgressCountsWhatIsDone(t *testing.T) {
	sights := []sight{
		{order: shop.Order{ID: "o1"}, ended: true},
		{order: shop.Order{ID: "o2"}},
	}
	effects := services.Effects{
		"o1": {"charge": 1, "reserve": 1, "release": 1, "refund": 1},
		"o2": {"charge": 2},
	}
	if got := progress(sights, effects); got != 5.0/8 {
		t.Errorf("progress is %v", got)
	}
}

func TestScreenTellsOfEachChangeOnce(t *testing.T) {
	var out bytes.Buffer
	s := newScreen(&out)
	order := shop.Order{ID: "o1", Item: "lamp"}
	for _, v := range []sight{
		{order: order, state: "Reserve", attempt: 1},
		{order: order, state: "Reserve", attempt: 2, trouble: "429"},
		{order: order, state: "Reserve", attempt: 3, trouble: "429"},
		{order: order, state: "completed", ended: true},
	} {
		s.show([]sight{v})
	}
	want := `^.*o1  lamp   Reserve    attempt 1
.*o1  lamp   Reserve    attempt 2: 429
.*o1  lamp   completed
$`
	if !regexp.MustCompile(want).MatchString(out.String()) {
		t.Errorf("the screen shows:\n%s", out.String())
	}
}

func TestTerminalShowsWhatHasNotEnded(t *testing.T) {
	sights := make([]sight, 50)
	for i := range sights {
		sights[i] = sight{order: shop.Order{ID: "done"}, state: "completed", ended: i < 45}
		if !sights[i].ended {
			sights[i].order.ID = "open"
		}
	}
	s := newScreen(io.Discard)
	s.say("kill")
	lines := s.picture(sights)
	if len(lines) != 6 || !strings.Contains(lines[0], "45 of 50 orders ended  kill after") {
		t.Errorf("the picture is %q", lines)
	}
	for _, line := range lines[1:] {
		if !strings.HasPrefix(line, "open") {
			t.Errorf("the picture shows %q", line)
		}
	}
	if lines := s.picture(make([]sight, 50)); len(lines) != 1+screenRows {
		t.Errorf("the picture has %d lines", len(lines))
	}
}

// hold is a role that keeps a connection to args[0] open for as long as the process lives.
func hold(args []string, ready func(string)) error {
	c, err := net.Dial("tcp", args[0])
	if err != nil {
		return err
	}
	ready("holding " + c.LocalAddr().String())
	select {}
}

// holdThroughChild is a role that has a child that holds.
func holdThroughChild(args []string, ready func(string)) error {
	c, err := spawn(context.Background(), os.Stderr, nil, "holds", args[0])
	if err != nil {
		return err
	}
	ready(c.said)
	select {}
}

// holder spawns role and returns it with the connection that it, or its child, holds.
func holder(t *testing.T, ctx context.Context, role string) (*child, net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	c, err := spawn(ctx, os.Stderr, nil, role, l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.kill)
	conn, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if c.said != "holding "+conn.RemoteAddr().String() {
		t.Errorf("the child said %q", c.said)
	}
	return c, conn
}

func wantGone(t *testing.T, conn net.Conn) {
	t.Helper()
	conn.SetReadDeadline(time.Now().Add(10 * time.Second))
	if _, err := conn.Read(make([]byte, 1)); err == nil || os.IsTimeout(err) {
		t.Errorf("the process lives: %v", err)
	}
}

func TestKilledChildIsGone(t *testing.T) {
	c, conn := holder(t, t.Context(), "holds")
	if err := c.failed(); err != nil {
		t.Errorf("a living child: %v", err)
	}
	c.kill()
	wantGone(t, conn)
}

func TestChildDiesWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	_, conn := holder(t, ctx, "holds")
	cancel()
	wantGone(t, conn)
}

func TestChildDiesWithItsParent(t *testing.T) {
	parent, conn := holder(t, t.Context(), "parent")
	parent.kill()
	wantGone(t, conn)
}

func TestChildThatDoesNotComeUp(t *testing.T) {
	log, err := os.Create(t.TempDir() + "/log")
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	_, err = spawn(t.Context(), log, nil, "fails")
	said, _ := os.ReadFile(log.Name())
	if err == nil || string(said) != "fails: unexpected EOF\n" {
		t.Errorf("error %v, log %q", err, said)
	}
}
