package check

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// This file is about package variables that can be written through another name: those that hold pointers, maps, slices
// and the like. A workflow may read them in place.
//
// Each use of a variable is classed once, for the whole module: it reads, it hands what the variable holds on to other
// variables (an alias, a parameter, a receiver), or it does what may change it, or loses sight of it. What becomes of a
// variable follows as the least fixpoint over these. Nothing is followed from one level of a value to another: an
// element of a list counts as much as the list.

// use is what one mention of a variable does with what the variable holds.
type use struct {
	harm     string       // why it is no reading: "bump writes p"; or empty
	write    bool         // the harm is done here, and not only possible
	to       []*types.Var // variables that hold it as well
	returned bool         // the function around it returns it
	result   *use         // what is done with the result of the call whose parameters are in to; nil if to are aliases
	bound    bool         // as the receiver of a method value
}

var reading = &use{}

// aliases is what is known of all uses.
type aliases struct {
	uses     map[*ast.Ident]*use
	of       map[*types.Var][]*use
	harmed   map[*types.Var]*use // the use that does it
	returned map[*types.Var]bool
	methods  map[string][]*types.Func // of the module, by name
}

// findAliases classes the uses of variables in the module, and follows them.
func (c *checker) findAliases() {
	c.aliases = aliases{
		uses: map[*ast.Ident]*use{}, of: map[*types.Var][]*use{},
		harmed: map[*types.Var]*use{}, returned: map[*types.Var]bool{}, methods: map[string][]*types.Func{},
	}
	c.eachDecl(c.collectMethod)
	var vars []*types.Var
	c.eachDecl(func(in initCode) { vars = append(vars, c.classUses(in)...) })
	for again := true; again; {
		again = false
		for _, v := range vars {
			again = c.spread(v) || again
		}
	}
	c.eachDecl(c.findAliasWrites)
}

func (c *checker) collectMethod(in initCode) {
	if d, ok := in.decl.(*ast.FuncDecl); ok && d.Recv != nil {
		if fn, ok := in.pkg.Info.Defs[d.Name].(*types.Func); ok {
			c.aliases.methods[fn.Name()] = append(c.aliases.methods[fn.Name()], fn)
		}
	}
}

// eachDecl calls f with every declaration of the module.
func (c *checker) eachDecl(f func(initCode)) {
	for _, p := range slices.Concat(c.prog.Packages, c.prog.Dependencies) {
		if c.pkgs[p.Types] == nil {
			continue
		}
		for _, file := range p.Files {
			for _, d := range file.Syntax.Decls {
				f(initCode{p, file, d})
			}
		}
	}
}

// classUses classes the uses in one declaration of variables that share what they hold, and gives these variables.
func (c *checker) classUses(in initCode) (vars []*types.Var) {
	k := &classer{checker: c, info: in.pkg.Info, where: where(in.decl)}
	ast.Inspect(in.decl, func(x ast.Node) bool {
		if x == nil {
			k.stack = k.stack[:len(k.stack)-1]
			return true
		}
		k.stack = append(k.stack, x)
		id, ok := x.(*ast.Ident)
		if !ok {
			return true
		}
		v, ok := k.info.Uses[id].(*types.Var)
		if !ok || v.IsField() || !c.inModule(v) || !isPackageVar(v) && !c.shares(v.Type()) {
			return true
		}
		k.name = id.Name
		u := k.follow(len(k.stack)-1, false)
		if len(c.aliases.of[v]) == 0 {
			vars = append(vars, v)
		}
		c.aliases.uses[id], c.aliases.of[v] = u, append(c.aliases.of[v], u)
		return true
	})
	return vars
}

// where is how a declaration is called in the reason of a harm.
func where(d ast.Decl) string {
	if fn, ok := d.(*ast.FuncDecl); ok {
		return fn.Name.Name
	}
	return "an initialiser"
}

