// Package gen is the compiler: it turns annotated Go packages into typed stubs and replay-safe copies. Generated files
// are written next to the code that they come from.
//
//	parse ─▶ stub ─▶ type-check ─▶ deepen ─▶ check ─▶ lower ─▶ emit ─▶ verify ─▶ Result
//
// Every stage passes plain values to the next, and none of them writes a file: the caller decides what to do with the
// Result.
package gen

import (
	"cmp"
	"context"
	"slices"

	"github.com/pawlhq/pawl/gen/diag"
	"github.com/pawlhq/pawl/gen/internal/check"
	"github.com/pawlhq/pawl/gen/internal/describe"
	"github.com/pawlhq/pawl/gen/internal/emit"
	"github.com/pawlhq/pawl/gen/internal/gosrc"
)

// Version of the generator: it changes whenever the same source gives other output.
const Version = "3"

// ABIVersion is the version of runtime/abi that generated code is written for.
const ABIVersion = emit.ABIVersion

// Config says what to generate for.
type Config struct {
	Dir        string   // where Patterns start and findings are seen from; empty is the current directory
	Patterns   []string // packages, as for go build; none means the one in Dir
	Env        []string // of the go command; nil is this process's
	BuildFlags []string // for the go command, such as -tags=…
}

// Generate compiles the packages that match, and the packages of their module that they build on. The result has the
// findings about the author's code, and the files of the packages that no finding concerns. An error means that there was
// nothing to compile.
func Generate(ctx context.Context, cfg Config) (*Result, error) {
	c, err := analyze(ctx, cfg, false)
	if err != nil {
		return nil, err
	}
	return c.result, c.generate()
}

// Check compiles as far as the findings. The result has no files, and the module need not require Pawl.
func Check(ctx context.Context, cfg Config) (*Result, error) {
	c, err := analyze(ctx, cfg, true)
	if err != nil {
		return nil, err
	}
	return c.result, nil
}

// Rules lists everything that the compiler checks, by id.
func Rules() []diag.Rule {
	return slices.SortedFunc(slices.Values(slices.Concat(gosrc.Rules, describe.Rules, check.Rules())), func(a, b diag.Rule) int {
		return cmp.Compare(a.ID, b.ID)
	})
}
