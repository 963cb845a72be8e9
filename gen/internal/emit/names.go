// Names: what the generated file declares, chosen so that nothing in scope has the same name.
//
// The functions that lowered code calls end in __pawl, which is reserved, and are exported as the author's functions are.
// Those that start and find workflows are called after the workflow. Everything else is unexported and begins with pawl.

package emit

import (
	"fmt"
	"go/token"
	"go/types"
	"iter"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/pawlhq/pawl/gen/internal/imports"
	"github.com/pawlhq/pawl/gen/internal/ir"
)

// Names for inputs and results to which the author gave none.
const (
	argName    = "arg"
	resultName = "result"
)

const registrationName = "PawlRegistration"

// names has what is taken in the file, and what it declares for its own use.
type names struct {
	taken   map[string]bool // by the author at package level, by Go, by what the file declares, and by imports
	locals  map[string]bool // variables that functions have beside inputs and results
	imports *imports.Set

	run, ctx, in, recv, tag, err, ok string // the locals, which hide nothing that the file refers to

	pkg       string            // the package variable
	functions string            // the function that returns the activities that are functions
	chosen    map[string]string // other names by what they were chosen for
}

func newNames(p *ir.Package) names {
	n := names{taken: map[string]bool{}, locals: map[string]bool{}, chosen: map[string]string{}}
	for _, name := range slices.Concat(p.Scope, types.Universe.Names(), Names(p)) {
		n.taken[name] = true
	}
	n.run, n.ctx, n.in, n.recv = n.local("_run"), n.local("ctx"), n.local("in"), n.local("recv")
	n.tag, n.err, n.ok = n.local("tag"), n.local("err"), n.local("ok")
	n.pkg, n.functions = n.free("pawlPackage"), n.free("pawlActivities")
	n.choose(p)
	n.imports = imports.New(n.free)
	for path, name := range packages(p) {
		n.imports.Name(path, name)
	}
	return n
}

// choose chooses names for what belongs to single activities, types, workflows and sources.
func (n names) choose(p *ir.Package) {
	choose := func(role, of string, parts ...string) {
		name := "pawl"
		for _, part := range parts {
			name += exported(part)
		}
		if key := role + " " + of; n.chosen[key] == "" {
			n.chosen[key] = n.free(name)
		}
	}
	for _, a := range p.Functions {
		choose("activity", a.Name, a.Name)
	}
	for _, r := range p.Receivers {
		t := r.Type.Name
		for _, a := range r.Activities {
			choose("activity", display(t, a.Name), t, a.Name)
		}
		choose("handlers", t, t, "Activities")
		if r.Interface {
			choose("stand-in", t, t)
			choose("new stand-in", t, "New", t)
		}
	}
	for _, f := range p.Workflows {
		of, parts := workflowDisplay(f), []string{f.Name}
		if f.Recv != nil {
			parts = []string{f.Recv.Type.Name, f.Name}
			choose("config", f.Recv.Type.Name, f.Recv.Type.Name, "Config")
		}
		choose("workflow", of, parts...)
		choose("runner", of, append([]string{"Run"}, parts...)...)
	}
	for _, s := range slices.Concat(p.Sources, p.Guards) {
		choose("source", s.File, "Source", camel(strings.TrimSuffix(s.File, ".go")))
	}
}

func (n names) activity(typeName, name string) string {
	return n.chosen["activity "+display(typeName, name)]
}
func (n names) handlers(typeName string) string   { return n.chosen["handlers "+typeName] }
func (n names) standIn(iface string) string       { return n.chosen["stand-in "+iface] }
func (n names) newStandIn(iface string) string    { return n.chosen["new stand-in "+iface] }
func (n names) workflow(f ir.Workflow) string     { return n.chosen["workflow "+workflowDisplay(f)] }
func (n names) runner(f ir.Workflow) string       { return n.chosen["runner "+workflowDisplay(f)] }
func (n names) config(receiverType string) string { return n.chosen["config "+receiverType] }
func (n names) source(file string) string         { return n.chosen["source "+file] }

// free returns a name like want that nothing else has, and takes it.
func (n names) free(want string) string {
	name := n.available(want)
	n.taken[name] = true
	return name
}

// local returns a name like want for a variable of functions. Inputs may have the same name where the variable is not used.
func (n names) local(want string) string {
	name := n.available(want)
	n.locals[name] = true
	return name
}

