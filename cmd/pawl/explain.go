// pawl explain: describe the rules of the compiler, the directives and their options.

package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/pawlhq/pawl/annotations"
	"github.com/pawlhq/pawl/cmd/pawl/internal/cli"
	"github.com/pawlhq/pawl/gen"
	"github.com/pawlhq/pawl/gen/diag"
)

func newExplainCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "explain [rule|directive|option]",
		Short: "Explain a rule, a directive or an option",
		Long: `Explain prints what a rule of the compiler, such as PWL203, requires and why, what a directive, such as activity, means and
which options it has, or what an option of directives, such as timeout, means. Without an argument it lists the rules.`,
		Example: `  pawl explain PWL203
  pawl explain activity
  pawl explain timeout`,
		Args:              cli.Args(0, 1, ""),
		ValidArgsFunction: completeTopics,
	}
	output := cli.AddFormat(cmd)
	cmd.RunE = func(cmd *cobra.Command, topics []string) error {
		w := cmd.OutOrStdout()
		if len(topics) == 0 {
			return listRules(w, *output)
		}
		topic := topics[0]
		kinds := annotations.KindTable
		if i := slices.IndexFunc(kinds, func(k annotations.KindDoc) bool { return string(k.Kind) == strings.ToLower(topic) }); i >= 0 {
			return explainDirective(w, *output, kinds[i])
		}
		if options := optionsNamed(topic); len(options) > 0 {
			return explainOption(w, *output, options)
		}
		rules := gen.Rules()
		i := slices.IndexFunc(rules, func(r diag.Rule) bool { return strings.EqualFold(r.ID, topic) })
		if i < 0 {
			return cli.Usagef("unknown rule, directive or option %q: pawl explain lists the rules, pawl explain activity the options of an activity", topic)
		}
		return explainRule(w, *output, rules[i])
	}
	return cmd
}

// rule is a rule in JSON.
type rule struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Doc   string `json:"doc"`
}

func toRule(r diag.Rule) rule { return rule{r.ID, r.Title, strings.TrimSpace(r.Doc)} }

func listRules(w io.Writer, f cli.Format) error {
	if f == cli.FormatJSON {
		rules := []rule{}
		for _, r := range gen.Rules() {
			rules = append(rules, toRule(r))
		}
		return cli.PrintJSON(w, rules)
	}
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	for _, r := range gen.Rules() {
		fmt.Fprintf(t, "%s\t%s\n", r.ID, r.Title)
	}
	return t.Flush()
}

func explainRule(w io.Writer, f cli.Format, r diag.Rule) error {
	if f == cli.FormatJSON {
		return cli.PrintJSON(w, toRule(r))
	}
	_, err := fmt.Fprintf(w, "%s: %s\n\n%s\n", r.ID, r.Title, strings.TrimSpace(r.Doc))
	return err
}

// directive is a directive in JSON.
type directive struct {
	Example string   `json:"example"`
	Doc     string   `json:"doc"`
	Options []option `json:"options"`
}

type option struct {
	Name    string `json:"name"`
	Default string `json:"default,omitempty"`
	Example string `json:"example"`
	Doc     string `json:"doc"`
}

func explainDirective(w io.Writer, f cli.Format, k annotations.KindDoc) error {
	d := directive{k.Example, k.Doc, []option{}}
	for _, o := range annotations.OptionsOf(k.Kind) {
		d.Options = append(d.Options, option{o.Name, o.Default, o.Example, o.Doc})
	}
	if f == cli.FormatJSON {
		return cli.PrintJSON(w, d)
	}
	fmt.Fprintf(w, "%s\n\n%s\n", d.Example, d.Doc)
	for _, o := range d.Options {
		fmt.Fprintf(w, "\n%s\n\t%s\n", o.Example, o.Doc)
		if o.Default != "" {
			fmt.Fprintf(w, "\tdefault: %s\n", o.Default)
		}
	}
	return nil
}

// namedOption is an option in JSON, with the directives that have it.
type namedOption struct {
	Directives []string `json:"directives"`
	option
}

// optionsNamed returns the rows of the table for a name, which may have an = or a value after it.
func optionsNamed(name string) (rows []annotations.Option) {
	name, _, _ = strings.Cut(strings.ToLower(name), "=")
	for _, o := range annotations.OptionTable {
		if o.Name == name {
			rows = append(rows, o)
		}
	}
	return rows
}

func explainOption(w io.Writer, f cli.Format, rows []annotations.Option) error {
	var options []namedOption
	for _, row := range rows {
		o := namedOption{option: option{row.Name, row.Default, row.Example, row.Doc}}
		for _, k := range row.On {
			o.Directives = append(o.Directives, string(k))
		}
		options = append(options, o)
	}
	if f == cli.FormatJSON {
		return cli.PrintJSON(w, options)
	}
	for i, o := range options {
		if i > 0 {
			fmt.Fprintln(w)
		}
		fmt.Fprintf(w, "%s (of %s)\n\t%s\n", o.Example, strings.Join(o.Directives, ", "), o.Doc)
		if o.Default != "" {
			fmt.Fprintf(w, "\tdefault: %s\n", o.Default)
		}
	}
	return nil
}

func completeTopics(_ *cobra.Command, given []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if len(given) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var topics []cobra.Completion
	for _, k := range annotations.KindTable {
		topics = append(topics, cobra.CompletionWithDesc(string(k.Kind), k.Doc))
	}
	for _, o := range annotations.OptionTable {
		topics = append(topics, cobra.CompletionWithDesc(o.Name, o.Doc))
	}
	for _, r := range gen.Rules() {
		topics = append(topics, cobra.CompletionWithDesc(r.ID, r.Title))
	}
	return topics, cobra.ShellCompDirectiveNoFileComp
}
