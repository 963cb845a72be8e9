// Tests of Connect and the options of the connection, with real servers.

package pawl_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/pawlhq/pawl"
	"github.com/pawlhq/pawl/runtime/embed"
)

// natsServer runs a server in this process and returns its URL.
func natsServer(t *testing.T) string {
	t.Helper()
	s, err := embed.Start(embed.Options{Memory: true, Port: embed.RandomPort})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Shutdown)
	return s.URL()
}

// connect connects, with a worker for the workflow echo.
func connect(t *testing.T, url string, opts ...pawl.Option) *pawl.Client {
	t.Helper()
	c, err := pawl.Connect(t.Context(), url, append(opts, pawl.WithLogger(slog.New(slog.DiscardHandler)))...)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- c.Work(ctx, echo()) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Work: %v", err)
		}
		c.Close()
	})
	return c
}

// runs starts the workflow echo and waits for its result.
func runs(t *testing.T, c *pawl.Client, id string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	run, err := c.Start(ctx, echo().Workflows[0], id, []any{"x"})
	if err != nil {
		t.Fatal(err)
	}
	var out string
	if err := run.Wait(ctx, &out); err != nil || out != "x" {
		t.Fatalf("%q, %v", out, err)
	}
}

// A server may accept only small messages. What does not fit into one is moved to the object store.
func TestSmallMessages(t *testing.T) {
	for _, limit := range []int32{64 << 10, 128 << 10} {
		server, err := embed.Start(embed.Options{Memory: true, Port: embed.RandomPort, MaxPayload: limit})
		if err != nil {
			t.Fatal(err)
		}
		defer server.Shutdown()
		c := connect(t, server.URL())
		for _, size := range []int{10 << 10, 40 << 10, 100 << 10, 400 << 10} {
			in, out := strings.Repeat("x", size), ""
			run, err := c.Start(t.Context(), echo().Workflows[0], fmt.Sprint(size), []any{in})
			if err != nil {
				t.Fatalf("max_payload %d: start with an input of %d bytes: %v", limit, size, err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			if err := run.Wait(ctx, &out); err != nil || out != in {
				t.Errorf("max_payload %d: a result of %d bytes has %d (%v)", limit, size, len(out), err)
			}
			cancel()
		}
	}
}

func TestTooSmallMessages(t *testing.T) {
	server, err := embed.Start(embed.Options{Memory: true, Port: embed.RandomPort, MaxPayload: 32 << 10})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Shutdown()
	_, err = pawl.Connect(t.Context(), server.URL())
	if err == nil || !strings.Contains(err.Error(), "max_payload") || !strings.Contains(err.Error(), "32768") {
		t.Errorf("connected to a server for messages of 32 KiB: %v", err)
	}
}

func TestConnectUsesTheEnvironment(t *testing.T) {
	t.Setenv("NATS_URL", natsServer(t))
	runs(t, connect(t, ""), "order")
	t.Setenv("NATS_URL", "nats://127.0.0.1:1")
	if _, err := pawl.Connect(t.Context(), ""); err == nil || !strings.Contains(err.Error(), "127.0.0.1:1") {
		t.Errorf("without a server: %v", err)
	}
}

func TestWithNamespace(t *testing.T) {
	url := natsServer(t)
	a, b := connect(t, url, pawl.WithNamespace("a")), connect(t, url, pawl.WithNamespace("b"))
	runs(t, a, "order")
	if _, err := a.Run(echo().Workflows[0], "order").Describe(t.Context()); err != nil {
		t.Errorf("in its namespace: %v", err)
	}
	if _, err := b.Run(echo().Workflows[0], "order").Describe(t.Context()); !errors.Is(err, pawl.ErrNotFound) {
		t.Errorf("in another namespace: %v", err)
	}
}

func TestWithConn(t *testing.T) {
	nc, err := nats.Connect(natsServer(t))
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	before := nc.Stats().OutMsgs
	t.Run("work", func(t *testing.T) { runs(t, connect(t, "", pawl.WithConn(nc)), "order") })
	if nc.Stats().OutMsgs == before || !nc.IsConnected() {
		t.Errorf("the connection sent %d messages, and is open: %v", nc.Stats().OutMsgs-before, nc.IsConnected())
	}
}

func TestWithReplicas(t *testing.T) {
	url := natsServer(t)
	if _, err := pawl.Connect(t.Context(), url, pawl.WithReplicas(3)); err == nil || !strings.Contains(err.Error(), "replicas") {
		t.Errorf("three replicas on one server: %v", err)
	}
	runs(t, connect(t, url, pawl.WithReplicas(1)), "order")
}

func TestWithRecreateStreams(t *testing.T) {
	url := natsServer(t)
	runs(t, connect(t, url), "order")
	nc, err := nats.Connect(url)
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	if _, err := nc.RequestWithContext(t.Context(), "$JS.API.STREAM.DELETE.PAWL_default_JOURNAL_0", nil); err != nil {
		t.Fatal(err)
	}
	if _, err := pawl.Connect(t.Context(), url); err == nil || !strings.Contains(err.Error(), "PAWL_default_JOURNAL_0") {
		t.Errorf("without the journal: %v", err)
	}
	c, err := pawl.Connect(t.Context(), url, pawl.WithRecreateStreams())
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
}

// handshake is what a client sends to a server when it connects.
type handshake struct {
	Name string `json:"name"`
	JWT  string `json:"jwt"`
	Sig  string `json:"sig"`
}

// shake returns what a client sends that connects with options, to a server that asks for credentials and then refuses.
func shake(t *testing.T, opts ...pawl.Option) (h handshake) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	got := make(chan string, 1)
	go func() {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		fmt.Fprint(conn, `INFO {"server_id":"x","version":"2.15.0","max_payload":1048576,"headers":true,"auth_required":true,"nonce":"abc"}`+"\r\n")
		line, _ := bufio.NewReader(conn).ReadString('\n')
		got <- line
		fmt.Fprint(conn, "-ERR 'Authorization Violation'\r\n")
	}()
	if _, err := pawl.Connect(t.Context(), "nats://"+l.Addr().String(), opts...); err == nil {
		t.Fatal("connected to a server that refuses everybody")
	} else if len(got) == 0 {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(strings.TrimPrefix(<-got, "CONNECT ")), &h); err != nil {
		t.Fatal(err)
	}
	return h
}

func TestWithCredentials(t *testing.T) {
	file := filepath.Join(t.TempDir(), "user.creds")
	if _, err := pawl.Connect(t.Context(), natsServer(t), pawl.WithCredentials(file)); err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("without the file: %v", err)
	}
	// The seed was made for this test, and no server knows it.
	const creds = `-----BEGIN NATS USER JWT-----
header.claims.signature
------END NATS USER JWT------

-----BEGIN USER NKEY SEED-----
SUAIES2TWB3NPXQHNRZUG7YKQBE73EXILA2G6O7U7XTJXRRXO25FIEWOSY
------END USER NKEY SEED------
`
	if err := os.WriteFile(file, []byte(creds), 0o600); err != nil {
		t.Fatal(err)
	}
	if h := shake(t, pawl.WithCredentials(file)); h.JWT != "header.claims.signature" || h.Sig == "" {
		t.Errorf("sent %+v", h)
	}
	if h := shake(t); h.JWT != "" {
		t.Errorf("without credentials sent %+v", h)
	}
}

