// The result of a compilation, and what can be done with it.

package gen

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/rogpeppe/go-internal/diff"

	"github.com/pawlhq/pawl/gen/diag"
)

// Result is what a compilation found and what it would write. Its methods must not be called concurrently.
type Result struct {
	Dir         string            // where the compiler was called
	Diagnostics []diag.Diagnostic // findings; packages that they concern have no files
	Remarks     []diag.Diagnostic // worth knowing, but no reason to stop
	Accepted    []Acceptance      // what the author has accepted, by position
	Files       []File            // everything generated, by path, and everything to be removed
	Sources     []string          // the author's files that were looked at, absolute
}

// File is one generated file.
type File struct {
	Path    string // absolute
	Content []byte // nil if the file is left from earlier and is to be removed
	Old     []byte // what is on disk; nil if there is no such file
}

// Stale reports whether writing the file would change anything.
func (f File) Stale() bool {
	return !bytes.Equal(f.Content, f.Old) || (f.Content == nil) != (f.Old == nil)
}

// Stale returns the files that writing would change, by path.
func (r *Result) Stale() (stale []File) {
	for _, f := range r.Files {
		if f.Stale() {
			stale = append(stale, f)
		}
	}
	return stale
}

// Write updates the files on disk. It writes only files that change, and replaces each of them atomically. If a file
// cannot be written, nothing is replaced.
func (r *Result) Write() error {
	stale := r.Stale()
	temps := make([]string, len(stale))
	for i, f := range stale {
		temp, err := f.stage()
		if err != nil {
			return fmt.Errorf("nothing is written, because %s cannot be written: %w", diag.Rel(f.Path, r.Dir), err)
		}
		defer os.Remove(temp) // fails once it is renamed
		temps[i] = temp
	}
	for i, f := range stale {
		if err := f.replace(temps[i]); err != nil {
			return err
		}
	}
	return nil
}

// stage writes the content to a temporary file in the same directory. It does so even if the file is to be removed, which
// needs the same permission.
func (f File) stage() (name string, err error) {
	temp, err := os.CreateTemp(filepath.Dir(f.Path), ".pawl-*")
	if err != nil {
		return "", err
	}
	_, err = temp.Write(f.Content)
	if err = errors.Join(err, temp.Chmod(0o644), temp.Close()); err != nil {
		return "", errors.Join(err, os.Remove(temp.Name()))
	}
	return temp.Name(), nil
}

// replace replaces the file by a temporary one.
func (f File) replace(temp string) error {
	if f.Content == nil {
		return os.Remove(f.Path)
	}
	return os.Rename(temp, f.Path)
}

// Diff returns what writing would change, as a unified diff with names relative to Dir. It is empty if nothing would
// change.
func (r *Result) Diff() []byte {
	var b bytes.Buffer
	for _, f := range r.Stale() {
		name := filepath.ToSlash(diag.Rel(f.Path, r.Dir))
		from, to := "a/"+name, "b/"+name
		if f.Old == nil {
			from = "/dev/null"
		}
		if f.Content == nil {
			to = "/dev/null"
		}
		b.Write(diff.Diff(from, f.Old, to, f.Content))
	}
	return b.Bytes()
}