// spread takes one step of the fixpoint for a variable, and reports whether anything is new.
func (c *checker) spread(v *types.Var) (changed bool) {
	for _, u := range c.aliases.of[v] {
		harm, returned := c.outcome(u)
		if old := c.aliases.harmed[v]; harm != nil && (old == nil || harm.write && !old.write) {
			c.aliases.harmed[v], changed = harm, true
		}
		if returned && !c.aliases.returned[v] {
			c.aliases.returned[v], changed = true, true
		}
	}
	return changed
}

// outcome is what a use comes to, as far as it is known: the use that does harm, and whether the function returns what
// it holds.
func (c *checker) outcome(u *use) (harm *use, returned bool) {
	if u.harm != "" {
		return u, false
	}
	returned = u.returned
	for _, v := range u.to {
		if h := c.aliases.harmed[v]; h != nil && (harm == nil || h.write && !harm.write) {
			harm = h
		}
		if !c.aliases.returned[v] {
			continue
		}
		if u.result == nil {
			returned = true
			continue
		}
		h, r := c.outcome(u.result)
		returned = returned || r
		if harm == nil {
			harm = h
		}
	}
	return harm, returned
}

// findAliasWrites enters the writes of package variables through other names: an init function's belong to the
// initialisation, as does what the initialiser of another variable is made of.
func (c *checker) findAliasWrites(in initCode) {
	fn, _ := in.decl.(*ast.FuncDecl)
	ast.Inspect(in.decl, func(x ast.Node) bool {
		id, ok := x.(*ast.Ident)
		if !ok || c.aliases.uses[id] == nil {
			return true
		}
		v := in.pkg.Info.Uses[id].(*types.Var)
		harm, returned := c.outcome(c.aliases.uses[id])
		switch {
		case !isPackageVar(v) || harm == nil && !returned:
		case fn == nil || isInit(fn):
			c.attachInit(v, in)
		case harm != nil && harm.write && c.writes[v] == nil:
			c.writes[v], _ = in.pkg.Info.Defs[fn.Name].(*types.Func)
		}
		return true
	})
}

// aliased rejects a use of a package variable after which it may be written through another name. Initialisation may
// give it any name.
func (s *scanner) aliased(id *ast.Ident, v *types.Var) bool {
	u := s.aliases.uses[id]
	if u == nil || s.wrote[id] || s.n.v != nil && !s.inLiteral() && !u.bound {
		return false
	}
	harm, returned := s.outcome(u)
	if harm == nil && returned {
		harm = &use{harm: where(s.decls[s.n.fn].decl) + " returns it"}
	}
	if harm == nil {
		return false
	}
	s.enter(finding{pos: id.Pos(), rule: varAlias, decl: v.Pos(), fix: copyIt,
		message: "uses " + s.name(v) + ", a package variable that all runs share, so that it may be written: " + harm.harm})
	return true
}

// classer classes the uses in one declaration.
type classer struct {
	*checker
	info  *types.Info
	where string
	name  string // of the variable
	stack []ast.Node
}

func (k *classer) harm(does string) *use { return &use{harm: k.where + " " + does} }

func (k *classer) writing() *use {
	return &use{harm: k.where + " writes " + k.name, write: true}
}

