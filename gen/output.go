// Output: the files that a compilation gives, and what is done with them.

package gen

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/rogpeppe/go-internal/diff"
	"golang.org/x/sync/errgroup"

	"github.com/pawlhq/pawl/gen/diag"
	"github.com/pawlhq/pawl/gen/internal/emit"
	"github.com/pawlhq/pawl/gen/internal/gosrc"
	"github.com/pawlhq/pawl/gen/internal/lower"
)

// Result is what a compilation found and what it would write. Its methods must not be called at the same time.
type Result struct {
	Dir         string            // where the compiler was called
	Diagnostics []diag.Diagnostic // findings; with any of them there are no files
	Remarks     []diag.Diagnostic // worth knowing, but nothing stops for them
	Accepted    []Acceptance      // what the author has accepted, by place
	Files       []File            // everything generated, by path, and everything to be removed
	Sources     []string          // the author's files that were looked at, absolute
}

// File is one generated file.
type File struct {
	Path    string // absolute
	Content []byte // nil if the file is left from before and is to be removed
	Old     []byte // what is there now; nil if nothing is
}

// Stale reports whether writing the file would change anything.
func (f File) Stale() bool {
	return !bytes.Equal(f.Content, f.Old) || (f.Content == nil) != (f.Old == nil)
}

// emit writes the generated files of every package, beside its lowered ones, by absolute name.
func (c *compilation) emit(packages []described, lowered []lower.File) (map[string][]byte, error) {
	stubs := make([][]byte, len(packages))
	var work errgroup.Group
	for i, p := range packages {
		work.Go(func() (err error) {
			stubs[i], err = emit.File(p.Package)
			return err
		})
	}
	if err := work.Wait(); err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for i, p := range packages {
		files[filepath.Join(p.source.Dir, gosrc.StubFile)] = stubs[i]
		for _, source := range p.Guards {
			content, err := emit.Guard(p.Package, source)
			if err != nil {
				return nil, err
			}
			files[filepath.Join(p.source.Dir, source.Guard())] = content
		}
	}
	for _, f := range lowered {
		files[filepath.Join(f.Pkg.Dir, f.Name)] = f.Content
	}
	return files, nil
}

// compare holds the files against what is on disk, and finds those that are left from before.
func (c *compilation) compare(files map[string][]byte) error {
	for _, name := range c.outputNames(files) {
		f := File{Path: name, Content: files[name]}
		old, err := os.ReadFile(name)
		switch {
		case err == nil && !gosrc.IsGenerated(old):
			return fmt.Errorf("%s was not written by pawl, which needs the name: rename it", diag.Rel(name, c.prog.Dir))
		case err != nil && !errors.Is(err, fs.ErrNotExist):
			return err
		case err == nil:
			f.Old = old
		}
		c.result.Files = append(c.result.Files, f)
	}
	return nil
}

// outputNames are the generated files, old and new, of the packages that the user asked for, by name.
func (c *compilation) outputNames(files map[string][]byte) []string {
	names := map[string]bool{}
	for _, pkg := range c.prog.Packages {
		if !pkg.Wanted {
			continue
		}
		for _, name := range pkg.Generated {
			names[name] = true
		}
		for name := range files {
			if filepath.Dir(name) == pkg.Dir {
				names[name] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// verify type-checks the files together with the author's code; with any finding there are none to write.
func (c *compilation) verify(files map[string][]byte) {
	if found := c.prog.Verify(files); len(found) > 0 {
		c.found(found)
		c.result.Files = nil
	}
}

// wanted are the findings about what the user asked for.
func (c *compilation) wanted(ds []diag.Diagnostic) []diag.Diagnostic {
	return slices.DeleteFunc(ds, func(d diag.Diagnostic) bool {
		return slices.ContainsFunc(c.prog.Packages, func(p *gosrc.Package) bool {
			return !p.Wanted && p.Dir == filepath.Dir(d.Pos.Filename)
		})
	})
}

// Stale are the files that writing would change, by path.
func (r *Result) Stale() (stale []File) {
	for _, f := range r.Files {
		if f.Stale() {
			stale = append(stale, f)
		}
	}
	return stale
}

// Write brings the files on disk up to date, and touches only those that change. What cannot be written at all is found
// before anything is replaced, and each file is replaced at once. It refuses to write anything while there are findings.
func (r *Result) Write() error {
	if len(r.Diagnostics) > 0 {
		return errors.New("nothing is written while there are findings")
	}
	stale := r.Stale()
	temps := make([]string, len(stale))
	for i, f := range stale {
		temp, err := f.stage()
		if err != nil {
			return fmt.Errorf("nothing is written, because %s cannot be: %w", diag.Rel(f.Path, r.Dir), err)
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

// stage writes the content to a temporary file in the same directory, also if the file is to be removed: that, too, needs
// the right to write there.
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

// replace puts a temporary file in the file's place.
func (f File) replace(temp string) error {
	if f.Content == nil {
		return os.Remove(f.Path)
	}
	return os.Rename(temp, f.Path)
}

// Diff is what writing would change, as a unified diff with names as seen from Dir; empty if nothing would.
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
