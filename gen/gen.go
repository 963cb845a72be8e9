// Package gen is the compiler: it turns annotated Go packages into typed stubs and replay-safe copies. Generated files
// never live here; they stand beside the code that they come from.
//
//	load ─▶ stubs ─▶ check ─▶ lower ─▶ emit ─▶ verify ─▶ Result
//
// Every stage hands a plain value to the next, and none of them writes: what to do with a Result is for its caller.
package gen

import (
	"context"
	"slices"

	"github.com/pawlhq/pawl/gen/diag"
	"github.com/pawlhq/pawl/gen/internal/check"
	"github.com/pawlhq/pawl/gen/internal/emit"
	"github.com/pawlhq/pawl/gen/internal/gosrc"
	"github.com/pawlhq/pawl/gen/internal/lower"
)

// Version of the generator: it changes whenever the same source gives other output.
const Version = "2"

// ABIVersion is the version of runtime/abi that generated code is written for.
const ABIVersion = emit.ABIVersion

// Config says what to generate for.
type Config struct {
	Dir        string   // where Patterns start and findings are seen from; empty is the current directory
	Patterns   []string // packages, as for go build; none means the one in Dir
	Env        []string // of the go command; nil is this process's
	BuildFlags []string // for the go command, such as -tags=…
}

// Generate compiles the packages that match, and the packages of their module that they build on. Findings about the
// author's code are in the result, which then has no files; an error means that there was nothing to look at.
func Generate(ctx context.Context, cfg Config) (*Result, error) {
	c, err := analyse(ctx, cfg)
	if err != nil || len(c.result.Diagnostics) > 0 {
		return c.result, err
	}
	lowered := lower.Files(c.prog, c.check)
	packages, err := c.describe(lowered)
	if err != nil {
		return nil, err
	}
	files, err := c.emit(packages, lowered)
	if err != nil {
		return nil, err
	}
	if err := c.compare(files); err != nil {
		return nil, err
	}
	if len(c.result.Stale()) > 0 { // otherwise what is there was verified when it was written
		c.verify(files)
	}
	return c.result, nil
}

// Check compiles as far as the findings, which are in the result; it has no files.
func Check(ctx context.Context, cfg Config) (*Result, error) {
	c, err := analyse(ctx, cfg)
	return c.result, err
}

// Rules lists everything that the compiler checks, by id.
func Rules() []diag.Rule { return slices.Concat(gosrc.Rules, check.Rules()) }

// compilation is the state of one Generate.
type compilation struct {
	prog   *gosrc.Program
	check  *check.Result
	result *Result
}

// analyse loads and checks.
func analyse(ctx context.Context, cfg Config) (*compilation, error) {
	c := &compilation{}
	prog, found, err := gosrc.Load(ctx, gosrc.Config{
		Dir: cfg.Dir, Patterns: cfg.Patterns, Env: cfg.Env, BuildFlags: cfg.BuildFlags, Stub: stub, Reached: check.Unknown,
	})
	if err != nil {
		return c, err
	}
	c.prog = prog
	c.found(append(found, takenNames(prog)...))
	c.result.Sources = sources(prog)
	if !prog.Compiles() {
		return c, nil // what the checker would say about half-typed code cannot be trusted
	}
	c.check = check.Run(prog)
	c.found(slices.DeleteFunc(c.wanted(c.check.Diagnostics), c.answered))
	c.result.Remarks = c.wanted(c.check.Remarks)
	c.result.Accepted = c.accepted()
	return c, nil
}

// sources are the author's files.
func sources(prog *gosrc.Program) (names []string) {
	for _, p := range prog.Packages {
		for _, f := range p.Files {
			names = append(names, f.Path)
		}
	}
	return names
}

// selfCall is the check's rule that asks which of two things the author means; //pawl:continue is an answer.
const selfCall = "PWL232"

// answered reports whether a finding asks for the directive above it, which has a finding of its own already.
func (c *compilation) answered(d diag.Diagnostic) bool {
	return d.Rule == selfCall && slices.ContainsFunc(c.result.Diagnostics, func(u diag.Diagnostic) bool {
		return u.Rule == gosrc.RuleUnsupported.ID && u.Pos.Filename == d.Pos.Filename && u.Pos.Line+1 == d.Pos.Line
	})
}

// found adds findings to the result.
func (c *compilation) found(ds []diag.Diagnostic) *Result {
	if c.result == nil {
		c.result = &Result{Dir: c.prog.Dir}
	}
	c.result.Diagnostics = diag.Sort(append(c.result.Diagnostics, ds...))
	return c.result
}
