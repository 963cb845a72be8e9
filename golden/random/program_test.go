package random_test

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"time"
)

// This file defines random programs and writes them as Go.
//
// A program is a sequence of events. Each is something that one process does by itself, or that some of them do together:
// one sends and another receives. The script of a process is the sequence seen by it alone. Since the sequence itself is a
// way in which the scripts can run, a program deadlocks only if it is meant to: then one side of an event has been
// removed. And since each channel has one process that sends and one that receives, and since no two events of which
// the order matters happen at one time, what a program says does not depend on the order in which its processes run.

// program is one random program.
type program struct {
	seed     uint64
	variant  int           // tells it from others of its seed in one package, if it is not 0
	racy     bool          // it may say more than one thing
	locals   bool          // what processes share are variables of its function, and not fields of a struct
	cancelAt time.Duration // when it is cancelled, after its start; 0 if it is not
	spawns   []spawn
	fields   []field
	events   []event
	wrapping []wrap
}

// spawn is how a process is started and waited for. The one of process 0, which is the workflow, is empty.
type spawn struct {
	form   string // of what starts it, around its script
	header string // of the function or method that the script is in, if that has a name
	first  string // what comes before the script
	join   string // what waits for its end
}

// field is something that the processes share.
type field struct{ name, typ, init string }

// event is what happens at one point of the sequence.
type event struct {
	parts  []part
	spawns int // the process that is started; 0 if none
	joins  int // the process that is waited for; 0 if none
}

// part is what one process does in an event.
type part struct {
	process int
	code    string
}

// wrap puts what a process does in the events from..to into another form, which does the same.
type wrap struct {
	process, from, to int
	form              string // around what it does
	header            string // of the function or method that it goes into, if that has a name
}

// part returns what a process does in the event.
func (e event) part(process int) (code string, ok bool) {
	i := slices.IndexFunc(e.parts, func(p part) bool { return p.process == process })
	if i < 0 {
		return "", false
	}
	return e.parts[i].code, true
}

// pieces is how many things can be left out of a program: its events and its wraps.
func (p *program) pieces() int { return len(p.events) + len(p.wrapping) }

// without returns the program with only those pieces for which keep is true. What a process does goes with the event
// that starts it.
func (p *program) without(keep func(piece int) bool) *program {
	q := *p
	q.events, q.wrapping = slices.Clone(p.events), nil
	gone := map[int]bool{}
	for i, e := range p.events {
		involved := slices.ContainsFunc(e.parts, func(p part) bool { return gone[p.process] })
		if keep(i) && !involved && !gone[e.joins] {
			continue
		}
		q.events[i] = event{}
		if e.spawns > 0 {
			gone[e.spawns] = true
		}
	}
	for i, w := range p.wrapping {
		if keep(len(p.events) + i) {
			q.wrapping = append(q.wrapping, w)
		}
	}
	return &q
}

// name is the workflow's.
func (p *program) name() string { return p.rename(fmt.Sprint("P", p.seed)) }

// rename has the names of a text be the variant's.
func (p *program) rename(text string) string {
	if p.variant == 0 {
		return text
	}
	names := regexp.MustCompile(fmt.Sprintf(`\b(P|p|world)%d(x|w|\b)`, p.seed))
	return names.ReplaceAllString(text, fmt.Sprintf("${1}%dv%d${2}", p.seed, p.variant))
}

// shared matches what processes share, in the text of events.
var shared = regexp.MustCompile(`\bw\.(\w+)`)

// source is the program in Go, without package clause and imports.
func (p *program) source() string {
	var named []string
	body := p.script(0, &named)
	var b strings.Builder
	if !p.locals {
		fmt.Fprintf(&b, "type world%d struct {\n", p.seed)
		for _, f := range p.used(body, named) {
			fmt.Fprintf(&b, "%s %s\n", f.name, f.typ)
		}
		b.WriteString("}\n\n")
	}
	fmt.Fprintf(&b, "%s//\n//pawl:workflow\nfunc %s(ctx context.Context) (string, error) {\n%s%s%s}\n", p.comment(), fmt.Sprint("P", p.seed), p.prologue(body, named), body, p.epilogue())
	for _, text := range named {
		b.WriteString("\n" + text)
	}
	text := p.rename(b.String())
	if p.locals {
		text = shared.ReplaceAllString(text, "$1")
	}
	return text
}

