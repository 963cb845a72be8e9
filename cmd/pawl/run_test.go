package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/spf13/cobra"

	"github.com/pawlhq/pawl/cmd/pawl/internal/cli"
	"github.com/pawlhq/pawl/internal/testmod"
	"github.com/pawlhq/pawl/runtime/embed"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"pawl": main})
}

// TestScripts runs the scripts of testdata/script, each with its own server and worker.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			url, stop, err := startShop()
			if err != nil {
				return err
			}
			env.Defer(stop)
			env.Setenv("NATS_URL", url)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits, "until": until, "server": server},
	})
}

// exits runs a command that must exit with a status: exits 4 pawl run show nobody.
func exits(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	if got := status(ts.Exec(args[1], args[2:]...)); got != want {
		ts.Fatalf("%v: exit status %d, want %d", args[1:], got, want)
	}
}

func status(err error) int {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		return exit.ExitCode()
	}
	return -1
}

// until repeats a command until its output contains a text: until parked pawl run list.
func until(ts *testscript.TestScript, _ bool, args []string) {
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if ts.Exec(args[1], args[2:]...) == nil && strings.Contains(ts.ReadFile("stdout"), args[0]) {
			return
		}
	}
	ts.Fatalf("%v never printed %q", args[1:], args[0])
}

// server starts a server that Pawl cannot use, and sets BAD_URL to it: server nojetstream, server old, server guarded.
func server(ts *testscript.TestScript, _ bool, args []string) {
	switch args[0] {
	case "nojetstream":
		s, err := embed.Start(embed.Options{Dir: ts.MkAbs("nojetstream"), NoJetStream: true, Port: embed.RandomPort})
		ts.Check(err)
		ts.Defer(s.Shutdown)
		ts.Setenv("BAD_URL", s.URL())
	case "old", "guarded":
		ts.Setenv("BAD_URL", fakeServer(ts, args[0]))
	}
}

// fakeServer starts a server that reports an old version or refuses all users.
func fakeServer(ts *testscript.TestScript, kind string) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Defer(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go serve(conn, kind)
		}
	}()
	return "nats://" + l.Addr().String()
}

func serve(conn net.Conn, kind string) {
	defer conn.Close()
	fmt.Fprint(conn, `INFO {"server_id":"x","version":"2.10.4","max_payload":1048576,"headers":true,"auth_required":`, kind == "guarded", "}\r\n")
	buf := make([]byte, 4096)
	for {
		n, err := conn.Read(buf)
		if err != nil {
			return
		}
		if kind == "guarded" {
			fmt.Fprint(conn, "-ERR 'Authorization Violation'\r\n")
			return
		}
		for range bytes.Count(buf[:n], []byte("PING")) {
			fmt.Fprint(conn, "PONG\r\n")
		}
	}
}

// commands returns a command and all its subcommands.
func commands(c *cobra.Command) []*cobra.Command {
	list := []*cobra.Command{c}
	for _, sub := range c.Commands() {
		list = append(list, commands(sub)...)
	}
	return list
}

// extra are the arguments that make an example fast and independent of the other examples.
var extra = map[string][]string{
	"pawl bench":     {"-d", "20ms", "--runs", "2"},
	"pawl dev":       {"--port", "0", "--dir", "data"},
	"pawl run start": {"--conflict", "terminate"},
}

// TestExamples runs the examples of all help texts.
func TestExamples(t *testing.T) {
	useShop(t)
	t.Chdir(t.TempDir())
	testmod.Write(t, "order.json", []byte(`{"Item":"piccolo"}`))
	tried := 0
	for _, c := range commands(newRootCommand()) {
		for line := range strings.Lines(c.Example) {
			if line = strings.TrimSpace(line); line == "" {
				continue
			}
			tried++
			t.Run(line, func(t *testing.T) {
				prepare(t, c.Name())
				runExample(t, append(words(strings.ReplaceAll(line, "nats://127.0.0.1:4222", os.Getenv("NATS_URL"))), extra[c.CommandPath()]...))
			})
		}
	}
	if tried < 12 {
		t.Errorf("only %d examples", tried)
	}
}

// prepare brings order-81 into the state that the examples of a command need.
func prepare(t *testing.T, command string) {
	t.Helper()
	item := map[string]string{"show": "piano", "result": "flute", "cancel": "piano", "terminate": "piano"}[command]
	if item == "" {
		return
	}
	args := []string{"run", "start", "example.com/shop.Checkout", "order-81", "--conflict", "terminate", "--input", `{"Item":"` + item + `"}`}
	started, errs, code := execute(args...)
	if code != cli.OK {
		t.Fatalf("status %d: %s", code, errs)
	}
	runID := strings.Fields(started)[1]
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		if _, errs, code := execute("run", "show", "order-81", "--run", runID); code == cli.OK {
			return
		} else if time.Now().After(deadline) {
			t.Fatal(errs)
		}
	}
}

