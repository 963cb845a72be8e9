// Package golangci is the compiler's check as a module plugin of golangci-lint. To be imported is all that it needs:
// docs/checker.md has the set-up.
package golangci

import (
	"strings"

	"github.com/golangci/plugin-module-register/register"
	"golang.org/x/tools/go/analysis"

	"github.com/pawlhq/pawl/gen/vet"
)

func init() { register.Plugin(vet.Name, newPlugin) }

// settings is what .golangci.yml may say under linters.settings.custom.pawl.settings.
type settings struct {
	Tags []string `json:"tags"` // build tags: those of run.build-tags, of which plugins are not told
}

// plugin implements register.LinterPlugin.
type plugin struct{ settings }

func newPlugin(raw any) (register.LinterPlugin, error) {
	s, err := register.DecodeSettings[settings](raw)
	return &plugin{s}, err
}

// BuildAnalyzers implements register.LinterPlugin.
func (p *plugin) BuildAnalyzers() ([]*analysis.Analyzer, error) {
	if len(p.Tags) == 0 {
		return []*analysis.Analyzer{vet.New()}, nil
	}
	return []*analysis.Analyzer{vet.New("-tags=" + strings.Join(p.Tags, ","))}, nil
}

// GetLoadMode implements register.LinterPlugin. The compiler finds out the types by itself; but without them the linter
// would not know the packages below, and keep a verdict in its cache when they change.
func (p *plugin) GetLoadMode() string { return register.LoadModeTypesInfo }
