// This file lowers go statements, so that goroutines start in the run. The go statement itself evaluates the function and
// its arguments.
//
//	go func() { … }()    abi.Go(_run, func() { … })
//	go s.work(a, b)      abi.Go(_run, late2x0__pawl(bind2x0__pawl(_run, s.work__pawl))(a, b))
//	go Ship(ctx, id)     abi.GoChild(_run, late2x1__pawl(bind2x1__pawl(_run, Ship__child__pawl))(ctx, id))
//	go close(ch)         abi.Go(_run, late1x0__pawl(func(a1 chan int) { abi.Close(_run, a1) })(ch))

package lower

import (
	"fmt"
	"go/ast"
	"go/types"
	"strings"

	"github.com/pawlhq/pawl/annotations"
	"github.com/pawlhq/pawl/gen/internal/gotypes"
	"github.com/pawlhq/pawl/gen/internal/ir"
)

func (l *lowerer) goStmt(g *ast.GoStmt) {
	call := g.Call
	start := fmt.Sprintf("%s.Go(%s, ", l.names.abi, l.names.run)
	if a := l.prog.Annotation(gotypes.Callee(l.info, call)); a != nil && a.Kind == annotations.Workflow {
		start = fmt.Sprintf("%s.GoChild(%s, ", l.names.abi, l.names.run)
	}
	function, sig := l.builtinAsFunction(call)
	if function == "" {
		sig = gotypes.CoreType(l.info.TypeOf(call.Fun)).(*types.Signature)
	}
	waits := sig.Params().Len() == 0 && sig.Results().Len() == 0 // as it is
	if !waits {
		start += l.binder(ir.Late, sig) + "("
	}
	if function == "" {
		l.edits.replace(g.Pos(), call.Pos(), start)
	} else {
		l.edits.replace(g.Pos(), call.Fun.End(), start+function)
	}
	if waits {
		l.edits.replace(call.Fun.End(), call.End(), ")")
		return
	}
	l.edits.after(call.Fun.End(), ")")
	l.edits.after(call.End(), ")")
}

// builtinAsFunction spells a function that does what a call of a built-in does, which is no value; empty if the call is
// of something else.
func (l *lowerer) builtinAsFunction(call *ast.CallExpr) (function string, sig *types.Signature) {
	id, ok := ast.Unparen(call.Fun).(*ast.Ident)
	if !ok {
		return "", nil
	}
	b, ok := l.info.Uses[id].(*types.Builtin)
	if !ok {
		return "", nil
	}
	if l.spreads(call) {
		return l.printer(builtins[b.Name()]), printer
	}
	var params, args []string
	var vars []*types.Var
	for i, arg := range call.Args {
		t := types.Default(l.info.TypeOf(arg))
		if t == types.Typ[types.UntypedNil] {
			t = types.Universe.Lookup("any").Type()
		}
		vars = append(vars, types.NewParam(arg.Pos(), nil, "", t))
		args = append(args, fmt.Sprint("a", i+1))
		params = append(params, args[i]+" "+l.typeString(t))
	}
	name := b.Name()
	if target, ok := builtins[name]; ok {
		name, args = l.names.abi+"."+target, append([]string{l.names.run}, args...)
	}
	sig = types.NewSignatureType(nil, nil, nil, types.NewTuple(vars...), nil, false)
	return fmt.Sprintf("func(%s) { %s(%s) }", strings.Join(params, ", "), name, strings.Join(args, ", ")), sig
}
