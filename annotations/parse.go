// The parser of one directive.

package annotations

import (
	"fmt"
	"slices"
	"strings"
)

// Problem is an error in the text of a directive.
type Problem struct {
	Offset  int    // in bytes, from the start of the comment
	Message string // one line, lower case, no full stop
	Fix     string // what to write instead; may be empty
}

// Is reports whether a line comment, slashes included, is meant as a directive: it may still be a wrong one.
func Is(comment string) bool {
	text, ok := strings.CutPrefix(comment, "//")
	if !ok {
		return false
	}
	if strings.HasPrefix(text, "pawl:") {
		return true
	}
	kind, _ := loosely(text)
	return known(kind)
}

// loosely reads the kind of a directive that is written with blanks or capitals where it must have none. Rest is what follows the
// kind.
func loosely(text string) (kind Kind, rest string) {
	name, rest, ok := strings.Cut(text, ":")
	if !ok || !strings.EqualFold(strings.TrimSpace(name), "pawl") {
		return "", ""
	}
	rest = strings.TrimLeft(rest, " \t")
	word := firstWord(rest)
	return Kind(strings.ToLower(word)), rest[len(word):]
}

// Parse reads a comment for which Is holds. What is wrong with it comes back as problems, in the order of the text;
// the directive then holds what could be understood.
func Parse(comment string) (Directive, []Problem) {
	if !strings.HasPrefix(comment, Prefix) {
		kind, rest := loosely(comment[2:])
		return Directive{}, []Problem{{2, "a directive begins with //pawl: in small letters, without spaces", Prefix + string(kind) + rest}}
	}
	words := fields(comment, len(Prefix))
	if len(words) == 0 || words[0].offset != len(Prefix) {
		return Directive{}, []Problem{{len(Prefix), "a directive has its kind directly after the colon", "one of " + kindList()}}
	}
	d := Directive{Kind: Kind(words[0].text), Text: strings.TrimSpace(comment[2:])}
	switch {
	case !known(d.Kind):
		return d, []Problem{unknownKind(words[0])}
	case d.Kind == Allow || d.Kind == Pure:
		return d, parseReason(&d, comment, words[1:])
	}
	return d, parseOptions(&d, words[1:])
}

// parseReason reads what follows allow and pure: the reason as free text, which for allow comes after the id of a rule.
func parseReason(d *Directive, comment string, words []word) []Problem {
	if d.Kind == Allow {
		if len(words) == 0 {
			return []Problem{{len(comment), "pawl:allow needs the id of the rule that it accepts", "//pawl:allow PWL201 why this is right here"}}
		}
		d.Rule, words = words[0].text, words[1:]
	}
	if len(words) == 0 {
		return []Problem{{len(comment), fmt.Sprintf("pawl:%s needs a reason", d.Kind), comment + " because …"}}
	}
	d.Reason = strings.TrimSpace(comment[words[0].offset:])
	return nil
}

func parseOptions(d *Directive, words []word) (problems []Problem) {
	if i := slices.IndexFunc(words, func(w word) bool { return strings.HasPrefix(w.text, "=") }); i >= 0 {
		return []Problem{{words[i].offset, "an option has no spaces around =", "timeout=10s"}}
	}
	d.Options = Defaults(d.Kind)
	offsets := map[string]int{}
	written := map[string]bool{}
	for _, w := range words {
		key, value, assigned := strings.Cut(w.text, "=")
		row, ok := find(d.Kind, key)
		switch {
		case !ok:
			problems = append(problems, unknownOption(d.Kind, key, w.offset))
			continue
		case written[key]:
			problems = append(problems, Problem{w.offset, fmt.Sprintf("option %s is set twice", key), ""})
			continue
		case !assigned || value == "":
			problems = append(problems, Problem{w.offset, fmt.Sprintf("option %s has no value", key), row.Example})
			continue
		}
		if comma := separating(d.Kind, value); comma >= 0 && (key != "final" || comma < len(value)-1) {
			fix := key + "=" + strings.TrimSpace(strings.ReplaceAll(value, ",", " "))
			problems = append(problems, Problem{w.offset + len(key) + 1 + comma, "options are separated by spaces, not by commas", fix})
			continue
		}
		written[key], offsets[key] = true, w.offset
		if err := row.set(&d.Options, value); err != nil {
			problems = append(problems, Problem{w.offset + len(key) + 1, fmt.Sprintf("option %s: %v", key, err), row.Example})
		}
	}
	if len(problems) > 0 {
		return problems
	}
	if option, message := impossible(d.Options, written); message != "" {
		return []Problem{{offsets[option], message, ""}}
	}
	return nil
}

// separating returns the index of a comma in a value that is meant to separate options, or -1: one at the end, and one before another
// option.
func separating(k Kind, value string) int {
	for i := range len(value) {
		if value[i] != ',' {
			continue
		}
		name, _, assigned := strings.Cut(value[i+1:], "=")
		if _, option := find(k, name); i == len(value)-1 || assigned && option {
			return i
		}
	}
	return -1
}

