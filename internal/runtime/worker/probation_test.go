// This file tests runs whose code ends the process of their worker.

package worker_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/client"
	"github.com/pawlhq/pawl/internal/runtime/failures"
	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/store/natsstore"
	"github.com/pawlhq/pawl/internal/runtime/worker"
	"github.com/pawlhq/pawl/runtime/abi"
	"github.com/pawlhq/pawl/runtime/embed"
)

// deaths is how many workers one such run may kill: those after which it is suspect, and those of its trials.
const deaths = 5

// fatalWorkflow recurses without end, for which Go ends the process. innocentWorkflow runs on the same workers.
func fatalWorkflow(b *bench) *abi.Workflow {
	return b.workflow("t.fatal", func(_ *abi.Run, _ context.Context, in string) (string, error) {
		return fmt.Sprint(recurse(1)), nil
	})
}

func recurse(n int) int { return recurse(n+1) + 1 } //nolint:staticcheck // it overflows the stack on purpose

func innocentWorkflow(b *bench) *abi.Workflow {
	return b.workflow("t.innocent", func(r *abi.Run, _ context.Context, in string) (string, error) {
		for range 8 {
			abi.Sleep(r, time.Second)
		}
		return in, nil
	})
}

func fatalRegistration(b *bench) abi.Registration {
	exit, _ := exitActivity()
	return abi.Registration{
		Package: "t", Errors: b.errors, Activities: []abi.Handler{exit},
		Workflows: []*abi.Workflow{fatalWorkflow(b), innocentWorkflow(b), exitWorkflow(b), b.echo()},
	}
}

// exitActivity ends the process of its worker, twice at most.
func exitActivity() (abi.Handler, func(*abi.Run, context.Context, string) (string, error)) {
	return newActivity(abi.Activity{Name: "t.exit", Policy: abi.Policy{Attempts: 2}}, func(context.Context, string) (string, error) {
		os.Exit(3)
		return "", nil
	})
}

func exitWorkflow(b *bench) *abi.Workflow {
	_, call := exitActivity()
	return b.workflow("t.exits", func(r *abi.Run, ctx context.Context, in string) (string, error) { return call(r, ctx, in) })
}

// workerEnv is the environment variable that makes the test binary a worker of the server with that URL.
const workerEnv = "PAWL_TEST_WORKER"

// workAsProcess runs the worker that the run kills.
func workAsProcess(url string) error {
	debug.SetMaxStack(8 << 20) // to crash sooner
	st, err := natsstore.Connect(context.Background(), natsstore.Options{URL: url})
	if err != nil {
		return err
	}
	w, err := worker.New(worker.Options{Store: st, Registrations: []abi.Registration{fatalRegistration(&bench{})}})
	if err != nil {
		return err
	}
	return w.Run(context.Background())
}

// crashes starts one worker after the other, each in its own process, and counts how many crash.
type crashes struct {
	*testing.T
	url    string
	died   int
	output string
}

// work runs workers until done reports true. It fails if more than deaths workers have crashed.
func (m *crashes) work(done func() bool) {
	for m.died <= deaths {
		ctx, kill := context.WithCancel(context.Background())
		cmd := exec.CommandContext(ctx, os.Args[0])
		cmd.Env = append(os.Environ(), workerEnv+"="+m.url)
		var out strings.Builder
		cmd.Stderr = &out
		if err := cmd.Start(); err != nil {
			m.Fatal(err)
		}
		ended := make(chan struct{})
		go func() { cmd.Wait(); close(ended) }()
		alive := m.until(done, ended)
		kill()
		<-ended
		if alive {
			return
		}
		m.died++
		m.output = out.String()
	}
	m.Fatalf("%d workers have crashed; the last one printed:\n%.2000s", m.died, m.output)
}

// until waits until done reports true or the worker has ended, and reports whether it is done.
func (m *crashes) until(done func() bool, ended <-chan struct{}) bool {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ended:
			return false
		case <-tick.C:
			if done() {
				return true
			}
		}
	}
}

