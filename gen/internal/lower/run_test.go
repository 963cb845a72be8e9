package lower_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pawlhq/pawl/gen/internal/check"
	"github.com/pawlhq/pawl/gen/internal/checktest"
	"github.com/pawlhq/pawl/gen/internal/lower"
)

// main runs a workflow as plain Go, and then its copy.
const main = `package main

import (
	"context"
	"fmt"

	"example.com/m/order"
	"github.com/pawlhq/pawl/runtime/abi"
)

func main() {
	fmt.Println("result", order.Flow(context.Background()))
	fmt.Println("---")
	fmt.Println("result", order.Flow__pawl(&abi.Run{}, context.Background()))
}
`

// TestSameBehaviour runs a workflow and its copy, in a run without a runtime, and compares what they print.
func TestSameBehaviour(t *testing.T) {
	prog, dir := checktest.Load(t, checktest.Cases(t, "testdata/run"), standIn)
	res := check.Run(prog)
	for _, d := range res.Diagnostics {
		t.Errorf("the check says:\n%s", d.Format(dir))
	}
	files := lower.Files(prog, prog.Packages, res)
	output := stubs(t, prog, files)
	for _, f := range files {
		output[filepath.Join(f.Pkg.Dir, f.Name)] = f.Content
	}
	output[filepath.Join(dir, "main.go")] = []byte(main)
	for name, content := range output {
		if err := os.WriteFile(name, content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), "go", "run", "-mod=mod", ".")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOPROXY=off")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	original, lowered, ok := strings.Cut(string(out), "---\n")
	if !ok || original != lowered || !strings.Contains(original, "guarded: boom") {
		t.Errorf("the original prints\n%s\nits copy\n%s", original, lowered)
	}
}
