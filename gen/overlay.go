// Overlay: lowered functions for a debugger.

package gen

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// overlayFile is the name of what go build -overlay reads.
const overlayFile = "overlay.json"

// Overlay creates a directory with the files that go build -overlay needs to replace the committed lowered files, and
// returns the absolute name of the file to pass to it. The replacements refer to the author's files by absolute names,
// so that a debugger finds them; the committed files use bare names because they must not contain paths of a machine.
// Overlay does not write the committed files, which must be up to date.
func (r *Result) Overlay(dir string) (name string, err error) {
	if len(r.Diagnostics) > 0 {
		return "", errors.New("there is no overlay while there are findings")
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return "", err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	var overlay struct{ Replace map[string]string }
	overlay.Replace = map[string]string{}
	for _, f := range r.Files {
		absolute := f.absolute()
		if bytes.Equal(absolute, f.Content) {
			continue // no positions of the author
		}
		name := filepath.Join(dir, fmt.Sprintf("%d.%s.txt", len(overlay.Replace), filepath.Base(f.Path))) // in no package
		if err := os.WriteFile(name, absolute, 0o644); err != nil {
			return "", err
		}
		overlay.Replace[f.Path] = name
	}
	content, err := json.MarshalIndent(overlay, "", "\t")
	if err != nil {
		return "", err
	}
	name = filepath.Join(dir, overlayFile)
	return name, os.WriteFile(name, append(content, '\n'), 0o644)
}

// absolute is the content with the author's file named absolutely in line directives.
func (f File) absolute() []byte {
	author := strings.TrimSuffix(f.Path, ".pawl.go") + ".go"
	relative := "\n//line " + filepath.Base(author) + ":"
	return bytes.ReplaceAll(f.Content, []byte(relative), []byte("\n//line "+author+":"))
}