// follow goes from the expression at the i-th place of the stack, which holds what the variable holds or a part of it,
// to what is done with it. It is deep if it lies behind a pointer, a map or a slice of the variable.
func (k *classer) follow(i int, deep bool) *use {
	e := k.stack[i].(ast.Expr)
	switch p := k.stack[i-1].(type) {
	case *ast.ParenExpr:
		return k.follow(i-1, deep)
	case *ast.StarExpr:
		return k.follow(i-1, true)
	case *ast.SliceExpr:
		if p.X == e {
			return k.follow(i-1, deep)
		}
		return reading
	case *ast.IndexExpr:
		return k.index(i, p, deep)
	case *ast.SelectorExpr:
		return k.selector(i, p, deep)
	case *ast.TypeAssertExpr:
		if p.Type == nil {
			return k.typeSwitch(i - 2)
		}
		return k.follow(i-1, false)
	case *ast.UnaryExpr:
		if p.Op == token.ARROW {
			return k.writing()
		}
		if p.Op == token.AND && (deep || k.shares(k.info.TypeOf(e))) {
			return k.harm("takes the address of " + k.name)
		}
		return reading
	case *ast.IncDecStmt:
		return k.assigned(deep)
	case *ast.AssignStmt:
		return k.assignment(e, p, deep)
	case *ast.RangeStmt:
		switch {
		case p.X != e:
			return k.assigned(deep)
		case ChanType(k.info.TypeOf(e)) != nil:
			return k.writing()
		}
		return k.alias(p.Key, p.Value)
	case *ast.SendStmt:
		if p.Chan == e {
			return k.writing()
		}
	case *ast.CallExpr:
		return k.argument(i, p)
	}
	return k.value(i)
}

func (k *classer) inLiteral() bool {
	_, ok := enclosing[*ast.FuncLit](k.stack)
	return ok
}

// value is what becomes of a value in a place where it is copied.
func (k *classer) value(i int) *use {
	e := k.stack[i].(ast.Expr)
	if !k.shares(k.info.TypeOf(e)) {
		return reading
	}
	switch p := k.stack[i-1].(type) {
	case *ast.BinaryExpr, *ast.ExprStmt, *ast.DeferStmt, *ast.GoStmt, *ast.SwitchStmt, *ast.CaseClause:
		return reading
	case *ast.ReturnStmt:
		if k.inLiteral() {
			return k.harm("returns " + k.name + " from a function literal")
		}
		return &use{returned: true}
	case *ast.ValueSpec:
		if len(p.Names) == len(p.Values) {
			return k.alias(p.Names[slices.Index(p.Values, e)])
		}
		var names []ast.Expr
		for _, n := range p.Names {
			names = append(names, n)
		}
		return k.alias(names...)
	}
	return k.harm("stores " + k.name)
}

// assigned is what assigning to a part of the variable is: harmless if that is the variable itself, a copy.
func (k *classer) assigned(deep bool) *use {
	if deep {
		return k.writing()
	}
	return reading
}

func (k *classer) index(i int, p *ast.IndexExpr, deep bool) *use {
	if p.X != k.stack[i] {
		if k.shares(k.info.TypeOf(p.Index)) && k.stores(i-1) {
			return k.harm("stores " + k.name)
		}
		return reading
	}
	_, array := k.info.TypeOf(p.X).Underlying().(*types.Array)
	return k.follow(i-1, deep || !array)
}

// stores reports whether the expression at the i-th place of the stack is assigned to.
func (k *classer) stores(i int) bool {
	a, ok := k.stack[i-1].(*ast.AssignStmt)
	return ok && slices.Contains(a.Lhs, k.stack[i].(ast.Expr))
}

func (k *classer) assignment(e ast.Expr, p *ast.AssignStmt, deep bool) *use {
	i := slices.Index(p.Rhs, e)
	switch {
	case i < 0:
		return k.assigned(deep)
	case !k.shares(k.info.TypeOf(e)):
		return reading
	case len(p.Lhs) == len(p.Rhs):
		return k.alias(p.Lhs[i])
	}
	return k.alias(p.Lhs...)
}

// alias is what assigning to expressions does: local variables are followed.
func (k *classer) alias(lhs ...ast.Expr) *use {
	u := &use{}
	for _, e := range lhs {
		id, ok := e.(*ast.Ident)
		switch {
		case e == nil || ok && id.Name == "_":
			continue
		case !ok:
			if k.shares(k.info.TypeOf(e)) {
				return k.harm("stores " + k.name)
			}
			continue
		}
		v, _ := k.info.ObjectOf(id).(*types.Var)
		switch {
		case v == nil || !k.shares(v.Type()):
		case isPackageVar(v), v.Kind() == types.ResultVar && k.inLiteral():
			return k.harm("stores " + k.name)
		default:
			u.to = append(u.to, v)
			u.returned = u.returned || v.Kind() == types.ResultVar
		}
	}
	return u
}

