// The permissions of docs/permissions.md, with a real server and its users.

package pawl_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/pawlhq/pawl"
	"github.com/pawlhq/pawl/internal/runtime/client"
	"github.com/pawlhq/pawl/internal/runtime/store/natsstore"
	"github.com/pawlhq/pawl/runtime/abi"
	"github.com/pawlhq/pawl/runtime/embed"
)

// documentedServer runs a server with the configuration in docs/permissions.md.
func documentedServer(t *testing.T) (url string) {
	t.Helper()
	page, err := os.ReadFile("docs/permissions.md")
	if err != nil {
		t.Fatal(err)
	}
	_, config, _ := strings.Cut(string(page), "\n```\n")
	config, _, _ = strings.Cut(config, "\n```\n")
	file := filepath.Join(t.TempDir(), "nats.conf")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	server, err := embed.Start(embed.Options{Memory: true, Port: embed.RandomPort, ConfigFile: file})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Shutdown)
	return server.URL()
}

func as(user string) []nats.Option {
	return []nats.Option{nats.UserInfo(user, "secret"), nats.CustomInboxPrefix("_INBOX_" + user)}
}

// role connects as a user, and fails the test if the server refuses anything.
func role(t *testing.T, url, user string) *pawl.Client {
	t.Helper()
	refused := func(_ *nats.Conn, _ *nats.Subscription, err error) { t.Errorf("%s: %v", user, err) }
	c, err := pawl.Connect(t.Context(), url, pawl.WithProvisioned(), pawl.WithLogger(slog.New(slog.DiscardHandler)),
		pawl.WithNATS(append(as(user), nats.ErrorHandler(refused))...))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// provisioned prepares the namespace and the queues of the page.
func provisioned(t *testing.T, url string) {
	t.Helper()
	st, err := natsstore.Connect(t.Context(), natsstore.Options{URL: url, NATS: as("operator")})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	for _, queue := range []string{"orders", "payments"} {
		if err := st.PrepareQueue(t.Context(), queue); err != nil {
			t.Fatal(err)
		}
	}
}

func workAs(t *testing.T, url, user string, reg pawl.Registration) {
	t.Helper()
	c := role(t, url, user)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- c.Work(ctx, reg) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("%s: %v", user, err)
		}
	})
}

// Each role can do its work with the permissions of the page.
func TestDocumentedPermissionsSuffice(t *testing.T) {
	url := documentedServer(t)
	provisioned(t, url)
	tries := 0
	act, call := activity(func(ctx context.Context, in string) (string, error) {
		if tries++; tries == 1 {
			pawl.Heartbeat(ctx, "half way")
			return "", errors.New("once more")
		}
		return in, nil
	})
	act.Activity.Queue = "payments"
	flow, child := family(func(ctx context.Context, r *abi.Run, callChild stub) (string, error) {
		abi.Sleep(r, 2*time.Second)
		in, err := callChild(ctx, r, strings.Repeat("x", 400<<10)) // an object
		if err != nil {
			return "", err
		}
		return call(ctx, r, in)
	}, func(_ context.Context, _ *abi.Run, in string) (string, error) { return in, nil })
	wf := flow.Workflows[0]
	wf.Queue, child.Queue = "orders", "orders"
	workAs(t, url, "workflows", flow)
	workAs(t, url, "activities", pawl.Registration{Package: "test", Activities: []abi.Handler{act}, Errors: testErrors})

	c := role(t, url, "client")
	st, err := natsstore.Connect(t.Context(), natsstore.Options{URL: url, Provisioned: true, NATS: as("observer")})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	observer := client.New(st, nil)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	in := strings.Repeat("x", 400<<10) // an object
	run, err := c.Start(ctx, wf, "order", []any{in})
	if err != nil {
		t.Fatal(err)
	}
	var out string
	if err := run.Wait(ctx, &out); err != nil || out != in {
		t.Errorf("result of %d bytes (%v)", len(out), err)
	}
	cancelled, err := c.Start(ctx, wf, "cancelled", []any{"x"})
	if err != nil {
		t.Fatal(err)
	}
	for err = pawl.ErrNotFound; errors.Is(err, pawl.ErrNotFound); { // until a worker has taken it
		err = cancelled.Cancel(ctx, "enough")
	}
	if err != nil {
		t.Error(err)
	}
	if err := cancelled.Wait(ctx); err == nil {
		t.Error("the cancelled run completed")
	}
	if listed, err := observer.List(ctx, client.Filter{}); err != nil || len(listed) != 3 {
		t.Errorf("the observer lists %d runs (%v), want 3", len(listed), err)
	}
	if _, err := observer.History(ctx, "order", ""); err != nil {
		t.Errorf("the observer reads the history: %v", err)
	}
}