func find(k Kind, name string) (Option, bool) {
	i := slices.IndexFunc(OptionTable, func(o Option) bool { return o.Name == name && slices.Contains(o.On, k) })
	if i < 0 {
		return Option{}, false
	}
	return OptionTable[i], true
}

func unknownKind(w word) Problem {
	var names []string
	for _, row := range KindTable {
		names = append(names, string(row.Kind))
	}
	p := Problem{w.offset, fmt.Sprintf("unknown directive pawl:%s", w.text), "one of " + kindList()}
	if near := Nearest(w.text, names); near != "" {
		p.Fix = fmt.Sprintf("did you mean pawl:%s?", near)
	}
	return p
}

func unknownOption(k Kind, name string, offset int) Problem {
	if slices.ContainsFunc(OptionTable, func(o Option) bool { return o.Name == name }) {
		return Problem{offset, fmt.Sprintf("pawl:%[2]s has no option %[1]s", name, k), fmt.Sprintf("options of pawl:%s: ", k) + strings.Join(optionNames(k), " ")}
	}
	p := Problem{offset, fmt.Sprintf("unknown option %s", name), fmt.Sprintf("options of pawl:%s: ", k) + strings.Join(optionNames(k), " ")}
	near := Nearest(name, optionNames(k))
	if near == "" && slices.Contains(optionNames(k), otherNames[plainName(name)]) {
		near = otherNames[plainName(name)]
	}
	if near != "" {
		p.Fix = fmt.Sprintf("did you mean %s?", near)
	}
	if len(optionNames(k)) == 0 {
		p.Fix = fmt.Sprintf("%s takes no options", k)
	}
	return p
}

// otherNames are names that options have elsewhere, in small letters without hyphens and underscores.
var otherNames = map[string]string{
	"retries": "attempts", "retry": "attempts", "maxretries": "attempts", "maxattempts": "attempts", "maximumattempts": "attempts", "tries": "attempts",
	"deadline": "timeout", "limit": "timeout", "starttoclose": "timeout", "starttoclosetimeout": "timeout", "duration": "timeout",
	"workflowtimeout": "timeout", "runtimeout": "timeout", "executiontimeout": "timeout",
	"scheduletoclosetimeout": "schedule-to-close", "totaltimeout": "schedule-to-close",
	"scheduletostarttimeout": "schedule-to-start", "queuetimeout": "schedule-to-start",
	"heartbeattimeout": "heartbeat", "beat": "heartbeat",
	"interval": "backoff", "delay": "backoff", "wait": "backoff", "initialinterval": "backoff", "maxinterval": "backoff", "retrydelay": "backoff",
	"multiplier": "factor", "coefficient": "factor", "backoffcoefficient": "factor", "backofffactor": "factor",
	"nonretryable": "final", "nonretryableerrors": "final", "noretry": "final", "fatal": "final", "permanent": "final",
	"taskqueue": "queue", "id": "name", "alias": "name", "type": "name", "encoding": "codec", "serializer": "codec", "converter": "codec",
}

// plainName returns a name in the form that otherNames has.
func plainName(name string) string {
	return strings.NewReplacer("-", "", "_", "").Replace(strings.ToLower(name))
}

func optionNames(k Kind) (names []string) {
	for _, o := range OptionsOf(k) {
		names = append(names, o.Name)
	}
	return names
}

func kindList() string {
	var b strings.Builder
	for i, row := range KindTable {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(Prefix + string(row.Kind))
	}
	return b.String()
}

func known(k Kind) bool {
	return slices.ContainsFunc(KindTable, func(row KindDoc) bool { return row.Kind == k })
}

// Nearest returns the candidate that word is most likely a misspelling of, or "".
func Nearest(word string, candidates []string) string {
	best, bestDistance := "", 1+max(1, len(word)/3)
	for _, c := range candidates {
		if d := distance(strings.ToLower(word), strings.ToLower(c)); d < bestDistance {
			best, bestDistance = c, d
		}
	}
	return best
}

// distance counts the insertions, deletions and replacements that turn a into b.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replace := diagonal
			if a[i] != b[j] {
				replace++
			}
			diagonal = row[j+1]
			row[j+1] = min(replace, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

// word is one word of a comment and where it starts.
type word struct {
	text   string
	offset int
}

func fields(s string, from int) (words []word) {
	for i := from; i < len(s); {
		if isSpace(s[i]) {
			i++
			continue
		}
		end := i
		for end < len(s) && !isSpace(s[end]) {
			end++
		}
		words = append(words, word{s[i:end], i})
		i = end
	}
	return words
}

func firstWord(s string) string {
	if words := fields(s, 0); len(words) > 0 {
		return words[0].text
	}
	return ""
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\r' }
