package embed_test

// Processes with an embedded server that are really killed.

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/store"
	"github.com/pawlhq/pawl/internal/runtime/store/natsstore"
	"github.com/pawlhq/pawl/runtime/embed"
)

// If both are set, the test binary is a process that does what processUse names with the data folder processDir, and then
// waits to be killed.
const (
	processUse = "PAWL_TEST_PROCESS_USE"
	processDir = "PAWL_TEST_PROCESS_DIR"
)

var uses = map[string]func(*natsstore.Store) error{
	"append one record":      appendOne,
	"close runs that expire": closeExpiring,
}

// useDir never returns.
func useDir(dir string, use func(*natsstore.Store) error) {
	server, err := embed.Start(embed.Options{Dir: dir})
	if err == nil {
		var s *natsstore.Store
		if s, err = server.Connect(context.Background(), "test"); err == nil {
			err = use(s)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println("done")
	select {}
}

// process starts a process and returns once it has used the folder.
func process(t *testing.T, dir, use string) (p *os.Process, kill func()) {
	t.Helper()
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), processUse+"="+use, processDir+"="+dir)
	c.Stderr = os.Stderr
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	kill = func() { c.Process.Kill(); c.Wait() }
	t.Cleanup(kill)
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "done\n" {
		t.Fatalf("the process to %s printed %q (%v)", use, line, err)
	}
	return c.Process, kill
}

func appendOne(s *natsstore.Store) error {
	_, err := s.Append(context.Background(), "w", 0, store.Record{RunID: "r", CommitID: "1"})
	return err
}

// A killed process unlocks its folder, and everything acknowledged is in it.
func TestKilledProcessUnlocksTheFolder(t *testing.T) {
	dir := t.TempDir()
	holder, kill := process(t, dir, "append one record")
	if _, err := embed.Start(embed.Options{Dir: dir}); err == nil || !strings.Contains(err.Error(), strconv.Itoa(holder.Pid)) {
		t.Errorf("error %v does not contain %d, the process that uses the folder", err, holder.Pid)
	}
	kill()
	s := connect(t, start(t, embed.Options{Dir: dir}))
	if run, err := s.Load(t.Context(), "w"); err != nil || len(run) != 1 {
		t.Errorf("loaded %d records, 1 was acknowledged (%v)", len(run), err)
	}
}

// expiringRuns is how many runs closeExpiring closes.
const expiringRuns = 20

func expiringRun(n int) string { return fmt.Sprint("w", n) }

// closeExpiring closes runs, and waits until they have expired.
func closeExpiring(s *natsstore.Store) error {
	ctx := context.Background()
	// An open run before and after them keeps what the server has removed on disk: it deletes only files that are empty.
	if err := openRun(ctx, s, "before"); err != nil {
		return err
	}
	for n := range expiringRuns {
		if err := closeRun(ctx, s, expiringRun(n)); err != nil {
			return err
		}
	}
	if err := openRun(ctx, s, "after"); err != nil {
		return err
	}
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		_, err := s.GetEntry(ctx, expiringRun(expiringRuns-1))
		_, loadErr := s.Load(ctx, expiringRun(expiringRuns-1))
		if errors.Is(err, store.ErrNotFound) && errors.Is(loadErr, store.ErrNotFound) {
			return nil
		}
	}
	return errors.New("the last run has not expired")
}

func openRun(ctx context.Context, s store.Store, id string) error {
	seq, err := s.Append(ctx, id, 0, store.Record{RunID: "r", CommitID: "1"})
	if err != nil {
		return err
	}
	return s.PutEntry(ctx, store.Entry{ID: id, Version: 2 * seq})
}

// closeRun writes what a worker writes for a run of three records.
func closeRun(ctx context.Context, s store.Store, id string) error {
	var first, last store.Seq
	for n := range 3 {
		rec := store.Record{RunID: "r", CommitID: strconv.Itoa(n), First: first}
		entry := store.Entry{ID: id}
		if n == 2 {
			rec.Close = &store.Close{Retention: time.Second}
			entry.Keep = time.Second
		}
		seq, err := s.Append(ctx, id, last, rec)
		if err != nil {
			return err
		}
		if last = seq; first == 0 {
			first = seq
		}
		entry.Version = 2 * seq
		if err := s.PutEntry(ctx, entry); err != nil {
			return err
		}
	}
	_, err := s.Expire(ctx, id, "r")
	return err
}

// What has expired does not come back when the server is killed.
func TestExpiredRunsStayAwayAfterAKill(t *testing.T) {
	dir := t.TempDir()
	_, kill := process(t, dir, "close runs that expire")
	kill()
	s := connect(t, start(t, embed.Options{Dir: dir}))
	for n := range expiringRuns {
		if run, err := s.Load(t.Context(), expiringRun(n)); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("the journal of expired run %d came back: %+v (%v)", n, run, err)
		}
	}
	var listed []string
	err := s.ListEntries(t.Context(), func(e store.Entry) bool { listed = append(listed, e.ID); return true })
	if err != nil || strings.Join(listed, " ") != "after before" {
		t.Errorf("listed %v (%v), want the two open runs", listed, err)
	}
}