// withProcesses returns a bench without workers, and the address of its server, for a test whose workers are processes.
func withProcesses(t *testing.T) (b *bench, url string) {
	t.Helper()
	if testing.Short() {
		t.Skip("half a minute")
	}
	t.Parallel()
	server, err := embed.Start(embed.Options{Memory: true, Host: "127.0.0.1", Port: embed.RandomPort})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Shutdown)
	st, err := natsstore.Connect(context.Background(), natsstore.Options{URL: server.URL(), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
	return &bench{T: t, client: client.New(st, nil)}, server.URL()
}

// TestRunThatEndsItsWorkersIsParked needs processes, and therefore real time.
func TestRunThatEndsItsWorkersIsParked(t *testing.T) {
	b, url := withProcesses(t)
	run := b.start(fatalWorkflow(b), "fatal", "")
	var others []*client.Run
	for i := range 5 {
		others = append(others, b.start(innocentWorkflow(b), fmt.Sprint("innocent-", i), "alive"))
	}
	m := &crashes{T: t, url: url}
	m.work(func() bool {
		d, err := b.client.Describe(context.Background(), "fatal", "")
		return err == nil && d.Status == history.StatusParked
	})
	t.Logf("%d workers died", m.died)
	d, err := b.client.Describe(context.Background(), "fatal", "")
	if err != nil || !strings.Contains(d.Parked, `workflow "fatal" crashed 3 workers in a row`) || !strings.Contains(m.output, "stack overflow") {
		t.Errorf("got %+v, %v, after %.300s", d, err, m.output)
	}
	// The run kills no further workers, whatever is sent to it, and the other runs complete.
	before := m.died
	if err := run.Terminate(context.Background(), "beyond repair"); err != nil {
		t.Fatal(err)
	}
	m.work(func() bool {
		for _, id := range []string{"fatal", "innocent-0", "innocent-1", "innocent-2", "innocent-3", "innocent-4"} {
			if d, err := b.client.Describe(context.Background(), id, ""); err != nil || !d.Status.Closed() {
				return false
			}
		}
		return true
	})
	if m.died > before {
		t.Errorf("%d more workers died", m.died-before)
	}
	for _, other := range others {
		var out string
		if err := other.Wait(context.Background(), &out); err != nil || out != "alive" {
			t.Errorf("innocent run: %q, %v", out, err)
		}
	}
	var re *client.RunError
	if err := run.Wait(context.Background()); !errors.As(err, &re) || re.Status != history.StatusTerminated {
		t.Errorf("the fatal run: %v", err)
	}
}

// An activity that ends its process ends as many processes as it may have attempts.
func TestActivityThatEndsItsWorker(t *testing.T) {
	b, url := withProcesses(t)
	run := b.start(exitWorkflow(b), "exits", "")
	m := &crashes{T: t, url: url}
	m.work(func() bool {
		d, err := b.client.Describe(context.Background(), "exits", "")
		return err == nil && d.Status.Closed()
	})
	var lost *failures.WorkerLostError
	if err := run.Wait(context.Background()); !errors.As(err, &lost) || lost.Attempt != 2 || m.died != 2 {
		t.Errorf("after %d dead workers: %v", m.died, err)
	}
}

// Notes of trials stop only the build that made them, and only at the record at which they were made.
func TestNotesOfTrials(t *testing.T) {
	mine, other := worker.Build(), "another build"
	for name, c := range map[string]struct {
		by      []string
		earlier uint64 // records ago
		barred  bool
	}{
		"of this build":                {by: []string{mine, other, mine, mine}, barred: true},
		"too few of this build":        {by: []string{mine, other, other, mine}},
		"of another build":             {by: []string{other, other, other, other}},
		"of this build, but it got on": {by: []string{mine, mine, mine}, earlier: 1},
	} {
		t.Run(name, func(t *testing.T) {
			world(t, func(b *bench) { b.expectNotes(c.by, c.earlier, c.barred) })
		})
	}
}

func (b *bench) expectNotes(by []string, earlier uint64, barred bool) {
	b.Helper()
	begun := 0
	sleeper := b.workflow("t.sleeper", func(r *abi.Run, _ context.Context, in string) (string, error) {
		begun++
		abi.Sleep(r, time.Hour)
		return in, nil
	})
	m := abi.Registration{Workflows: []*abi.Workflow{sleeper, b.echo()}}
	stop := b.work(m)
	run := b.start(sleeper, "w1", "slept")
	time.Sleep(time.Second)
	stop()
	b.note("w1", by, earlier)
	defer b.work(m)()
	time.Sleep(time.Hour)
	if !barred {
		var out string
		if err := run.Wait(context.Background(), &out); err != nil || out != "slept" || begun != 2 {
			b.Errorf("got %q, %v, its code began %d times", out, err, begun)
		}
		return
	}
	b.expectParked(b.echo(), "w1", "workflow \"w1\" crashed 3 workers in a row", "terminate the run")
	b.expectTerminated(run)
	if begun != 1 {
		b.Errorf("another worker has run its code")
	}
}

// note writes to visibility what workers leave there that have crashed while they ran a run.
func (b *bench) note(id string, by []string, earlier uint64) {
	b.Helper()
	st := b.open()
	defer st.Close()
	last, err := st.Last(context.Background(), id)
	if err != nil {
		b.Fatal(err)
	}
	entry, err := st.GetEntry(context.Background(), id)
	if err != nil {
		b.Fatal(err)
	}
	info, err := history.UnmarshalRunSummary(entry.Data)
	if err != nil {
		b.Fatal(err)
	}
	info.Trials, info.TrialsAt = by, last.Seq-earlier
	entry.Data = info.Marshal()
	if err := st.PutEntry(context.Background(), entry); err != nil {
		b.Fatal(err)
	}
}
