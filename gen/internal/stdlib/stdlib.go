// Package stdlib holds what Pawl knows about the standard library, and about the few other packages that it treats alike.
//
// The knowledge is one table, in table.go. It is an allow list: a package or a name that the table doesn't mention must
// not be used in workflow code. The other facts are cautious in the same way: a function is assumed to write and to keep
// what it is given, unless the table says otherwise.
//
// A test resolves every name of the table with the toolchain in use, so a misspelt name cannot turn a rule off.
package stdlib

import (
	"go/types"
	"strings"

	"github.com/pawlhq/pawl/gen/internal/gotypes"
	"github.com/pawlhq/pawl/gen/internal/importpath"
)

// Verdict says what happens to a name that workflow code uses.
type Verdict int

const (
	// Forbidden names must not be used in workflow code.
	Forbidden Verdict = iota
	// Allowed names have the same effect on every replay.
	Allowed
	// Durable names depend on the run. Lowered code uses the counterpart in package abi.
	Durable
)

// Symbol is what is known about one function, method, variable, constant or type. The zero value of a fact is the
// cautious assumption.
type Symbol struct {
	Verdict Verdict
	// Rule is the rule that a use of the name breaks. Durable names break it only where there is no run, such as in the
	// initializer of a package variable. It may be empty for durable names.
	Rule string
	// Why continues the sentence "calls F, which …", and Fix says what to do instead. Both are set for forbidden names.
	Why, Fix string
	// Counterpart is what lowered code calls instead of a durable function or method.
	Counterpart Counterpart

	// KeepsReceiver: the method doesn't change what its receiver holds.
	KeepsReceiver bool
	// ReceiverRule is the rule that a change of the receiver breaks if the receiver is shared by all runs.
	ReceiverRule string
	// ReadsArgs: the function only reads its arguments, and keeps nothing of them.
	ReadsArgs bool
	// ReadsFirst: the function only reads its first argument.
	ReadsFirst bool
	// WritesFirst: the function writes to its first argument. Set together with ReadsArgs, which holds for the others.
	WritesFirst bool
	// ReturnsArgs: the function reads its arguments. What they contain reaches its result and its callbacks.
	ReturnsArgs bool
	// Immutable: nothing can write what a value of this type holds.
	Immutable bool
	// CallsMethods are the methods that the function may look for in an argument of any type, and call.
	CallsMethods []string
	// CallsNamedMethods: the function also calls the methods that the text of a template names.
	CallsNamedMethods bool
	// TakesLocks: the function's counterpart knows the lock types of package sync behind an interface.
	TakesLocks bool

	// Printing says which arguments the function makes text of, if code of the run can read the text.
	Printing Printing
	// Discards: nothing that the function is given can be obtained from anywhere afterwards.
	Discards bool
	// Retains: functions of the package return what other functions of the package were given.
	Retains bool
	// ReturnsPart: the result is the first argument, or a part of it.
	ReturnsPart bool

	// YieldsMap: the result is an iterator over a map.
	YieldsMap bool
	// IgnoresOrder: the result doesn't depend on the order in which an iterator argument yields.
	IgnoresOrder bool
	// Decodes says what a decoder does with times.
	Decodes Decoding
	// HostZone: the result is a time in the zone of the host.
	HostZone bool
	// MovesZone: the method returns the same time in another zone.
	MovesZone bool
	// ComputesOnce: the function returns a function that computes its result at most once.
	ComputesOnce bool
}

// Printing says which arguments a function makes text of. The zero value is none.
type Printing struct {
	Prints bool
	From   int  // the index of the first such argument, or of the format
	Format bool // a format says what is printed of the arguments after it
}

// Decoding says what a function does with the times that it decodes. A decoded time is in the zone of the host if that
// has the offset in the text.
type Decoding int

const (
	// NoTimes means that the function is not a decoder.
	NoTimes Decoding = iota
	// FixableTimes means that lowered code finds the times in the decoded value, and moves them to another zone.
	FixableTimes
	// HostTimes means that lowered code cannot find the times.
	HostTimes
)

// Counterpart is what package abi has in the place of a durable function or method.
type Counterpart struct {
	// Name is a function of package abi that takes the run first, and then the receiver of a method.
	Name string
	// Owner is set instead of Name: a function of package abi that takes the run and returns a value with a method of
	// the same name.
	Owner string
	// WithoutRun: the function doesn't take the run.
	WithoutRun bool
	// Generic: the function has a type parameter for the result, whose package abi doesn't import. If the original also
	// returns an error, "Err" is added to Name.
	Generic bool
}

