package main

import (
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/pawlhq/pawl/cmd/pawl/internal/cli"
	"github.com/pawlhq/pawl/internal/testmod"
)

var goBlock = regexp.MustCompile("(?s)```go\n(.*?)```")

// TestGuideCompiles generates and compiles a file that consists of the Go blocks of the guide.
func TestGuideCompiles(t *testing.T) {
	var file strings.Builder
	for _, block := range goBlock.FindAllStringSubmatch(string(testmod.Read(t, "../../docs/guide.md")), -1) {
		file.WriteString(block[1] + "\n")
	}
	inModule(t, file.String())
	if out, errs, code := execute("generate"); code != cli.OK {
		t.Fatalf("status %d: %s%s", code, out, errs)
	}
	if out, err := exec.Command("go", "vet", ".").CombinedOutput(); err != nil {
		t.Errorf("%v:\n%s", err, out)
	}
	if !strings.Contains(string(testmod.Read(t, "pawl.gen.go")), "func StartCheckoutBuy(") {
		t.Error("there is no StartCheckoutBuy")
	}
}

// TestPagesAreLinked finds pages that a reader of the README and the guide does not.
func TestPagesAreLinked(t *testing.T) {
	pages, err := filepath.Glob("../../docs/*.md")
	if err != nil || len(pages) == 0 {
		t.Fatal("no pages", err)
	}
	readme, guide := string(testmod.Read(t, "../../README.md")), string(testmod.Read(t, "../../docs/guide.md"))
	for _, page := range pages {
		name := filepath.Base(page)
		if !strings.Contains(readme, "](docs/"+name+")") {
			t.Errorf("README.md does not link to docs/%s", name)
		}
		if name != "guide.md" && !strings.Contains(guide, "]("+name+")") {
			t.Errorf("docs/guide.md does not link to %s", name)
		}
	}
}