func (n names) available(want string) string {
	name := want
	for i := 2; n.taken[name] || n.locals[name] || token.IsKeyword(name); i++ {
		name = fmt.Sprint(want, i)
	}
	return name
}

// packages yields the packages that the file may refer to, with their names, sorted by path.
func packages(p *ir.Package) iter.Seq2[string, string] {
	found := map[string]string{
		pawlPath: "pawl", abiPath: "abi", "context": "context", "errors": "errors", "slices": "slices", "time": "time",
	}
	for pkg := range p.Packages() {
		if pkg.Path != p.Path {
			found[pkg.Path] = pkg.Name
		}
	}
	return func(yield func(path, name string) bool) {
		for _, path := range slices.Sorted(maps.Keys(found)) {
			if !yield(path, found[path]) {
				return
			}
		}
	}
}

// Names returns the identifiers that the generated file of p declares at package level and that the author's code, or
// generated code of other packages, may refer to.
func Names(p *ir.Package) (all []string) {
	for _, a := range p.Functions {
		all = append(all, lowered(a.Name))
	}
	for _, r := range p.Receivers {
		for _, a := range r.Activities {
			if r.Interface {
				all = append(all, loweredMethod(r.Type.Name, a.Name))
			}
		}
	}
	for _, f := range p.Workflows {
		n := clientNames(f)
		all = append(all, n.start, n.find, n.run)
		for _, p := range f.Signature.Params {
			if p.Role != ir.Input {
				all = append(all, n.with(p))
			}
		}
	}
	if annotated(p) {
		all = append(all, registrationName)
	}
	for _, b := range p.Binders {
		all = append(all, b.Name())
	}
	for _, d := range p.Dispatchers {
		all = append(all, d.Name(), d.Plain())
	}
	return all
}

// lowered is the name of what lowered code calls in place of a function or method.
func lowered(name string) string { return name + ir.Suffix }

// loweredMethod is the name of the function that lowered code calls in place of a method of an interface.
func loweredMethod(iface, name string) string { return iface + "_" + name + ir.Suffix }

// clientSet has the names for those who start a workflow.
type clientSet struct{ start, find, run string }

// with returns the name of the start option for a signal: WithCheckoutShipped.
func (n clientSet) with(p ir.Param) string {
	if workflow, public := strings.CutPrefix(n.start, "Start"); public {
		return "With" + workflow + exported(p.Name)
	}
	return "with" + strings.TrimPrefix(n.start, "start") + exported(p.Name)
}

// clientNames returns StartTransferSend, FindTransferSend and TransferSendRun for method Send of Transfer. A method that
// is called Run is called after its type alone: StartTransfer, FindTransfer, TransferRun.
func clientNames(f ir.Workflow) clientSet {
	name, public := f.Name, token.IsExported(f.Name)
	if f.Recv != nil {
		public = public && token.IsExported(f.Recv.Type.Name)
		if exported(name) == "Run" {
			name = ""
		}
		name = f.Recv.Type.Name + exported(name)
	}
	run := name + "Run"
	if strings.HasSuffix(name, "Run") {
		run = name + "Handle"
	}
	if public {
		return clientSet{"Start" + name, "Find" + name, run}
	}
	return clientSet{"start" + exported(name), "find" + exported(name), unexported(run)}
}

// display is the name of a function or method for people: Checkout, Flow.Deliver.
func display(typeName, name string) string {
	if typeName == "" {
		return name
	}
	return typeName + "." + name
}

func workflowDisplay(f ir.Workflow) string {
	if f.Recv != nil {
		return display(f.Recv.Type.Name, f.Name)
	}
	return f.Name
}

func annotated(p *ir.Package) bool {
	return len(p.Functions)+len(p.Receivers)+len(p.Workflows) > 0
}

// unexported makes a name unexported: Payments is payments, HTTPClient is httpClient.
func unexported(name string) string {
	runes := []rune(name)
	for i, r := range runes {
		if !unicode.IsUpper(r) || i > 0 && i+1 < len(runes) && !unicode.IsUpper(runes[i+1]) {
			break
		}
		runes[i] = unicode.ToLower(r)
	}
	return string(runes)
}

// exported makes a name exported.
func exported(name string) string {
	first, size := utf8.DecodeRuneInString(name)
	if size == 0 {
		return ""
	}
	return string(unicode.ToUpper(first)) + name[size:]
}

// camel makes an identifier of a file name: nap_unix is NapUnix.
func camel(name string) (id string) {
	for word := range strings.FieldsFuncSeq(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		id += exported(word)
	}
	return id
}
