// A test that nothing of the user's is stored in plain text if a transform encrypts it.

package pawl_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/pawlhq/pawl"
	"github.com/pawlhq/pawl/runtime/abi"
)

// secrets are words that belong to the user, by where they go.
var secrets = map[string]string{
	"input of a workflow":        "kingfisher",
	"input of an activity":       "nightingale",
	"result":                     "goldfinch",
	"config field":               "woodpecker",
	"details of a heartbeat":     "cormorant",
	"error that is retried":      "sandpiper",
	"field of a typed error":     "partridge",
	"cause of a typed error":     "albatross",
	"panic of an activity":       "oystercatcher",
	"error of a step":            "yellowhammer",
	"error of a workflow":        "greenshank",
	"panic of a workflow":        "whitethroat",
	"reason of a cancellation":   "wheatear",
	"reason of a termination":    "redstart",
	"result in the object store": strings.Repeat("lapwing", 100),
}

type cardError struct {
	Card  string
	Cause error
}

func (e *cardError) Error() string { return "card refused" }
func (e *cardError) Unwrap() error { return e.Cause }

func secretive() pawl.Registration {
	refuse := abi.Errors{abi.ErrorType[*cardError]("test.cardError")}
	attempts := 0
	act, call := activity(func(ctx context.Context, in string) (string, error) {
		switch in {
		case "panic":
			panic(secrets["panic of an activity"])
		case "typed":
			return "", pawl.Final(&cardError{secrets["field of a typed error"], errors.New(secrets["cause of a typed error"])})
		case "large":
			return secrets["result in the object store"], nil
		}
		if attempts++; attempts == 1 {
			if err := pawl.Heartbeat(ctx, secrets["details of a heartbeat"]); err != nil {
				return "", err
			}
			return "", errors.New(secrets["error that is retried"])
		}
		var seen string
		if ok, err := pawl.LastHeartbeat(ctx, &seen); !ok || err != nil || seen != secrets["details of a heartbeat"] {
			return "", pawl.Final(fmt.Errorf("details of the heartbeat: %q, %v, %v", seen, ok, err))
		}
		return secrets["result"], nil
	})
	act.Activity.Policy.Attempts = 2
	act.Activity.Policy.BackoffMin = 100 * time.Millisecond
	step := &abi.Activity{Name: "test.Step", Step: true, Policy: abi.Policy{StartToClose: time.Minute, Attempts: 1}}
	steps := abi.Handler{Activity: step, Run: func(context.Context, abi.Values) ([]any, error) {
		return []any{""}, errors.New(secrets["error of a step"])
	}}
	reg := workflow(func(ctx context.Context, r *abi.Run, in string) (string, error) {
		if in != secrets["input of a workflow"] {
			switch in {
			case "panic":
				panic(secrets["panic of a workflow"])
			case "wait":
				abi.Sleep(r, time.Second)
				return "", ctx.Err()
			}
			return "", errors.New(secrets["error of a workflow"])
		}
		for _, kind := range []string{"panic", "typed", "large", secrets["input of an activity"]} {
			out, err := call(ctx, r, kind)
			var card *cardError
			if kind == "typed" && (!errors.As(err, &card) || card.Card != secrets["field of a typed error"]) {
				return "", fmt.Errorf("the typed error became %w", err)
			}
			if kind == secrets["input of an activity"] && out != secrets["result"] {
				return "", fmt.Errorf("result %q, %w", out, err)
			}
		}
		var out string
		if err := abi.Call(ctx, r, step, nil, &out); err == nil || err.Error() != secrets["error of a step"] {
			return "", fmt.Errorf("error of the step: %v", err)
		}
		return secrets["result"], nil
	}, act, steps)
	reg.Errors = append(reg.Errors, refuse...)
	reg.Workflows[0].Errors = reg.Errors
	reg.Workflows[0].Config = func() map[string]any { return map[string]any{"Bird": secrets["config field"]} }
	return reg
}

// tap records all that is published on a server.
type tap struct {
	mu   sync.Mutex
	data []byte
}

