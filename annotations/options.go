// The table of options: one row for each, which the parser, the diagnostics and the help all read.

package annotations

import (
	"fmt"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Option is one row of the table: an option, which directives have it, and what it means.
type Option struct {
	Name    string
	On      []Kind
	Default string // as one would write it; empty if there is none
	Example string
	Doc     string

	set func(o *Options, value string) error
}

// OptionTable lists every option of every directive.
var OptionTable = []Option{
	{"timeout", []Kind{Activity, Step}, "1m", "timeout=10s",
		"maximum duration of one attempt",
		duration(func(o *Options) *time.Duration { return &o.Timeout })},
	{"timeout", []Kind{Workflow}, "", "timeout=72h",
		"maximum duration of a run; by default there is no limit",
		duration(func(o *Options) *time.Duration { return &o.Timeout })},
	{"schedule-to-start", []Kind{Activity}, "", "schedule-to-start=5m",
		"maximum time in the task queue before the first attempt starts",
		duration(func(o *Options) *time.Duration { return &o.ScheduleToStart })},
	{"schedule-to-close", []Kind{Activity}, "", "schedule-to-close=1h",
		"maximum time from the call to its outcome, including all attempts and the waits between them",
		duration(func(o *Options) *time.Duration { return &o.ScheduleToClose })},
	{"heartbeat", []Kind{Activity}, "", "heartbeat=15s",
		"maximum time between heartbeats of an attempt; must be shorter than timeout",
		duration(func(o *Options) *time.Duration { return &o.Heartbeat })},
	{"attempts", []Kind{Activity, Step}, "0", "attempts=5",
		"maximum number of attempts, after which the call returns the last error; 0 means no limit",
		func(o *Options, v string) (err error) { o.Attempts, err = attempts(v); return }},
	{"backoff", []Kind{Activity, Step}, "1s..1m", "backoff=1s..1m",
		"wait before the second attempt, and the maximum that later waits grow to; a single duration is a constant wait",
		func(o *Options, v string) (err error) { o.Backoff.Min, o.Backoff.Max, err = backoff(v); return }},
	{"factor", []Kind{Activity, Step}, "2", "factor=1.5",
		"factor by which each wait is longer than the one before",
		func(o *Options, v string) (err error) { o.Backoff.Factor, err = factor(v); return }},
	{"final", []Kind{Activity, Step}, "", "final=ErrDeclined,*CardError",
		"errors that are not retried: package-level variables and error types, of this package or one that the file imports",
		func(o *Options, v string) (err error) { o.Final, err = final(v); return }},
	{"queue", []Kind{Activity, Workflow}, "the package's path", "queue=payments",
		"task queue from which workers take it",
		func(o *Options, v string) (err error) { o.Queue, err = queue(v); return }},
	{"name", []Kind{Activity, Step, Workflow}, "path.Func or path.Type.Method", "name=shop.charge",
		"name that identifies it in histories; when you rename or move the function, set this to the old name so that open runs still replay",
		func(o *Options, v string) (err error) { o.Name, err = name(v, maxName); return }},
	{"codec", []Kind{Activity, Step, Workflow}, "json", "codec=proto",
		"registered codec for its inputs and results; their types are then not checked for JSON",
		func(o *Options, v string) (err error) { o.Codec, err = name(v, maxCodec); return }},
}

// OptionsOf returns the options of one kind of directive.
func OptionsOf(k Kind) []Option {
	var out []Option
	for _, o := range OptionTable {
		if slices.Contains(o.On, k) {
			out = append(out, o)
		}
	}
	return out
}

// Defaults returns the options of a directive of kind k that sets none.
func Defaults(k Kind) Options {
	if k != Activity && k != Step {
		return Options{}
	}
	return Options{
		Timeout: time.Minute,
		Backoff: Backoff{Min: time.Second, Max: time.Minute, Factor: 2},
	}
}

// impossible checks options that are valid on their own for contradictions. It returns the option to report and what
// is wrong with it, or empty strings.
func impossible(o Options, written map[string]bool) (option, message string) {
	switch {
	case o.Heartbeat > 0 && o.Heartbeat >= o.Timeout:
		return "heartbeat", fmt.Sprintf("heartbeat=%v has no effect because an attempt ends after timeout=%v: use a shorter heartbeat or a longer timeout", o.Heartbeat, o.Timeout)
	case o.ScheduleToClose > 0 && written["timeout"] && o.Timeout > o.ScheduleToClose:
		return "timeout", fmt.Sprintf("timeout=%v of one attempt exceeds schedule-to-close=%v, which limits all attempts together", o.Timeout, o.ScheduleToClose)
	case o.ScheduleToClose > 0 && o.ScheduleToStart >= o.ScheduleToClose:
		return "schedule-to-start", fmt.Sprintf("schedule-to-start=%v leaves no time to run within schedule-to-close=%v", o.ScheduleToStart, o.ScheduleToClose)
	case o.Attempts == 1 && written["backoff"]:
		return "backoff", "backoff has no effect with attempts=1: there is no second attempt"
	case o.Attempts == 1 && written["factor"]:
		return "factor", "factor has no effect with attempts=1: there is no second attempt"
	case written["factor"] && o.Backoff.Min == o.Backoff.Max:
		return "factor", "factor has no effect with a constant backoff: use a range, such as backoff=1s..1m"
	}
	return "", ""
}

func duration(field func(*Options) *time.Duration) func(*Options, string) error {
	return func(o *Options, v string) (err error) {
		*field(o), err = positive(v)
		return
	}
}

func positive(v string) (time.Duration, error) {
	d, err := time.ParseDuration(v)
	if err != nil {
		return 0, fmt.Errorf("%q is not a duration such as 10s, 1m30s or 72h", v)
	}
	if d <= 0 {
		return 0, fmt.Errorf("%q is not a positive duration", v)
	}
	return d, nil
}

func attempts(v string) (int, error) {
	n, err := strconv.ParseInt(v, 10, 32)
	if err != nil || n < 0 {
		return 0, fmt.Errorf("%q is not a number of attempts: use a positive number, or 0 for no limit", v)
	}
	return int(n), nil
}

func backoff(v string) (min, max time.Duration, err error) {
	lo, hi, ranged := strings.Cut(v, "..")
	if min, err = positive(lo); err != nil {
		return 0, 0, err
	}
	if !ranged {
		return min, min, nil
	}
	if max, err = positive(hi); err != nil {
		return 0, 0, err
	}
	if max < min {
		return 0, 0, fmt.Errorf("%q has a maximum below its minimum", v)
	}
	return min, max, nil
}

func factor(v string) (float64, error) {
	f, err := strconv.ParseFloat(v, 64)
	if err != nil || !(f >= 1 && f <= 1000) {
		return 0, fmt.Errorf("%q is not a factor between 1 and 1000", v)
	}
	return f, nil
}

func final(v string) ([]Final, error) {
	var out []Final
	for part := range strings.SplitSeq(v, ",") {
		f := Final(part)
		if !f.valid() {
			return nil, fmt.Errorf("%q is not the name of an error variable or type: write ErrGone, *CardError or pkg.ErrGone", part)
		}
		if slices.Contains(out, f) {
			return nil, fmt.Errorf("%q is listed twice", part)
		}
		out = append(out, f)
	}
	return out, nil
}

func (f Final) valid() bool {
	qualifier, name := f.Split()
	return token.IsIdentifier(name) && (qualifier == "" && !strings.Contains(string(f), ".") || token.IsIdentifier(qualifier))
}

// Limits in bytes of names. Those of queues are part of names on the server, where . and / take three bytes.
const (
	maxName  = 255
	maxQueue = 240
	maxCodec = 64
)

func queue(v string) (string, error) {
	return name(v, maxQueue-2*(strings.Count(v, ".")+strings.Count(v, "/")))
}

func name(v string, limit int) (string, error) {
	if len(v) > limit {
		return "", fmt.Errorf("%.20q… is too long: use at most %d bytes", v, limit)
	}
	if i := strings.IndexFunc(v, func(r rune) bool { return !nameRune(r) }); i >= 0 {
		return "", fmt.Errorf("%q contains %q: use only letters, digits and - _ . /", v, v[i:i+1])
	}
	return v, nil
}

func nameRune(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./", r)
}
