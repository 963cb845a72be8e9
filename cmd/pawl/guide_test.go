package main

import (
	"os/exec"
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
