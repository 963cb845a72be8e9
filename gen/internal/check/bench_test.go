package check_test

import (
	"slices"
	"testing"

	"github.com/pawlhq/pawl/gen/internal/check"
	"github.com/pawlhq/pawl/gen/internal/checktest"
)

// BenchmarkRun checks a program whose calls through interfaces are harmless, and one whose values have to be followed.
func BenchmarkRun(b *testing.B) {
	for _, name := range []string{"concurrency", "flow"} {
		b.Run(name, func(b *testing.B) {
			cases := slices.DeleteFunc(checktest.Cases(b, "testdata"), func(c checktest.Case) bool { return c.Name != name })
			prog, _ := checktest.Load(b, cases, deps)
			for b.Loop() {
				check.Run(prog)
			}
		})
	}
}
