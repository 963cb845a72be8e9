// Record and Replay: histories in files, and the current code replayed with them. A history file holds one record as
// defined in history.proto, gzipped, with all events of a run and their decoded payloads. A readable view is stored with it.

package pawltest

import (
	"bytes"
	"compress/gzip"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pawlhq/pawl"
	"github.com/pawlhq/pawl/internal/runtime/failures"
	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/runtime/abi"
)

var recordFlag = flag.Bool("pawltest.record", false, "write the history files of Record")

// Record writes the history of the newest run of a workflow id to a file, for Replay, and a readable view of it to a file
// with the additional extension .txt: review it and commit both. It writes only if the test runs with the flag
// -pawltest.record. Without the flag it only checks that the file exists.
//
// Payloads in the file are not encrypted.
func (e *Env) Record(file, id string) {
	e.Helper()
	if !*recordFlag {
		if _, err := os.Stat(file); err != nil {
			e.Errorf("history %s does not exist: run this test with -pawltest.record", file)
		}
		return
	}
	rec, err := e.Recorded(id)
	if err != nil {
		e.Fatal(err)
	}
	if err := writeHistory(file, rec); err != nil {
		e.Fatal(err)
	}
	e.Logf("history recorded in %s: review %s.txt and commit both", file, file)
}

// Recorded returns the history of the newest run of a workflow id. It is for Pawl's own tests.
func (e *Env) Recorded(id string) (*history.Record, error) {
	h, err := e.engine.client.History(background, id, "")
	if err != nil {
		return nil, err
	}
	return &history.Record{Format: history.Format, ID: h.ID, RunID: h.RunID, FirstEvent: 1, Events: h.Events}, nil
}

func writeHistory(file string, rec *history.Record) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		return err
	}
	var packed bytes.Buffer
	zip := gzip.NewWriter(&packed)
	_, err := zip.Write(rec.Marshal())
	return errors.Join(err, zip.Close(),
		os.WriteFile(file, packed.Bytes(), 0o666),
		os.WriteFile(file+".txt", []byte(view(rec)), 0o666),
	)
}

// Replay replays the history in file with the current code of its workflow, which must be in registrations. It fails the
// test at the first difference: another operation, another order, another input or result.
func Replay(t testing.TB, file string, registrations ...pawl.Registration) {
	t.Helper()
	rec, err := readHistory(t, file)
	if err == nil {
		err = replay(registrations, rec.ID, rec.RunID, rec.Events)
	}
	if err != nil {
		t.Errorf("%s: %v", file, err)
	}
}

// readHistory reads a history file, and checks that its view is up to date.
func readHistory(t testing.TB, file string) (*history.Record, error) {
	data, err := unzip(file)
	if err != nil {
		return nil, err
	}
	rec, err := history.UnmarshalRecord(data)
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(file + ".txt")
	if err != nil && !(*recordFlag && errors.Is(err, os.ErrNotExist)) {
		return nil, err
	}
	err = nil
	if want := view(rec); string(text) != want {
		err = refreshView(t, file+".txt", want)
	}
	return rec, err
}

// refreshView rewrites a view that is out of date if the flag -pawltest.record is set. It does not change the history.
func refreshView(t testing.TB, file, text string) error {
	t.Helper()
	if !*recordFlag {
		return fmt.Errorf("%s is out of date: it was edited, or the format of views has changed; run this test with -pawltest.record to rewrite it", filepath.Base(file))
	}
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		return err
	}
	t.Logf("%s was rewritten: review the difference", filepath.Base(file))
	return nil
}

// view returns a history as text: one line for each event, with its number and the time since the start.
func view(rec *history.Record) string {
	var text strings.Builder
	fmt.Fprintf(&text, "workflow %s, run %s, %d events\n", rec.ID, rec.RunID, len(rec.Events))
	started := rec.Events[0].Time
	for i, e := range rec.Events {
		fmt.Fprintf(&text, "%3d %10v  %s\n", i+1, e.Time.Sub(started).Round(time.Millisecond), e)
	}
	return text.String()
}

func unzip(file string) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	zip, err := gzip.NewReader(f)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(zip)
}

// replay replays a run with the code of its workflow, and compares payloads, too.
func replay(registrations []pawl.Registration, id, runID string, events []history.Event) error {
	started, ok := events[0].Body.(*history.RunStarted)
	if !ok {
		return errors.New("the first event of the history is not the start of a run")
	}
	wf, known, err := find(registrations, started.Type)
	if err != nil {
		return err
	}
	x := abi.NewExecution(wf, known, id, runID)
	defer x.Kill()
	x.Strict = true
	return x.Replay(events)
}

// find returns a workflow, and the errors of all registrations, as a worker would use them.
func find(registrations []pawl.Registration, name string) (wf *abi.Workflow, known *failures.Errors, err error) {
	var defs []failures.ErrorDef
	for _, m := range registrations {
		defs = append(defs, m.Errors...)
		for _, w := range m.Workflows {
			if w.Name == name {
				wf = w
			}
		}
	}
	if wf == nil {
		return nil, nil, fmt.Errorf("workflow %s is not in the registrations of the test", name)
	}
	return wf, failures.NewErrors(defs...), nil
}
