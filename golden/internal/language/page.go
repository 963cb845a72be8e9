package language

import (
	"bytes"
	"fmt"
	"strings"
)

// This file writes the table as a page.

const intro = `# The language

<!-- Written from golden/internal/language by go test ./golden -run TestLanguagePage -update=language. DO NOT EDIT. -->

Workflow code is Go. This page says, construct by construct, what Pawl makes of it, and links to a program that shows
it: one that a test runs as plain Go, on the engine, through crashes and replays, or one with what the compiler says of
it. A test holds every row against the programs that it names.

| word | meaning |
|---|---|
| **durable** | the run has its own in place of Go's; it means the same, and a replay repeats it |
| **as it is** | left alone: it is the same on every replay |
| **recorded** | its result is written into the history, and read from there ever after |
| **remarked** | accepted, with a remark; ` + "`pawl explain RULE`" + ` says more |
| **rejected** | an error of the compiler under that rule; ` + "`pawl explain RULE`" + ` says more |
| **found** | accepted; the engine finds it when it happens, and says so |

What no rule finds is called so in its row: "nothing is said".
`

// Page is docs/language.md.
func Page() []byte {
	var b bytes.Buffer
	b.WriteString(intro)
	for _, theme := range Table() {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n\n| construct | what becomes of it | | shown by |\n|---|---|---|---|\n", theme.Title, theme.Intro)
		for _, row := range theme.Rows {
			fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", escape(row.Construct), row.verdict(), escape(row.Text), row.links())
		}
	}
	return b.Bytes()
}

func (r Row) verdict() string {
	if r.Rule == "" {
		return "**" + string(r.Verdict) + "**"
	}
	return fmt.Sprintf("**%s** %s", r.Verdict, r.Rule)
}

// links are the goldens of a row, each once.
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

// name is the last word of a file's.
func (g Golden) name() string {
	return g.File[strings.LastIndex(g.File, "/")+1:]
}

// escape keeps a cell of the table together.
func escape(text string) string { return strings.ReplaceAll(text, "|", `\|`) }
