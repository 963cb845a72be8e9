package golden_test

import (
	"bytes"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/pawlhq/pawl/gen"
	"github.com/pawlhq/pawl/golden/internal/language"
	"github.com/pawlhq/pawl/internal/goldentest"
)

// TestLanguage holds every row of the table of the language against the goldens that it names: an accepted construct is
// in the program, and lowered if it is durable; a rejected one is on a line of which the compiler says so.
func TestLanguage(t *testing.T) {
	for _, theme := range language.Table() {
		for _, row := range theme.Rows {
			t.Run(theme.Title+"/"+row.Construct, func(t *testing.T) {
				for _, g := range row.Goldens {
					if err := shows(row, g); err != nil {
						t.Errorf("%s, %q: %v", g.File, g.Code, err)
					}
				}
				if len(row.Goldens) == 0 || row.Rule != "" && !strings.HasPrefix(row.Goldens[0].File, "reject/") {
					t.Error("the row names no golden that shows it")
				}
			})
		}
	}
}

// TestLanguageIsWhole finds goldens and rules that the table does not have.
func TestLanguageIsWhole(t *testing.T) {
	var text strings.Builder
	for _, theme := range language.Table() {
		for _, row := range theme.Rows {
			fmt.Fprintln(&text, row.Rule)
			for _, g := range row.Goldens {
				fmt.Fprintln(&text, g.Path())
			}
		}
	}
	has := func(line string) bool { return strings.Contains(text.String(), line+"\n") }
	goldens := slices.Concat(glob(t, "accept/*"), glob(t, "reject/*.txtar"))
	for _, g := range goldens {
		if !has("golden/" + g) {
			t.Errorf("no row of the language names golden/%s: see golden/internal/language", g)
		}
	}
	const fault = "PWL199" // of the compiler itself
	for _, rule := range gen.Rules() {
		if rule.ID != fault && !has(rule.ID) {
			t.Errorf("no row of the language is rejected by %s (%s): see golden/internal/language", rule.ID, rule.Title)
		}
	}
}

// TestLanguagePage compares docs/language.md with the table.
func TestLanguagePage(t *testing.T) {
	const page = "../docs/language.md"
	got, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	want := language.Page()
	if bytes.Equal(got, want) {
		return
	}
	if !goldentest.Update() {
		t.Fatalf("%s differs from the table; regenerate it with go test ./golden -run TestLanguagePage -update", page)
	}
	if err := os.WriteFile(page, want, 0o666); err != nil {
		t.Fatal(err)
	}
	t.Fatalf("%s is refreshed: read the difference, then run the test again", page)
}

// shows looks for what a row says in a golden.
func shows(row language.Row, g language.Golden) error {
	switch {
	case g.Code == "":
		return fmt.Errorf("no code is given")
	case strings.HasPrefix(g.File, "reject/"):
		return showsFinding(row, g)
	case path.Ext(g.File) != "":
		return showsText(g)
	}
	return showsProgram(row, g)
}

// showsText looks for the code in a file.
func showsText(g language.Golden) error {
	data, err := os.ReadFile("../" + g.Path())
	if err == nil && !bytes.Contains(data, []byte(g.Code)) {
		err = fmt.Errorf("the file does not have it")
	}
	return err
}

// showsProgram looks for the code in the author's files of a program, and, if it is durable, for its absence from their
// copies.
func showsProgram(row language.Row, g language.Golden) error {
	files, err := filepath.Glob("../" + g.Path() + "/*.go")
	if err != nil {
		return err
	}
	found := false
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		switch has := bytes.Contains(data, []byte(g.Code)); {
		case has && row.Verdict == language.Durable && strings.HasSuffix(name, ".pawl.go"):
			return fmt.Errorf("it stands unchanged in %s, the durable copy", name)
		case !generated(name):
			found = found || has
		}
	}
	if !found {
		return fmt.Errorf("the program does not have it")
	}
	return nil
}

func generated(name string) bool {
	return strings.HasSuffix(name, ".pawl.go") || strings.HasSuffix(name, "pawl.gen.go")
}

// showsFinding looks for the code on a line of which the compiler says that it breaks the rule of the row.
func showsFinding(row language.Row, g language.Golden) error {
	archive, err := txtar.ParseFile("../" + g.Path())
	if err != nil {
		return err
	}
	said := strings.Split(string(archive.Files[len(archive.Files)-1].Data), "\n")
	for _, f := range archive.Files {
		for i, line := range strings.Split(string(f.Data), "\n") {
			at := fmt.Sprintf("%s:%d:", f.Name, i+1)
			if strings.Contains(line, g.Code) && slices.ContainsFunc(said, func(finding string) bool {
				return strings.HasPrefix(finding, at) && strings.HasSuffix(finding, "["+row.Rule+"]")
			}) {
				return nil
			}
		}
	}
	return fmt.Errorf("no line of the program that has it breaks %s", row.Rule)
}

func glob(t *testing.T, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("nothing in %s (%v)", pattern, err)
	}
	return files
}
