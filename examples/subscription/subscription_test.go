package subscription

import (
	"context"
	"errors"
	"maps"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pawlhq/pawl"
	"github.com/pawlhq/pawl/pawltest"
)

// bank is a fake. Like a real bank, it charges once for each idempotency key.
type bank struct {
	mu       sync.Mutex
	charged  map[string]int // by idempotency key
	declines bool
}

func (b *bank) Charge(ctx context.Context, customer string, cents int) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.declines {
		return ErrDeclined
	}
	if b.charged == nil {
		b.charged = map[string]int{}
	}
	b.charged[pawl.ActivityInfo(ctx).IdempotencyKey] = cents
	return nil
}

func (b *bank) total() (cents int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for c := range maps.Values(b.charged) {
		cents += c
	}
	return cents
}

// mailer is a fake that fails on the first attempts.
type mailer struct {
	mu       sync.Mutex
	failures int
}

func (m *mailer) Send(context.Context, string, string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.failures > 0 {
		m.failures--
		return errors.New("mail server is down")
	}
	return nil
}

func TestAYearOfCharges(t *testing.T) {
	pawltest.Run(t, func(e *pawltest.Env) {
		bank := &bank{}
		e.Work(PawlRegistration(bank, &mailer{}))
		begun := time.Now()
		run, err := StartSubscriptionYear(e.Context(), e.Client, "customer-7", "ann@example.com")
		if err != nil {
			e.Fatal(err)
		}
		charges, err := run.Result(e.Context())
		if err != nil || charges != 12 || bank.total() != 12*900 {
			e.Errorf("%d charges of %d cents in total: %v", charges, bank.total(), err)
		}
		if days := time.Since(begun).Hours() / 24; days != 360 {
			e.Errorf("it took %v days", days)
		}
	}, pawltest.InMemory())
}

func TestDeclinedCard(t *testing.T) {
	pawltest.Run(t, func(e *pawltest.Env) {
		e.Work(PawlRegistration(&bank{declines: true}, &mailer{}))
		run, err := StartSubscriptionYear(e.Context(), e.Client, "customer-7", "ann@example.com")
		if err != nil {
			e.Fatal(err)
		}
		e.Fails(run, ErrDeclined)
		if n := e.Calls("Charge"); n != 1 {
			e.Errorf("%d calls of Charge", n)
		}
	}, pawltest.InMemory())
}

func TestCancelledSubscription(t *testing.T) {
	pawltest.Run(t, func(e *pawltest.Env) {
		e.Work(PawlRegistration(&bank{}, &mailer{failures: 3}))
		run, err := StartSubscriptionYear(e.Context(), e.Client, "customer-7", "ann@example.com")
		if err != nil {
			e.Fatal(err)
		}
		e.AwaitCalls("Charge", 2) // a month has passed
		if err := run.Cancel(e.Context(), "moved abroad"); err != nil {
			e.Fatal(err)
		}
		e.Fails(run, context.Canceled)
		if n := e.Calls("Send"); n != 1 {
			e.Errorf("%d calls of Send", n)
		}
	}, pawltest.InMemory())
}

func TestWorkerIsDownForADay(t *testing.T) {
	pawltest.Run(t, func(e *pawltest.Env) {
		worker := e.Work(PawlRegistration(&bank{}, &mailer{}))
		run, err := StartSubscriptionYear(e.Context(), e.Client, "customer-7", "ann@example.com")
		if err != nil {
			e.Fatal(err)
		}
		e.AwaitCalls("Charge", 1)
		worker.Kill()
		time.Sleep(20 * time.Hour)
		worker.Start()
		e.Completes(run)
	}, pawltest.InMemory())
}

func oneYear(e *pawltest.Env) {
	bank := &bank{}
	e.Work(PawlRegistration(bank, &mailer{}))
	e.Effects(func() any { return bank.total() })
	run, err := StartSubscriptionYear(e.Context(), e.Client, "customer-7", "ann@example.com")
	if err != nil {
		e.Fatal(err)
	}
	e.Completes(run)
	e.Record("testdata/year.history", run.ID())
}

func TestYear(t *testing.T) { pawltest.Run(t, oneYear) }

func TestYearSurvivesCrashes(t *testing.T) { pawltest.CrashEverywhere(t, oneYear, pawltest.InMemory()) }

func TestRecordedYear(t *testing.T) {
	pawltest.Replay(t, "testdata/year.history", PawlRegistration(&bank{}, &mailer{}))
}

func TestThePageShowsTheseTests(t *testing.T) {
	page, err := os.ReadFile("../../docs/testing.md")
	if err != nil {
		t.Fatal(err)
	}
	var files strings.Builder
	for _, name := range []string{"subscription.go", "subscription_test.go"} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		files.Write(text)
	}
	for _, block := range regexp.MustCompile("(?s)```go\n(.*?)```").FindAllStringSubmatch(string(page), -1) {
		if !strings.Contains(files.String(), block[1]) {
			t.Errorf("this block of the page is not in the example: copy it\n%s", block[1])
		}
	}
}