// runExample runs a command line that must succeed. It stops a server as soon as that prints its URL.
func runExample(t *testing.T, line []string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	root := newRootCommand()
	var errs bytes.Buffer
	root.SetOut(io.Discard)
	root.SetErr(&errs)
	if line[1] == "dev" {
		root.SetOut(writerFunc(func([]byte) { cancel() }))
	}
	if code := cli.Run(ctx, root, line[1:]); code != cli.OK {
		t.Errorf("status %d: %s", code, errs.String())
	}
}

type writerFunc func([]byte)

func (f writerFunc) Write(p []byte) (int, error) { f(p); return len(p), nil }

// words splits a command line like a shell, as far as the examples need it.
func words(line string) (list []string) {
	for i, part := range strings.Split(line, "'") {
		if i%2 == 0 {
			list = append(list, strings.Fields(part)...)
		} else {
			list = append(list, part)
		}
	}
	return list
}

// TestCompletionOfIDs tests that workflow ids are completed with a server, and that nothing is printed without one.
func TestCompletionOfIDs(t *testing.T) {
	useShop(t)
	for _, id := range []string{"order-1", "order-2", "other"} {
		if _, errs, code := execute("run", "start", "example.com/shop.Checkout", id, "--wait", "--input", `{"Item":"flute"}`); code != cli.OK {
			t.Fatalf("status %d: %s", code, errs)
		}
	}
	out, _, _ := execute("__complete", "run", "show", "--namespace", "default", "ord")
	if !strings.HasPrefix(out, "order-2\tcompleted example.com/shop.Checkout\norder-1\t") || strings.Contains(out, "other") {
		t.Errorf("ids: %q", out)
	}
	if out, _, _ := execute("__complete", "run", "cancel", "ord"); strings.Contains(out, "order") {
		t.Errorf("closed runs are offered for cancellation: %q", out)
	}
	if out, _, _ := execute("__complete", "run", "start", "exa"); !strings.HasPrefix(out, "example.com/shop.Checkout\n") {
		t.Errorf("types: %q", out)
	}
	t.Setenv("NATS_URL", "nats://127.0.0.1:1")
	begun := time.Now()
	if out, _, code := execute("__complete", "run", "show", "ord"); code != cli.OK || strings.Contains(out, "order") || time.Since(begun) > 5*time.Second {
		t.Errorf("without a server: status %d after %v: %q", code, time.Since(begun), out)
	}
}

// TestInterruptedWait tests that an interrupted wait reports that the run continues.
func TestInterruptedWait(t *testing.T) {
	useShop(t)
	prepare(t, "show")
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	root := newRootCommand()
	var errs bytes.Buffer
	root.SetErr(&errs)
	if code := cli.Run(ctx, root, []string{"run", "result", "order-81"}); code != cli.Interrupted || !strings.Contains(errs.String(), "continues: pawl run result order-81") {
		t.Errorf("status %d: %s", code, errs.String())
	}
}

// TestConfirmationFromDevNull tests a standard input that looks like a terminal but does not answer.
func TestConfirmationFromDevNull(t *testing.T) {
	nothing, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer nothing.Close()
	root := newRootCommand()
	var errs bytes.Buffer
	root.SetErr(&errs)
	root.SetIn(nothing)
	if code := cli.Run(t.Context(), root, []string{"run", "terminate", "order-81"}); code != cli.Usage || !strings.Contains(errs.String(), "use --yes") {
		t.Errorf("status %d: %s", code, errs.String())
	}
}

// TestDev tests that pawl dev keeps its data over a restart, and explains why it cannot start.
func TestDev(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	for range 2 {
		startDev(t, dir, func(url string) {
			if out, errs, code := execute("dev", "--dir", dir, "--port", "0"); code != cli.Conflict || out != "" || !strings.Contains(errs, dir+" is in use") {
				t.Errorf("used folder: status %d, stdout %q, stderr %q", code, out, errs)
			}
			port := url[strings.LastIndexByte(url, ':')+1:]
			if out, errs, code := execute("dev", "--dir", t.TempDir(), "--port", port); code != cli.Conflict || out != "" || !strings.Contains(errs, "port "+port+" is in use") || !strings.Contains(errs, "NATS_URL="+url) {
				t.Errorf("busy port: status %d, stdout %q, stderr %q", code, out, errs)
			}
			if _, errs, code := execute("run", "list", "--url", url); code != cli.OK {
				t.Errorf("list: status %d: %s", code, errs)
			}
		})
	}
	if entries, err := os.ReadDir(filepath.Join(dir, "jetstream")); err != nil || len(entries) == 0 {
		t.Errorf("no data in the folder: %v", err)
	}
}

// startDev runs pawl dev, calls use with its URL, and interrupts it.
func startDev(t *testing.T, dir string, use func(url string)) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	urls, ended := make(chan string, 1), make(chan int, 1)
	root := newRootCommand()
	root.SetOut(writerFunc(func(p []byte) { urls <- strings.TrimSpace(string(p)) }))
	root.SetErr(io.Discard)
	go func() { ended <- cli.Run(ctx, root, []string{"dev", "--dir", dir, "--port", "0"}) }()
	select {
	case url := <-urls:
		use(url)
	case code := <-ended:
		t.Fatalf("ended with status %d", code)
	}
	cancel()
	if code := <-ended; code != cli.OK {
		t.Errorf("interrupted: status %d", code)
	}
}