// typeSwitch is what a type switch does whose guard is at the i-th place of the stack: each clause has a variable.
func (k *classer) typeSwitch(i int) *use {
	sw, ok := enclosing[*ast.TypeSwitchStmt](k.stack[:i+1])
	if !ok {
		return reading
	}
	u := &use{}
	for _, clause := range sw.Body.List {
		if v, ok := k.info.Implicits[clause].(*types.Var); ok && k.shares(v.Type()) {
			u.to = append(u.to, v)
		}
	}
	return u
}

// argument is what a call does with one of its arguments, or with what it calls.
func (k *classer) argument(i int, call *ast.CallExpr) *use {
	e := k.stack[i].(ast.Expr)
	t := k.info.TypeOf(e)
	switch {
	case call.Fun == e: // judgeVariable looks at what the functions in a package variable hold
		return reading
	case k.info.Types[call.Fun].IsType():
		return k.follow(i-1, false)
	case !k.shares(t):
		return reading
	}
	n := slices.Index(call.Args, e)
	if id, ok := ast.Unparen(call.Fun).(*ast.Ident); ok {
		if b, ok := k.info.Uses[id].(*types.Builtin); ok {
			return k.builtin(i, call, n, b.Name())
		}
	}
	if _, ok := ast.Unparen(call.Fun).(*ast.FuncLit); ok {
		return k.passed(i, k.params(k.info.TypeOf(call.Fun).(*types.Signature), n, t))
	}
	callee := Callee(k.info, call)
	if callee == nil {
		return k.harm("hands " + k.name + " to a function value")
	}
	return k.handed(i, call, n, callee.Origin())
}

// handed is what a function or method does with its n-th argument.
func (k *classer) handed(i int, call *ast.CallExpr, n int, callee *types.Func) *use {
	if k.prog.Annotation(callee) != nil {
		return reading // it is encoded
	}
	if !k.inModule(callee) {
		return k.foreign(i, call, n, callee)
	}
	if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok && k.info.Selections[sel] != nil && k.info.Selections[sel].Kind() == types.MethodExpr {
		if n--; n < 0 {
			return k.passed(i, k.receivers(callee))
		}
	}
	var params []*types.Var
	for _, fn := range k.behind(callee) {
		params = append(params, k.params(fn.Signature(), n, k.info.TypeOf(k.stack[i].(ast.Expr)))...)
	}
	return k.passed(i, params)
}

// passed is what a call does that fills parameters.
func (k *classer) passed(i int, params []*types.Var) *use {
	return &use{to: params, result: k.follow(i-1, false)}
}

// params are the parameters that take the n-th argument: all of them if it is a call with several results.
func (k *classer) params(sig *types.Signature, n int, t types.Type) (vs []*types.Var) {
	if _, tuple := t.(*types.Tuple); tuple {
		return slices.Collect(sig.Params().Variables())
	}
	return []*types.Var{sig.Params().At(min(n, sig.Params().Len()-1))}
}

// behind are the functions that a call of fn may run: fn, or, if that is a method of an interface, those of the module
// that implement it. What is marked //pawl:pure is the author's word.
func (k *classer) behind(fn *types.Func) (fns []*types.Func) {
	if !interfaceMethod(fn) {
		if k.decls[fn].pure {
			return nil
		}
		return []*types.Func{fn}
	}
	iface := fn.Signature().Recv().Type().Underlying().(*types.Interface)
	for _, m := range k.aliases.methods[fn.Name()] {
		t := receiverNamed(m)
		if !k.decls[m].pure && (t.TypeParams().Len() > 0 || types.Implements(types.NewPointer(t), iface)) {
			fns = append(fns, m)
		}
	}
	return fns
}