// What a role must not be able to do is refused by the server.
func TestDocumentedPermissionsRefuse(t *testing.T) {
	url := documentedServer(t)
	provisioned(t, url)
	const inbox, journal = "pawl.default.i.0.0.orders.w.", "pawl.default.h.0.0.w"
	everyone := []string{
		"$JS.API.STREAM.UPDATE.PAWL_default_JOURNAL_0", "$JS.API.STREAM.DELETE.PAWL_default_JOURNAL_0",
		"$JS.API.STREAM.PURGE.PAWL_default_JOURNAL_0", "$JS.API.STREAM.MSG.DELETE.PAWL_default_JOURNAL_0",
		"$JS.API.STREAM.MSG.DELETE.PAWL_default_INBOX_0", "$JS.API.STREAM.CREATE.PAWL_default_OTHER",
		"$JS.API.CONSUMER.DELETE.PAWL_default_TASKS_0.payments", "$JS.API.CONSUMER.CREATE.PAWL_default_INBOX_0",
		"$JS.API.STREAM.SNAPSHOT.PAWL_default_JOURNAL_0", "pawl.other.i.0.0.orders.w.s", "pawl.other.h.0.0.w",
	}
	notWorkflows := []string{journal, "pawl.default.ha.0.0.w.-.r", "pawl.default.a.payments.0.0.w.r.1", "pawl.default.t.0.0.w.1",
		"pawl.default.f.0.0.orders.w", "pawl.default.x.0.0.w", "pawl.default.n.closed.w", "$JS.API.STREAM.MSG.DELETE.PAWL_default_TASKS_0",
		"$JS.API.CONSUMER.MSG.NEXT.PAWL_default_INBOX_0.orders-0", "$JS.ACK.PAWL_default_INBOX_0.orders-0.1.1.1.1.0"}
	for user, forbidden := range map[string][]string{
		"client":     append([]string{inbox + "o", "pawl.default.b.0.0.w.r.1", "$JS.API.CONSUMER.MSG.NEXT.PAWL_default_TASKS_0.payments"}, notWorkflows...),
		"observer":   append([]string{inbox + "s", inbox + "c", inbox + "o", "pawl.default.b.0.0.w.r.1", "pawl.default.o.x"}, notWorkflows...),
		"activities": append([]string{inbox + "s", inbox + "c", "$JS.API.CONSUMER.MSG.NEXT.PAWL_default_TASKS_0.orders"}, notWorkflows...),
		"workflows":  {"$JS.API.CONSUMER.MSG.NEXT.PAWL_default_TASKS_0.payments", "pawl.default.f.0.0.orders.w"},
	} {
		refused := make(chan error, 100)
		nc, err := nats.Connect(url, append(as(user), nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { refused <- err }))...)
		if err != nil {
			t.Fatal(err)
		}
		defer nc.Close()
		for _, subject := range append(forbidden, everyone...) {
			if err := errors.Join(nc.Publish(subject, nil), nc.Flush()); err != nil {
				t.Fatal(err)
			}
			select {
			case err := <-refused:
				if !strings.Contains(err.Error(), fmt.Sprintf("%q", subject)) {
					t.Errorf("%s publishes to %s: %v", user, subject, err)
				}
			case <-time.After(3 * time.Second):
				t.Errorf("%s may publish to %s", user, subject)
			}
		}
		for _, subject := range []string{"_INBOX.>", "_INBOX_other.>", "pawl.default.h.>", "pawl.default.i.>", "pawl.default.>", "$JS.>"} {
			if _, err := nc.SubscribeSync(subject); err != nil {
				t.Fatal(err)
			}
			nc.Flush()
			select {
			case <-refused:
			case <-time.After(3 * time.Second):
				t.Errorf("%s may subscribe to %s", user, subject)
			}
		}
	}
}

// A missing permission is an error that names it, and not a deadline.
func TestMissingPermissionIsNamed(t *testing.T) {
	url := documentedServer(t)
	_, err := pawl.Connect(t.Context(), url, pawl.WithLogger(slog.New(slog.DiscardHandler)), pawl.WithNATS(as("client")...))
	if !errors.Is(err, nats.ErrPermissionViolation) || !strings.Contains(err.Error(), "$JS.API.INFO") {
		t.Errorf("a client that may not create streams connects without WithProvisioned: %v", err)
	}
	provisioned(t, url)
	c, err := pawl.Connect(t.Context(), url, pawl.WithProvisioned(), pawl.WithLogger(slog.New(slog.DiscardHandler)), pawl.WithNATS(as("observer")...))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_, err = c.Start(t.Context(), echo().Workflows[0], "w", []any{"x"})
	if !errors.Is(err, nats.ErrPermissionViolation) || !strings.Contains(err.Error(), "pawl.default.i.") {
		t.Errorf("an observer starts a workflow: %v", err)
	}
}