func TestWithNATS(t *testing.T) {
	if h := shake(t, pawl.WithNATS(nats.Name("till 4"))); h.Name != "till 4" {
		t.Errorf("sent %+v", h)
	}
}

// TestEverythingIsTested requires that the tests of this package use every exported function and constant of it.
func TestEverythingIsTested(t *testing.T) {
	used := map[string]bool{}
	tests, err := filepath.Glob("*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range tests {
		f, err := parser.ParseFile(fset, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok {
				if id, ok := sel.X.(*ast.Ident); ok && id.Name == "pawl" {
					used[sel.Sel.Name] = true
				}
			}
			return true
		})
	}
	all, err := packages()
	if err != nil {
		t.Fatal(err)
	}
	exported := exportedNames(parse(t, all[module]))
	if len(exported) < 40 {
		t.Errorf("found only %d exported functions and constants", len(exported))
	}
	for _, name := range exported {
		if !used[name] {
			t.Errorf("pawl.%s has no test: add one to api_test.go or connect_test.go", name)
		}
	}
}

// exportedNames returns the exported functions and constants of some files.
func exportedNames(files []*ast.File) (names []string) {
	for _, f := range files {
		for _, decl := range f.Decls {
			switch d := decl.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil && d.Name.IsExported() {
					names = append(names, d.Name.Name)
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					v, ok := spec.(*ast.ValueSpec)
					for i := 0; ok && i < len(v.Names); i++ {
						if v.Names[i].IsExported() {
							names = append(names, v.Names[i].Name)
						}
					}
				}
			}
		}
	}
	return names
}
