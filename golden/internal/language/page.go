// The table, and its rendering as docs/language.md.

package language

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/pawlhq/pawl/golden/internal/corpus"
)

const intro = `# The language

<!-- Generated from golden/internal/language by go test ./golden -run TestLanguagePage -update. DO NOT EDIT. -->

Workflow code is Go. This page lists, construct by construct, what it means in a durable run. Each row links to programs that
prove it: either a program that a test runs as plain Go, on the engine, and through crashes and replays, or a program that the
compiler rejects, with its diagnostics. A test checks every row against the programs it names.

| word | meaning |
|---|---|
| **durable** | replaced by the run's own implementation, which means the same and is repeated by a replay |
| **as is** | unchanged, because it is the same on every replay |
| **recorded** | its result is recorded in the history and read from there afterwards |
| **warned** | accepted, with a warning; ` + "`pawl explain RULE`" + ` says more |
| **rejected** | a compile error under that rule; ` + "`pawl explain RULE`" + ` says more |
| **detected** | accepted; the engine detects it when it happens and reports it |

If no rule reports a hazard, its row says "not reported".
`

// Table returns the whole table, by theme.
func Table() []Theme {
	return []Theme{clock, contexts, chance, goroutines, locks, collections, state, code, calls, annotations}
}

// Page renders docs/language.md.
func Page() []byte {
	var b bytes.Buffer
	b.WriteString(intro)
	for _, theme := range Table() {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n\n| construct | verdict | | proof |\n|---|---|---|---|\n", theme.Title, theme.Intro)
		for _, row := range theme.Rows {
			fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", escape(row.Construct), row.verdict(), escape(row.Text), row.links())
		}
	}
	b.Write(corpus.Page())
	return b.Bytes()
}

func (r Row) verdict() string {
	if r.Rule == "" {
		return "**" + string(r.Verdict) + "**"
	}
	return fmt.Sprintf("**%s** %s", r.Verdict, r.Rule)
}

// links returns links to the goldens of a row, each once.
func (r Row) links() string {
	var links []string
	seen := map[string]bool{}
	for _, g := range r.Goldens {
		if !seen[g.File] {
			seen[g.File] = true
			links = append(links, fmt.Sprintf("[%s](../%s)", g.name(), g.Path()))
		}
	}
	return strings.Join(links, ", ")
}

// name returns the last element of the path.
func (g Golden) name() string {
	return g.File[strings.LastIndex(g.File, "/")+1:]
}

// escape escapes what would end a table cell.
func escape(text string) string { return strings.ReplaceAll(text, "|", `\|`) }
