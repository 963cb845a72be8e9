// Everything: the compiler without its check, for tests of what lowering does to Go code that is nobody's workflow.

package gen

import (
	"context"

	"github.com/pawlhq/pawl/gen/internal/check"
	"github.com/pawlhq/pawl/gen/internal/gosrc"
	"github.com/pawlhq/pawl/gen/internal/lower"
)

// Everything lowers every function of the packages that match, annotated or not, whatever it does. The findings say what
// of the output does not compile; the files are there all the same.
func Everything(ctx context.Context, cfg Config) (*Result, error) {
	prog, found, err := gosrc.Load(ctx, gosrc.Config{
		Dir: cfg.Dir, Patterns: cfg.Patterns, Env: cfg.Env, BuildFlags: cfg.BuildFlags, Unannotated: true,
	})
	if err != nil {
		return nil, err
	}
	c := &compilation{prog: prog, check: check.Everything(prog)}
	if result := c.found(found); len(found) > 0 {
		return result, nil
	}
	lowered := lower.Files(prog, c.check)
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
	c.verify(files)
	return c.result, nil
}
