// The kinds of rows in the table.

package stdlib

import "strings"

// row states one fact about some names, which are separated by blanks.
type row struct {
	fact  string
	names string
	state func(s *Symbol, name string)
}

func allow(names string) row {
	return verdict(names, Symbol{Verdict: Allowed})
}

func forbid(rule, why, fix, names string) row {
	return verdict(names, Symbol{Verdict: Forbidden, Rule: rule, Why: why, Fix: fix})
}

func durable(names string) row {
	return verdict(names, Symbol{Verdict: Durable})
}

// durableOr is a row of durable names that break a rule where there is no run.
func durableOr(rule, names string) row {
	return verdict(names, Symbol{Verdict: Durable, Rule: rule})
}

func verdict(names string, v Symbol) row {
	return row{"verdict", names, func(s *Symbol, name string) {
		s.Verdict, s.Rule, s.Why, s.Fix, s.Counterpart = v.Verdict, v.Rule, v.Why, v.Fix, v.Counterpart
		if v.Verdict == Durable {
			s.Counterpart = Counterpart{Name: strings.ReplaceAll(name, ".", "")}
		}
	}}
}

// as gives the names of a row another counterpart than the function of package abi with their own name.
func (r row) as(c Counterpart) row {
	return row{r.fact, r.names, func(s *Symbol, name string) {
		r.state(s, name)
		s.Counterpart = c
	}}
}

func keepsReceiver(names string) row {
	return row{"receiver", names, func(s *Symbol, _ string) { s.KeepsReceiver = true }}
}

// writesReceiver is a row of methods that change their receivers, in a package whose other methods don't.
func writesReceiver(names string) row {
	return row{"receiver", names, func(s *Symbol, _ string) { s.KeepsReceiver = false }}
}

func receiverRule(rule, names string) row {
	return row{"receiver rule", names, func(s *Symbol, _ string) { s.ReceiverRule = rule }}
}

func readsArgs(names string) row {
	return row{"arguments", names, func(s *Symbol, _ string) { s.ReadsArgs = true }}
}

func writesFirst(names string) row {
	return row{"arguments", names, func(s *Symbol, _ string) { s.ReadsArgs, s.WritesFirst = true, true }}
}

func readsFirst(names string) row {
	return row{"arguments", names, func(s *Symbol, _ string) { s.ReadsFirst = true }}
}

func returnsArgs(names string) row {
	return row{"arguments", names, func(s *Symbol, _ string) { s.ReturnsArgs = true }}
}

func immutable(names string) row {
	return row{"immutable", names, func(s *Symbol, _ string) { s.Immutable = true }}
}

func callsMethods(methods, names string) row {
	return row{"callbacks", names, func(s *Symbol, _ string) { s.CallsMethods = strings.Fields(methods) }}
}

// callsNamedMethods is a row of functions that call the methods that the text of a template names, besides some others.
func callsNamedMethods(methods, names string) row {
	return row{"callbacks", names, func(s *Symbol, _ string) { s.CallsMethods, s.CallsNamedMethods = strings.Fields(methods), true }}
}

// commonMethods are the methods that packages look for in values of any type if the table doesn't say which.
var commonMethods = strings.Fields(`Error String GoString Format Is As Unwrap LogValue IsZero
	MarshalJSON UnmarshalJSON MarshalText UnmarshalText AppendText MarshalBinary UnmarshalBinary AppendBinary
	MarshalXML UnmarshalXML MarshalXMLAttr UnmarshalXMLAttr Scan Value WriteTo ReadFrom WriteString ReadByte`)

func takesLocks(names string) row {
	return row{"locks", names, func(s *Symbol, _ string) { s.TakesLocks = true }}
}

// prints is a row of functions that make text of their arguments, beginning with one of them.
func prints(from int, names string) row {
	return row{"prints", names, func(s *Symbol, _ string) { s.Printing = Printing{Prints: true, From: from} }}
}

// printsFormat is a row of functions that make text of the arguments after a format.
func printsFormat(format int, names string) row {
	return row{"prints", names, func(s *Symbol, _ string) { s.Printing = Printing{Prints: true, From: format, Format: true} }}
}

func discards(names string) row {
	return row{"discards", names, func(s *Symbol, _ string) { s.Discards = true }}
}

func retains(names string) row {
	return row{"retains", names, func(s *Symbol, _ string) { s.Retains = true }}
}

func returnsPart(names string) row {
	return row{"part", names, func(s *Symbol, _ string) { s.ReturnsPart = true }}
}

func yieldsMap(names string) row {
	return row{"map", names, func(s *Symbol, _ string) { s.YieldsMap = true }}
}

func ignoresOrder(names string) row {
	return row{"order", names, func(s *Symbol, _ string) { s.IgnoresOrder = true }}
}

func decodes(d Decoding, names string) row {
	return row{"decodes", names, func(s *Symbol, _ string) { s.Decodes = d }}
}

func hostZone(names string) row {
	return row{"zone", names, func(s *Symbol, _ string) { s.HostZone = true }}
}

func movesZone(names string) row {
	return row{"zone", names, func(s *Symbol, _ string) { s.MovesZone = true }}
}

func computesOnce(names string) row {
	return row{"once", names, func(s *Symbol, _ string) { s.ComputesOnce = true }}
}
