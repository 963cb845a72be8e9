// Names: every identifier that the generated file brings in is chosen here.

package emit

import (
	"fmt"
	"go/token"
	"go/types"
	"maps"
	"slices"

	"github.com/pawlhq/pawl/gen/internal/ir"
)

// The names that generated code uses inside its own functions. An import of the same name gets an alias.
const (
	runName  = "_run"
	ctxName  = "ctx"
	inName   = "in"
	recvName = "recv"
	tagName  = "tag"
	errName  = "err"
	flowName = "w"
)

// names keeps what is taken in the file.
type names struct {
	taken   map[string]bool // the author's at package level, Go's own, and the imports
	aliases map[string]alias
}

// alias is what a package is called in the file.
type alias struct {
	name    string
	changed bool // it is not the package's own name
}

func newNames(p *ir.Package) names {
	n := names{taken: map[string]bool{}, aliases: map[string]alias{}}
	for _, name := range slices.Concat(p.Scope, types.Universe.Names(), Names(p)) {
		n.taken[name] = true
	}
	imports := imports(p)
	for _, path := range slices.Sorted(maps.Keys(imports)) {
		n.aliases[path] = n.alias(imports[path])
	}
	return n
}

// alias finds a name for a package that nothing else in the file has.
func (n names) alias(name string) alias {
	free := name
	for i := 2; n.taken[free] || local(free) || token.IsKeyword(free); i++ {
		free = fmt.Sprint(name, i)
	}
	n.taken[free] = true
	return alias{free, free != name}
}

// local reports whether generated functions use a name inside.
func local(name string) bool {
	return slices.Contains([]string{runName, ctxName, inName, recvName, tagName, errName, flowName}, name)
}

// imports are the packages that the file may refer to, with their names.
func imports(p *ir.Package) map[string]string {
	found := map[string]string{
		pawlPath: "pawl", abiPath: "abi", "context": "context", "errors": "errors", "slices": "slices", "time": "time",
	}
	add := func(r ir.Import) {
		if r.Path != "" && r.Path != p.Path {
			found[r.Path] = r.Name
		}
	}
	for r := range p.Refs() {
		add(r.Pkg)
	}
	for _, i := range p.Includes {
		add(i)
	}
	return found
}

// pick is the first of the candidates that is neither taken in the file nor in used; it becomes used.
func (n names) pick(used map[string]bool, candidates ...string) string {
	for i := 2; ; i++ {
		for _, c := range candidates {
			if c != "" && c != "_" && !n.taken[c] && !used[c] {
				used[c] = true
				return c
			}
		}
		candidates = []string{fmt.Sprint(candidates[len(candidates)-1], i)}
	}
}

// Names are the identifiers that the generated file of p declares at package level.
func Names(p *ir.Package) (all []string) {
	for _, a := range p.Functions {
		all = append(all, activityVar("", a), twin(a.Name))
	}
	for _, r := range p.Receivers {
		all = append(all, handlersOf(r.Type.Name))
		for _, a := range r.Activities {
			all = append(all, activityVar(r.Type.Name, a))
			if r.Interface {
				all = append(all, interfaceTwin(r.Type.Name, a.Name))
			}
		}
		if r.Interface {
			all = append(all, standIn(r.Type.Name), standInType(r.Type.Name))
		}
	}
	for _, w := range p.Workflows {
		n := workflowNames(w)
		all = append(all, n.descriptor, n.constructor, n.start, n.find, n.run)
	}
	if len(p.Functions) > 0 {
		all = append(all, functionHandlers)
	}
	if annotated(p) {
		all = append(all, registrationName)
	}
	all = append(all, errorsName, sourcesName)
	for _, b := range p.Binders {
		all = append(all, b.Name())
	}
	for _, d := range p.Dispatchers {
		all = append(all, d.Name(), d.Plain())
	}
	return all
}

const (
	registrationName = "PawlRegistration"
	functionHandlers = "handlers__pawl"
	errorsName       = "Errors__pawl"
	sourcesName      = "Sources__pawl"
)

// twin is what lowered code calls in place of a function or method.
func twin(name string) string                    { return name + "__pawl" }
func interfaceTwin(iface, name string) string    { return iface + "_" + name + "__pawl" }
func handlersOf(typeName string) string          { return typeName + "__handlers" }
func standIn(iface string) string                { return iface + "__stand" }
func standInType(iface string) string            { return "stand__" + iface }
func activityVar(t string, a ir.Activity) string { return "activity__" + qualified(t, a.Name) }

func qualified(typeName, name string) string {
	if typeName == "" {
		return name
	}
	return typeName + "_" + name
}

// workflowSet are the names that belong to one workflow.
type workflowSet struct{ descriptor, constructor, start, find, run string }

func workflowNames(w ir.Workflow) workflowSet {
	typeName := ""
	if w.Recv != nil {
		typeName = w.Recv.Type.Name
	}
	own := qualified(typeName, w.Name)
	set := workflowSet{descriptor: "workflow__" + own, constructor: own + "__workflow"}
	if token.IsExported(w.Name) && (typeName == "" || token.IsExported(typeName)) {
		set.start, set.find, set.run = "Start"+typeName+w.Name, "Find"+typeName+w.Name, typeName+w.Name+"Run"
		return set
	}
	joined := w.Name
	if typeName != "" {
		joined = lower(typeName) + title(w.Name)
	}
	set.start, set.find, set.run = "start"+title(joined), "find"+title(joined), lower(joined)+"Run"
	return set
}

func annotated(p *ir.Package) bool {
	return len(p.Functions)+len(p.Receivers)+len(p.Workflows) > 0
}