func (k *classer) receivers(fn *types.Func) (vs []*types.Var) {
	for _, fn := range k.behind(fn) {
		vs = append(vs, fn.Signature().Recv())
	}
	return vs
}

func (k *classer) builtin(i int, call *ast.CallExpr, n int, name string) *use {
	elem := k.inside(k.info.TypeOf(k.stack[i].(ast.Expr)))
	switch {
	case name == "append" && n > 0:
		if call.Ellipsis == token.NoPos || elem {
			return k.follow(i-1, false)
		}
	case name == "append":
		return k.harm("appends to " + k.name) // in place, if there is room
	case name == "delete", name == "clear", name == "close", name == "copy" && n == 0:
		return k.writing()
	case name == "copy" && elem, name == "panic":
		return k.harm("hands " + k.name + " to " + name)
	}
	return reading
}

// selector is what selecting a field or a method does.
func (k *classer) selector(i int, p *ast.SelectorExpr, deep bool) *use {
	sel := k.info.Selections[p]
	if sel == nil {
		return k.follow(i-1, deep) // the name of a package in front
	}
	if sel.Kind() == types.FieldVal {
		return k.follow(i-1, deep || sel.Indirect() || isPointer(k.info.TypeOf(p.X)))
	}
	fn := sel.Obj().(*types.Func).Origin()
	if k.prog.Annotation(fn) != nil || fn.Pkg() == nil {
		return reading
	}
	u := k.receiver(i, fn)
	if call, ok := k.stack[i-2].(*ast.CallExpr); ok && call.Fun == p {
		if len(u.to) > 0 {
			u.result = k.follow(i-2, false)
		}
		return u
	}
	bound := *u
	bound.bound, bound.result = true, k.harm("binds "+k.name+" to method "+fn.Name())
	return &bound
}

// receiver is what a method does with its receiver.
func (k *classer) receiver(i int, fn *types.Func) *use {
	switch {
	case k.inModule(fn), interfaceMethod(fn) && !k.changesReceiver(fn):
		return &use{to: k.receivers(fn)}
	case k.changesReceiver(fn):
		return k.writing()
	}
	return reading
}

// foreign is what a function from outside of the module does with its n-th argument.
func (k *classer) foreign(i int, call *ast.CallExpr, n int, fn *types.Func) *use {
	path, name := "", localName(fn)
	if fn.Pkg() != nil {
		path = fn.Pkg().Path()
	}
	if _, ok := find(onlyRead[path], name); ok && (n > 0 || !writesFirst[path+"."+name]) {
		return reading
	}
	if _, ok := find(handBack[path], name); !ok {
		return k.harm("hands " + k.name + " to " + nameIn(nil, fn))
	}
	if !k.inside(k.info.TypeOf(k.stack[i].(ast.Expr))) {
		return reading // the result is a copy
	}
	u := *k.follow(i-1, false)
	for j, arg := range call.Args {
		sig, ok := k.info.TypeOf(arg).Underlying().(*types.Signature)
		if !ok || j == n {
			continue
		}
		if _, literal := ast.Unparen(arg).(*ast.FuncLit); !literal || u.result != nil {
			return k.harm("hands what " + k.name + " holds to a function")
		}
		u.to = slices.AppendSeq(u.to, sig.Params().Variables())
	}
	return &u
}

// shares reports whether two values of a type can share what one of them can write. Types that nothing can write are
// none of these, and neither are functions: judgeVariable looks at what they hold.
func (c *checker) shares(t types.Type) bool { return c.sharing(t, map[types.Type]bool{}) }

