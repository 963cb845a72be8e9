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
	"testing"

	"github.com/pawlhq/pawl"
	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/runtime/abi"
	"github.com/pawlhq/pawl/runtime/codec"
)

// This file keeps histories in files and holds code against them. A history file holds one record as defined by
// history.proto, gzipped, with all events of a run and their payloads in plain. A readable view stands beside it.

var recordFlag = flag.Bool("pawltest.record", false, "write the history files of Record, and fail")

// Record keeps the history of the newest run of a workflow id in a file, for Replay. It writes only if the test runs
// with the flag -pawltest.record, and then fails the test: what was written wants to be looked at. Without the flag
// it only fails if there is no such file. A view for people, of the same name with .txt, is written beside it.
//
// Payloads stand in the file as the client reads them: not encrypted.
func (e *Env) Record(file, id string) {
	e.Helper()
	if !*recordFlag {
		if _, err := os.Stat(file); err != nil {
			e.Errorf("no history %s: run this test with -pawltest.record", file)
		}
		return
	}
	h, err := e.Client.History(background, id, "")
	if err != nil {
		e.Fatal(err)
	}
	rec := &history.Record{Format: history.Format, ID: h.ID, RunID: h.RunID, FirstEvent: 1, Events: h.Events}
	if err := writeHistory(file, rec); err != nil {
		e.Fatal(err)
	}
	e.Errorf("history recorded in %s: run again without -pawltest.record", file)
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

// Replay runs today's code of the workflow in registrations against the history in file. It fails the test at the first
// difference: another operation, another order, another input or result.
func Replay(t testing.TB, file string, registrations ...pawl.Registration) {
	t.Helper()
	rec, err := readHistory(file)
	if err == nil {
		err = replay(registrations, rec.ID, rec.RunID, rec.Events)
	}
	if err != nil {
		t.Errorf("%s: %v", file, err)
	}
}

// readHistory reads a history file, and checks that the view beside it was made from it.
func readHistory(file string) (*history.Record, error) {
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
	if want := view(rec); string(text) != want {
		return nil, refreshView(file+".txt", want)
	}
	return rec, nil
}

// refreshView rewrites a view that does not show its history, if the test may write files. The history stays as it is.
func refreshView(file, text string) error {
	if !*recordFlag {
		return fmt.Errorf("%s does not show its history: it was edited, or the format of views has changed; run this test with -pawltest.record to rewrite it", filepath.Base(file))
	}
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		return err
	}
	return fmt.Errorf("%s rewritten: look at the difference, then run again without -pawltest.record", filepath.Base(file))
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

// replay runs the code of a run's workflow against its history, payloads included.
func replay(registrations []pawl.Registration, id, runID string, events []history.Event) error {
	started, ok := events[0].Body.(*history.RunStarted)
	if !ok {
		return errors.New("the history does not begin with the start of a run")
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

// find looks a workflow up, and gathers the errors of all registrations as a worker does.
func find(registrations []pawl.Registration, name string) (wf *abi.Workflow, known *codec.Errors, err error) {
	var defs []codec.ErrorDef
	for _, m := range registrations {
		defs = append(defs, m.Errors...)
		for _, w := range m.Workflows {
			if w.Name == name {
				wf = w
			}
		}
	}
	if wf == nil {
		return nil, nil, fmt.Errorf("no workflow %s in the registrations of the test", name)
	}
	return wf, codec.NewErrors(defs...), nil
}