// Of returns what is known about an object of a package outside the author's module. It returns the zero Symbol for
// predeclared objects.
func Of(obj types.Object) Symbol {
	if obj.Pkg() == nil {
		return Symbol{}
	}
	return Lookup(obj.Pkg().Path(), gotypes.LocalName(obj))
}

// Package returns what is known about a whole package.
func Package(path string) Symbol { return Lookup(path, "*") }

// Lookup returns what is known about a name of a package outside the author's module. For a method, the name starts with
// the name of its type: "Time.Local". Facts of the name itself win over facts of all methods of its type, and those over
// facts of the whole package.
func Lookup(path, name string) Symbol {
	s := unknown(path)
	patterns := []string{"*"}
	if typ, _, method := strings.Cut(name, "."); method {
		patterns = append(patterns, typ+".*")
	}
	for _, pattern := range append(patterns, name) {
		for _, r := range index[path][pattern] {
			r.state(&s, name)
		}
	}
	return s
}

// index finds rows by package path and by the names that they are about.
var index = func() map[string]map[string][]row {
	all := map[string]map[string][]row{}
	for path, rows := range table {
		byName := map[string][]row{}
		for _, r := range rows {
			for _, name := range strings.Fields(r.names) {
				byName[name] = append(byName[name], r)
			}
		}
		all[path] = byName
	}
	return all
}()

// unknown is what is assumed about a name without a row.
func unknown(path string) Symbol {
	s := Symbol{CallsMethods: commonMethods}
	for _, f := range families {
		if path == f.prefix || strings.HasPrefix(path, f.prefix+"/") {
			f.row.state(&s, "")
			return s
		}
	}
	if importpath.IsStd(path) {
		s.Rule, s.Why, s.Fix = UnknownStd, "is not known to behave the same on every replay", ToActivity+", or accept it with //pawl:allow "+UnknownStd+" and a reason"
		return s
	}
	s.Rule, s.Why, s.Fix = UnknownModule, "is third-party code that is not known to behave the same on every replay", VouchFor
	return s
}

// IsUnknownModule reports whether a package belongs to another module, and is one that the table says nothing about.
func IsUnknownModule(path string) bool { return Package(path).Rule == UnknownModule }

// IsDurable reports whether lowered code uses a counterpart of a function or method.
func IsDurable(fn *types.Func) bool { return Of(fn).Verdict == Durable }

// IsErrorMethodName reports whether a name is one of the methods that may be called on every error of the standard
// library and of Pawl.
func IsErrorMethodName(name string) bool {
	switch name {
	case "Error", "Unwrap", "Is", "As", "Timeout", "Temporary":
		return true
	}
	return false
}

// IsErrorMethod reports whether fn is one of these methods of an error of the standard library or of Pawl.
func IsErrorMethod(fn *types.Func) bool {
	recv := fn.Signature().Recv()
	if recv == nil || fn.Pkg() == nil || !IsErrorMethodName(fn.Name()) {
		return false
	}
	path, t := fn.Pkg().Path(), recv.Type()
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem()
	}
	return (importpath.IsStd(path) || importpath.IsEngine(path)) && gotypes.ImplementsError(types.NewPointer(t))
}

// Func names a function that a rule treats by itself.
type Func struct{ path, name string }

// The functions that a rule treats by itself.
var (
	ContextWithValue = named("context", "WithValue")
	ErrorsAs         = named("errors", "As")
	ErrorsAsType     = named("errors", "AsType")
	ErrorsIs         = named("errors", "Is")
	LoadLocation     = named("time", "LoadLocation")
	PawlFinal        = named(importpath.Pawl, "Final")
	Tick             = named("time", "Tick")
)

// treated are all functions that rules treat by themselves.
var treated []Func

func named(path, name string) Func {
	f := Func{path, name}
	treated = append(treated, f)
	return f
}

// Is reports whether fn is the function.
func (f Func) Is(fn *types.Func) bool {
	return fn != nil && fn.Pkg() != nil && fn.Pkg().Path() == f.path && gotypes.LocalName(fn) == f.name
}