func newTap(t *testing.T, url string) *tap {
	t.Helper()
	nc, err := nats.Connect(url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	tapped := &tap{}
	if _, err := nc.Subscribe(">", func(m *nats.Msg) { tapped.record(m.Subject, m.Header, m.Data) }); err != nil {
		t.Fatal(err)
	}
	if err := nc.Flush(); err != nil {
		t.Fatal(err)
	}
	return tapped
}

func (s *tap) record(subject string, header nats.Header, data []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.data = fmt.Appendf(s.data, "%s %v %s\n", subject, header, data)
}

// scan records all messages of all streams.
func (s *tap) scan(t *testing.T, url string) {
	t.Helper()
	nc, err := nats.Connect(url)
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	names := js.StreamNames(t.Context())
	for name := range names.Name() {
		stream, err := js.Stream(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		for seq := uint64(1); seq <= stream.CachedInfo().State.LastSeq; seq++ {
			m, err := stream.GetMsg(t.Context(), seq)
			if errors.Is(err, jetstream.ErrMsgNotFound) {
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			s.record(m.Subject, m.Header, m.Data)
		}
	}
	if names.Err() != nil {
		t.Fatal(names.Err())
	}
}

func (s *tap) has(word string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return bytes.Contains(s.data, []byte(word))
}

// until waits until a description of a run fits.
func until(t *testing.T, run *pawl.Run, fits func(*pawl.Description) bool) {
	t.Helper()
	for begun := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		d, err := run.Describe(t.Context())
		if err != nil && !pawl.IsNotFound(err) {
			t.Fatal(err)
		}
		if err == nil && fits(d) {
			return
		}
		if time.Since(begun) > 20*time.Second {
			t.Fatalf("run %s: %+v", run.ID(), d)
		}
	}
}

func TestEncryptedSecretsAreNotStoredInPlainText(t *testing.T) {
	aes, err := pawl.AES(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	for name, opts := range map[string][]pawl.Option{"plain": nil, "encrypted": {pawl.WithTransforms(aes)}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := natsServer(t)
			tapped := newTap(t, url)
			reg := secretive()
			c, err := pawl.Connect(t.Context(), url, append(opts, pawl.WithLogger(slog.New(slog.DiscardHandler)), pawl.WithClaimCheck(512))...)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			working, stop := context.WithCancel(context.Background())
			ended := make(chan error, 1)
			go func() { ended <- c.Work(working, reg) }()
			start := func(id, in string) *pawl.Run {
				run, err := c.Start(t.Context(), reg.Workflows[0], id, []any{in})
				if err != nil {
					t.Fatal(err)
				}
				return run
			}
			var out string
			if err := start("all", secrets["input of a workflow"]).Wait(t.Context(), &out); err != nil || out != secrets["result"] {
				t.Errorf("got %q, %v", out, err)
			}
			if err := start("failed", "fail").Wait(t.Context()); err == nil || !strings.Contains(err.Error(), secrets["error of a workflow"]) {
				t.Errorf("got %v", err)
			}
			parked := start("parked", "panic")
			until(t, parked, func(d *pawl.Description) bool { return strings.Contains(d.Parked, secrets["panic of a workflow"]) })
			tapped.scan(t, url)
			cancelled := start("cancelled", "wait")
			until(t, cancelled, func(d *pawl.Description) bool { return len(d.Pending) > 0 })
			if err := cancelled.Cancel(t.Context(), secrets["reason of a cancellation"]); err != nil {
				t.Fatal(err)
			}
			if err := parked.Terminate(t.Context(), secrets["reason of a termination"]); err != nil {
				t.Fatal(err)
			}
			var re *pawl.RunError
			if err := parked.Wait(t.Context()); !errors.As(err, &re) || re.Reason != secrets["reason of a termination"] {
				t.Errorf("after the termination: %v", err)
			}
			if err := cancelled.Wait(t.Context()); !errors.Is(err, context.Canceled) {
				t.Errorf("after the cancellation: %v", err)
			}
			until(t, parked, func(d *pawl.Description) bool { return d.Reason == secrets["reason of a termination"] })
			stop()
			if err := <-ended; err != nil {
				t.Error(err)
			}
			tapped.scan(t, url)
			for _, where := range slices.Sorted(maps.Keys(secrets)) {
				if found := tapped.has(secrets[where]); found != (name == "plain") {
					t.Errorf("%s: found %v", where, found)
				}
			}
		})
	}
}
