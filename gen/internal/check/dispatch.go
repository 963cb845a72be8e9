// Rule: a call by dispatch must not end at a method that needs the run, unless lowered code makes the call.

package check

import (
	"fmt"
	"go/types"
	"slices"

	"github.com/pawlhq/pawl/gen/diag"
	"github.com/pawlhq/pawl/gen/internal/callgraph"
	"github.com/pawlhq/pawl/gen/internal/decls"
	"github.com/pawlhq/pawl/gen/internal/gotypes"
	"github.com/pawlhq/pawl/gen/internal/stdlib"
)

const dynamicDurable = "PWL233"

var dispatchRule = rule{
	docs: []diag.Rule{{ID: dynamicDurable, Title: "dynamic call of a durable function", Doc: `
The standard library or third-party code calls the method and doesn't know the run, but the method calls activities,
sleeps or logs. Call it in workflow code and pass on the result, or pass a function literal: slices.SortFunc takes one where
sort.Sort takes methods. In a sync.Locker the run knows the locks of package sync, and no others.

Workflow code may call such a method through an interface of its own. The exception is a value of a type that hides the
method and that Pawl cannot add a method to: a type of another module, or one declared in a function, that embeds the
interface or has another method in front of the durable one.`}},
	reached: func(p *pass, r *callgraph.Reach) {
		for _, n := range r.Nodes {
			for _, e := range r.Dynamic[n] {
				if !p.graph.External(n) && e.Via == nil && p.graph.Lowered[e.To] {
					p.report(r, n, dynamicFinding(n, e))
				}
			}
		}
	},
	program: func(p *pass) {
		var impossible []callgraph.Unforwardable
		p.forwarders, impossible = p.graph.Forwarders(p.reached)
		for _, u := range impossible {
			p.report(u.Reach, u.From, unforwardable(p, u))
		}
	},
}

const (
	passResult = "call it in workflow code and pass on the result, or pass a function literal that calls it"
	ownLock    = "call it by its own type, or through an interface of your own; or embed the *sync.Mutex or *sync.RWMutex\nthat it uses, which a sync.Locker may hold"
	ownContext = "the goroutines of a run take turns, so a context needs no lock: leave it out, or use sync/atomic instead;\nor wrap a context without methods of your own"
	ownType    = "call it by its own type; a lock may also be in a sync.Locker"
)

// dynamicFinding is about an edge to a function that needs the run, from code that doesn't know it.
func dynamicFinding(n *callgraph.Node, e callgraph.Edge) callgraph.Finding {
	fix := passResult
	switch name := e.To.Func.Name(); {
	case name == "Lock" || name == "Unlock":
		fix = ownLock
	case isContextMethod(e.To.Func):
		fix = ownContext
	}
	return callgraph.Finding{
		Pos: e.Pos, Rule: dynamicDurable, Fix: fix,
		Message: fmt.Sprintf("%s %s %s, which %s and needs the run", n.Subject(), e.Verb, e.To.Name(n.Pkg.Types), because(e.To)),
	}
}

// isContextMethod reports whether fn is one of the methods with which its receiver is a context.
func isContextMethod(fn *types.Func) bool {
	recv := gotypes.Receiver(fn)
	if recv == nil {
		return false
	}
	for _, name := range []string{"Deadline", "Done", "Err", "Value"} {
		if gotypes.LookupMethod(recv, nil, name) == nil {
			return false
		}
	}
	return slices.Contains([]string{"AfterFunc", "Deadline", "Done", "Err", "Value"}, fn.Name())
}

// dispatchEnd is what is wrong if a call by dispatch ends at a method that is annotated, or declared outside the program.
func dispatchEnd(p *program, from *callgraph.Node, s callgraph.Site, t types.Type, method *types.Func) *callgraph.Finding {
	here := gotypes.TypeName(from.Pkg.Types, t) + "." + method.Name()
	end := func(rule, fix, format string, args ...any) *callgraph.Finding {
		return &callgraph.Finding{Pos: s.Pos, Rule: rule, Fix: fix, Message: from.Subject() + " " + s.Verb + " " + fmt.Sprintf(format, args...)}
	}
	switch a := p.index.Prog.Annotation(method); {
	case decls.IsOperation(a):
		return end(dynamicDurable, passResult, "%s %s through %s, which does not know the run", a.Kind, here, s.What)
	case decls.IsWorkflow(a):
		return end(childWorkflow, byName, "workflow %s through %s, which does not know the run", here, s.What)
	case method.Pkg() == nil || stdlib.IsErrorMethod(method):
		return nil
	}
	facts := stdlib.Of(method)
	switch {
	case s.ID == nil && facts.Rule == stdlib.TimeZone && isUnmarshaler(method):
		return nil // the decoder that calls it is looked after, or rejected
	case facts.Verdict == stdlib.Allowed:
		return nil
	case facts.Verdict == stdlib.Durable: // its counterpart is not a method, so nothing can dispatch to it
		if s.Locks {
			return nil
		}
		return end(dynamicDurable, ownType, "%s through %s, which does not know the run", here, s.What)
	default:
		if facts.Rule == stdlib.UnknownModule {
			p.unknown[method.Pkg().Path()] = true
		}
		return end(facts.Rule, facts.Fix, "%s through %s, which %s", here, s.What, facts.Why)
	}
}

// unforwardable is the finding about a type that would need a forwarder and cannot have one.
func unforwardable(p *pass, u callgraph.Unforwardable) callgraph.Finding {
	pkg := u.From.Pkg
	call, name := gotypes.NameIn(pkg.Types, pkg.Info.Uses[u.ID]), gotypes.TypeName(pkg.Types, u.Type)
	what, fix := "a type of another module that", "wrap it in a type of this module that calls it"
	switch t := gotypes.Origin(u.Type); {
	case u.Secret != "":
		what, fix = fmt.Sprintf("a type whose package cannot use the name %s and", u.Secret), "declare the type where that name is declared, or export the name"
	case t == nil:
		what, fix = "a type without a name that", "declare it as a type, outside of the function"
	case p.index.IsAuthors(t.Obj().Pkg()):
		what, fix = "a type declared in a function that", "declare it outside of the function"
	}
	has := "has another " + u.Method.Name()
	if gotypes.IsInterfaceMethod(u.Method) {
		has = "gets " + u.Method.Name() + " from the interface it embeds"
	}
	return callgraph.Finding{Pos: u.ID.Pos(), Rule: dynamicDurable, Fix: fix, Message: fmt.Sprintf(
		"%s calls %s, here on %s, %s %s: the call would miss the durable method in it", u.From.Subject(), call, name, what, has)}
}