func (c *checker) sharing(t types.Type, seen map[types.Type]bool) bool {
	if t == nil || seen[t] {
		return false
	}
	seen[t] = true
	if c.unwritable(t, seen) {
		return false
	}
	if _, ok := types.Unalias(t).(*types.TypeParam); ok {
		return true
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return u.Kind() == types.UnsafePointer
	case *types.Signature:
		return c.iterates(u, seen)
	case *types.Array:
		return c.sharing(u.Elem(), seen)
	case *types.Struct:
		for f := range u.Fields() {
			if c.sharing(f.Type(), seen) {
				return true
			}
		}
		return false
	case *types.Tuple:
		for v := range u.Variables() {
			if c.sharing(v.Type(), seen) {
				return true
			}
		}
		return false
	}
	return true
}

// iterates reports whether a function is an iterator over values that share.
func (c *checker) iterates(sig *types.Signature, seen map[types.Type]bool) bool {
	if sig.Params().Len() != 1 || sig.Results().Len() != 0 {
		return false
	}
	yield, ok := sig.Params().At(0).Type().Underlying().(*types.Signature)
	return ok && c.sharing(yield.Params(), seen)
}

// inside reports whether the parts of a list, a map or an iterator share.
func (c *checker) inside(t types.Type) bool {
	switch u := t.Underlying().(type) {
	case *types.Slice:
		return c.shares(u.Elem())
	case *types.Map:
		return c.shares(u.Key()) || c.shares(u.Elem())
	}
	return c.shares(t)
}

// unwritable reports whether nothing can write to what values of a type hold: errors, contexts, the receivers of
// activities, and some types of the standard library.
func (c *checker) unwritable(t types.Type, seen map[types.Type]bool) bool {
	if types.Identical(t, types.Universe.Lookup("error").Type()) {
		return true
	}
	n := named(t)
	if n == nil || n.Obj().Pkg() == nil {
		return false
	}
	if c.inModule(n.Obj()) {
		return c.receivesActivities(n) && !c.receivesWorkflows(n) || c.annotatedInterface(n) || c.frozenError(n, seen)
	}
	_, ok := find(frozen[n.Obj().Pkg().Path()], n.Obj().Name())
	return ok
}

// frozenError reports whether a type of the module is a struct and an error, and nothing in the module writes to it.
func (c *checker) frozenError(n *types.Named, seen map[types.Type]bool) bool {
	_, ok := n.Underlying().(*types.Struct)
	return ok && types.Implements(types.NewPointer(n), errorInterface) && !c.written[n] && !c.sharing(n.Underlying(), seen)
}

// findWritten finds the types of the module whose fields, or values behind a pointer, are written.
func (c *checker) findWritten() {
	c.written = map[*types.Named]bool{}
	c.eachDecl(func(in initCode) {
		mark := func(e ast.Expr) {
			if n := named(in.pkg.Info.TypeOf(e)); n != nil {
				c.written[n] = true
			}
		}
		ast.Inspect(in.decl, func(x ast.Node) bool {
			for _, e := range written(x) {
				for e != nil {
					switch x := ast.Unparen(e).(type) {
					case *ast.SelectorExpr:
						e = x.X
					case *ast.IndexExpr:
						e = x.X
					case *ast.StarExpr:
						e = x.X
					default:
						e = nil
						continue
					}
					mark(e)
				}
			}
			return true
		})
	})
}

// written are the expressions that a node assigns to or takes the address of.
func written(x ast.Node) []ast.Expr {
	switch x := x.(type) {
	case *ast.AssignStmt:
		return x.Lhs
	case *ast.IncDecStmt:
		return []ast.Expr{x.X}
	case *ast.RangeStmt:
		return []ast.Expr{x.Key, x.Value}
	case *ast.UnaryExpr:
		if x.Op == token.AND {
			return []ast.Expr{x.X}
		}
	}
	return nil
}

