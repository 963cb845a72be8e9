package lower

import "go/ast"

// This file puts the run's own clock, chance and log in the place of the process's.

// std lowers a function of the standard library. Those that the run has under a name of its own take the run as their
// first argument; those of a source or a logger become methods of the run's.
func (l *lowerer) std(r reference) {
	name, owner := twinOf(r.fn.Pkg().Path(), r.fn.Name())
	if owner != "" {
		l.requalify(r, l.names.abi+"."+owner+"("+l.names.run+")", r.fn.Name())
		return
	}
	if r.call != nil && !l.spreads(r.call) {
		l.passRun(r.call)
	} else {
		l.bind(r, Plain)
		l.instantiate(r)
	}
	l.requalify(r, l.names.abi, name)
}

// twinOf is the name that a function has in package abi, or the function of abi that gives the value whose method it is.
func twinOf(pkg, fn string) (name, owner string) {
	switch pkg {
	case "log":
		return loggerOf("Log", fn)
	case "log/slog":
		return loggerOf("Slog", fn)
	case "math/rand":
		return "", "Rand"
	case "math/rand/v2":
		if fn == "N" {
			return "RandN", ""
		}
		return "", "RandV2"
	case "time":
		if fn == "Parse" {
			return "ParseTime", ""
		}
	}
	return fn, ""
}

func loggerOf(logger, fn string) (name, owner string) {
	if fn == "Default" {
		return logger, ""
	}
	return "", logger
}

// requalify changes the qualifier and the name of a function, and leaves what stands between them.
func (l *lowerer) requalify(r reference, qualifier, name string) {
	if sel, ok := l.stack[len(l.stack)-2].(*ast.SelectorExpr); ok && sel.Sel == r.id {
		l.edits.replace(sel.X.Pos(), sel.X.End(), qualifier)
		if name != r.id.Name {
			l.edits.replace(r.id.Pos(), r.id.End(), name)
		}
		return
	}
	l.edits.replace(r.id.Pos(), r.id.End(), qualifier+"."+name) // imported with a dot
}