// comment says what cannot be seen in the code.
func (p *program) comment() string {
	text := fmt.Sprintf("// %s has one outcome", p.name())
	if p.racy {
		text = fmt.Sprintf("// %s may have several outcomes", p.name())
	}
	if p.cancelAt > 0 {
		text += fmt.Sprintf(", and is cancelled after %v", p.cancelAt)
	}
	return text + ".\n"
}

// used are the shared things that the text mentions.
func (p *program) used(body string, named []string) (used []field) {
	text := body + strings.Join(named, "")
	for again := true; again; {
		again = false
		for _, f := range p.fields {
			if !slices.Contains(used, f) && (f.name == "tapes" || regexp.MustCompile(`\bw\.`+f.name+`\b`).MatchString(text)) {
				used, again = append(used, f), true
				text += f.init
			}
		}
	}
	slices.SortFunc(used, func(a, b field) int { return slices.Index(p.fields, a) - slices.Index(p.fields, b) })
	return used
}

// prologue makes what processes share.
func (p *program) prologue(body string, named []string) string {
	var b strings.Builder
	used := p.used(body, named)
	if p.locals {
		for _, f := range used {
			fmt.Fprintf(&b, "var %s %s\n", f.name, f.typ)
		}
	} else {
		fmt.Fprintf(&b, "w := &world%d{}\n", p.seed)
	}
	b.WriteString("begin(w.tapes[:])\n")
	for _, f := range used {
		if f.init != "" {
			fmt.Fprintf(&b, "%s\n", f.init)
		}
	}
	b.WriteString("t := &w.tapes[0]\nt.start()\n")
	return b.String()
}

// epilogue says what happened to those processes that have ended for sure.
func (p *program) epilogue() string {
	ended := map[int]bool{0: true}
	for again := true; again; {
		again = false
		for _, e := range p.events {
			if e.joins > 0 && !ended[e.joins] && len(e.parts) > 0 && ended[e.parts[0].process] {
				ended[e.joins], again = true, true
			}
		}
	}
	var tapes []string
	for i := range p.spawns {
		if ended[i] {
			tapes = append(tapes, fmt.Sprintf("&w.tapes[%d]", i))
		}
	}
	return fmt.Sprintf("return outcome(%s), nil\n", strings.Join(tapes, ", "))
}

// script is what a process does. Functions with names that it consists of are added to named.
func (p *program) script(process int, named *[]string) string {
	var b strings.Builder
	type opened struct {
		wrap
		at string // what stands before it
	}
	var open []opened
	end := func(before int) {
		for len(open) > 0 && open[len(open)-1].to < before {
			o := open[len(open)-1]
			open = open[:len(open)-1]
			text := within(o.form, o.header, b.String(), named)
			b.Reset()
			b.WriteString(o.at + text)
		}
	}
	for i, e := range p.events {
		end(i)
		for _, w := range p.wrapping {
			if w.process == process && w.from == i {
				open = append(open, opened{w, b.String()})
				b.Reset()
			}
		}
		code, ok := e.part(process)
		if !ok {
			continue
		}
		if e.spawns > 0 {
			code += p.start(e.spawns, named)
		}
		b.WriteString(strings.TrimRight(code, "\n") + "\n")
	}
	end(len(p.events))
	return b.String()
}

// start is the statement that starts a process.
func (p *program) start(process int, named *[]string) string {
	s := p.spawns[process]
	body := fmt.Sprintf("%s\nt := &w.tapes[%d]\nt.start()\n%s", s.first, process, p.script(process, named))
	return "\n" + within(s.form, s.header, body, named)
}

// within puts a body into a form, or else into a function of its own, which the form calls.
func within(form, header, body string, named *[]string) string {
	if header == "" {
		return strings.Replace(form, "$body", body, 1) + "\n"
	}
	*named = append(*named, fmt.Sprintf("%s {\n%s}\n", header, body))
	return form + "\n"
}

// random is the source of randomness for one aspect of a program.
func random(seed, aspect uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, aspect)) }