// frozen are the types from outside of the module whose values nothing can write.
var frozen = map[string][]entry{
	"context":         {allow("Context")},
	"embed":           {allow("FS")},
	"encoding/base32": {allow("Encoding")},
	"encoding/base64": {allow("Encoding")},
	"hash/crc32":      {allow("Table")},
	"net/netip":       {allow("Addr AddrPort Prefix")},
	"reflect":         {allow("Type")},
	"regexp":          {allow("Regexp")},
	"strings":         {allow("Replacer")},
	"time":            {allow("Time Location")},
	"unicode":         {allow("RangeTable SpecialCase CaseRange")},
}

// onlyRead are the functions from outside of the module that read their arguments and keep nothing of them.
var onlyRead = map[string][]entry{
	"bytes":           {allow("Compare Contains ContainsAny ContainsRune Count Equal EqualFold HasPrefix HasSuffix Index IndexAny IndexByte LastIndex Buffer.Write")},
	"bufio":           {allow("Writer.Write")},
	"crypto/hmac":     {allow("Equal")},
	"crypto/md5":      {allow("Sum")},
	"crypto/sha1":     {allow("Sum")},
	"crypto/sha256":   {allow("Sum224 Sum256")},
	"crypto/sha512":   {allow("Sum384 Sum512")},
	"encoding/base64": {allow("Encoding.EncodeToString")},
	"encoding/hex":    {allow("EncodeToString")},
	"encoding/json":   {allow("Marshal MarshalIndent Valid")},
	"encoding/xml":    {allow("Marshal MarshalIndent")},
	"errors":          {allow("Is As Join Unwrap")},
	"fmt":             {allow("Errorf Sprint Sprintf Sprintln Print Printf Println Fprint Fprintf Fprintln")},
	"io":              {allow("Writer.Write")},
	"log":             {allow("Print Printf Println Panic Panicf Panicln Logger.Print Logger.Printf Logger.Println")},
	"log/slog":        {allow("Debug DebugContext Info InfoContext Warn WarnContext Error ErrorContext Logger.Debug Logger.DebugContext Logger.Info Logger.InfoContext Logger.Warn Logger.WarnContext Logger.Error Logger.ErrorContext")},
	"maps":            {allow("Equal")},
	"math/big":        {allow("Int.Cmp Int.CmpAbs Rat.Cmp Float.Cmp Int.Add Int.Sub Int.Mul Int.Quo Int.Rem Int.Div Int.Mod Int.Exp Int.Set Rat.Add Rat.Sub Rat.Mul Rat.Quo Rat.Set Float.Add Float.Sub Float.Mul Float.Quo Float.Set")},
	"net/url":         {allow("URL.ResolveReference")},
	"reflect":         {allow("DeepEqual TypeOf")},
	"slices":          {allow("Compare Equal IsSorted")},
	"sort":            {allow("SearchFloat64s SearchInts SearchStrings Float64sAreSorted IntsAreSorted StringsAreSorted")},
	"strings":         {allow("Join Builder.Write NewReplacer")},
	"text/template":   {allow("Template.Execute Template.ExecuteTemplate")},
	"html/template":   {allow("Template.Execute Template.ExecuteTemplate")},
	"unicode/utf8":    {allow("DecodeLastRune DecodeRune RuneCount Valid")},
}

// writesFirst are those of them that write to their first argument.
var writesFirst = set("fmt.Fprint", "fmt.Fprintf", "fmt.Fprintln",
	"text/template.Template.Execute", "text/template.Template.ExecuteTemplate", "html/template.Template.Execute", "html/template.Template.ExecuteTemplate")

// handBack are the functions from outside of the module that read their arguments, and show what is in them to function
// arguments and in the result: a copy, if nothing in there is shared.
var handBack = map[string][]entry{
	"cmp":    {allow("Or")},
	"maps":   {allow("All Clone Collect Keys Values")},
	"slices": {allow("All Backward BinarySearch BinarySearchFunc Clone Collect CompareFunc Concat Contains ContainsFunc EqualFunc Index IndexFunc IsSortedFunc Max MaxFunc Min MinFunc Repeat Sorted SortedFunc Values")},
}
