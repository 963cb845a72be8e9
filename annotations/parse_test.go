package annotations

import (
	"strings"
	"testing"
	"time"
)

func TestParse(t *testing.T) {
	d, problems := Parse("//pawl:activity timeout=10s attempts=5 backoff=1s..1m factor=1.5 final=ErrDeclined,*CardError,pkg.ErrGone queue=pay")
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	o := d.Options
	if d.Kind != Activity || o.Timeout != 10*time.Second || o.Attempts != 5 || o.Queue != "pay" ||
		o.Backoff != (Backoff{time.Second, time.Minute, 1.5}) || len(o.Final) != 3 {
		t.Errorf("got %+v", d)
	}
	if q, name := o.Final[2].Split(); q != "pkg" || name != "ErrGone" {
		t.Errorf("final %q splits into %q and %q", o.Final[2], q, name)
	}
	if !o.Final[1].Pointer() || o.Final[0].Pointer() {
		t.Error("only *CardError is a pointer")
	}
}

func TestDefaults(t *testing.T) {
	activity, _ := Parse("//pawl:activity")
	if want := (Options{Timeout: time.Minute, Backoff: Backoff{time.Second, time.Minute, 2}}); !equal(activity.Options, want) {
		t.Errorf("activity: got %+v, want %+v", activity.Options, want)
	}
	workflow, _ := Parse("//pawl:workflow")
	if !equal(workflow.Options, Options{}) {
		t.Errorf("workflow: got %+v, want none", workflow.Options)
	}
}

// The table says what the parser does: defaults are those of an empty directive, examples parse.
func TestTable(t *testing.T) {
	for _, row := range OptionTable {
		for _, kind := range row.On {
			text := Prefix + string(kind) + " "
			if _, problems := Parse(text + example(row)); len(problems) > 0 {
				t.Errorf("%s: example %s: %v", kind, row.Example, problems)
			}
			if row.Default == "" || strings.Contains(row.Default, " ") || row.Name == "name" || row.Name == "codec" {
				continue // a default in words is not an option's value
			}
			bare, _ := Parse(text)
			var set Options
			if err := row.set(&set, row.Default); err != nil {
				t.Errorf("%s: default of %s: %v", kind, row.Name, err)
			}
			merged := bare.Options
			if err := row.set(&merged, row.Default); err != nil || !equal(merged, bare.Options) {
				t.Errorf("%s: documented default %s=%s is not the default", kind, row.Name, row.Default)
			}
		}
	}
}

// example is a row's example, together with the options that it needs.
func example(row Option) string {
	if row.Name == "heartbeat" {
		return row.Example + " timeout=1m"
	}
	return row.Example
}

func TestProblems(t *testing.T) {
	tests := []struct{ text, at, message, fix string }{
		{"// pawl:activity", " pawl", "begins with //pawl:", "//pawl:activity"},
		{"//pawl :workflow timeout=1h", "pawl :", "begins with //pawl:", "//pawl:workflow timeout=1h"},
		{"//Pawl:Workflow", "Pawl", "begins with //pawl:", "//pawl:workflow"},
		{"//\tPAWL : step", "\tPAWL", "begins with //pawl:", "//pawl:step"},
		{"//pawl:activity timeout=3s, attempts=3", ", attempts", "separated by spaces", "timeout=3s"},
		{"//pawl:activity timeout=3s,attempts=3", ",attempts", "separated by spaces", "timeout=3s attempts=3"},
		{"//pawl:activity retries=3", "retries", "unknown option retries", "did you mean attempts?"},
		{"//pawl:activity task_queue=q", "task_queue", "unknown option task_queue", "did you mean queue?"},
		{"//pawl:workflow retries=3", "retries", "unknown option retries", "timeout"},
		{"//pawl:", "", "has its kind", "//pawl:workflow"},
		{"//pawl: activity", " activity", "has its kind", ""},
		{"//pawl:actvity", "actvity", "unknown directive pawl:actvity", "did you mean pawl:activity?"},
		{"//pawl:frobnicate", "frobnicate", "unknown directive", "//pawl:step"},
		{"//pawl:activity timout=1s", "timout", "unknown option timout", "did you mean timeout?"},
		{"//pawl:activity color=red", "color", "unknown option color", "timeout"},
		{"//pawl:step queue=q", "queue", "pawl:step has no option queue", "timeout"},
		{"//pawl:workflow attempts=3", "attempts", "pawl:workflow has no option attempts", ""},
		{"//pawl:activity timeout=1s timeout=2s", "timeout=2s", "set twice", ""},
		{"//pawl:activity timeout = 1s", "= 1s", "no spaces around =", "timeout=10s"},
		{"//pawl:activity timeout", "timeout", "has no value", "timeout=10s"},
		{"//pawl:activity timeout=", "timeout=", "has no value", ""},
		{"//pawl:activity timeout=10", "10", "not a duration", ""},
		{"//pawl:activity timeout=-1s", "-1s", "not a positive duration", ""},
		{"//pawl:activity attempts=many", "many", "not a number of attempts", ""},
		{"//pawl:activity attempts=-1", "-1", "not a number of attempts", ""},
		{"//pawl:activity backoff=1m..1s", "1m..1s", "has a maximum below its minimum", ""},
		{"//pawl:activity backoff=..1s", "..1s", "not a duration", ""},
		{"//pawl:activity factor=0.5", "0.5", "not a factor", ""},
		{"//pawl:activity factor=NaN", "NaN", "not a factor", ""},
		{"//pawl:activity final=Err,", "Err,", "not the name of an error", ""},
		{"//pawl:activity final=ErrA,ErrA", "ErrA,ErrA", "listed twice", ""},
		{"//pawl:activity final=a.b.c", "a.b.c", "not the name of an error", ""},
		{"//pawl:activity queue=a*b", "a*b", `contains "*"`, ""},
		{"//pawl:activity queue=" + strings.Repeat("q", 241), "q", "use at most 240 bytes", ""},
		{"//pawl:activity queue=" + strings.Repeat("q/", 70), "q", "use at most 100 bytes", ""},
		{"//pawl:activity name=" + strings.Repeat("n", 256), "n", "use at most 255 bytes", ""},
		{"//pawl:activity codec=" + strings.Repeat("c", 65), "c", "use at most 64 bytes", ""},
		{"//pawl:activity timeout=0s", "0s", "not a positive duration", ""},
		{"//pawl:activity timeout=2562048h", "2562048h", "not a duration", ""},
		{"//pawl:activity attempts=2147483648", "2147483648", "not a number of attempts", ""},
		{"//pawl:activity factor=1e9", "1e9", "not a factor", ""},
		{"//pawl:activity factor=+Inf", "+Inf", "not a factor", ""},
		{"//pawl:activity heartbeat=1m timeout=30s", "heartbeat", "has no effect", ""},
		{"//pawl:activity heartbeat=1m", "heartbeat", "has no effect", ""},
		{"//pawl:activity schedule-to-close=5s timeout=10s", "timeout", "exceeds schedule-to-close", ""},
		{"//pawl:activity schedule-to-close=5s schedule-to-start=5s", "schedule-to-start", "no time to run", ""},
		{"//pawl:activity attempts=1 backoff=1s", "backoff", "no second attempt", ""},
		{"//pawl:activity backoff=1s factor=3", "factor", "constant backoff", ""},
		{"//pawl:allow", "", "needs the id of the rule", ""},
		{"//pawl:allow PWL201", "", "needs a reason", ""},
		{"//pawl:pure", "", "needs a reason", ""},
	}
	for _, test := range tests {
		t.Run(test.text, func(t *testing.T) {
			if !Is(test.text) {
				t.Fatal("not taken for a directive")
			}
			_, problems := Parse(test.text)
			if len(problems) != 1 {
				t.Fatalf("got %d problems: %v", len(problems), problems)
			}
			p := problems[0]
			if !strings.HasPrefix(test.text[p.Offset:], test.at) {
				t.Errorf("offset %d is at %q, want %q", p.Offset, test.text[p.Offset:], test.at)
			}
			if !strings.Contains(p.Message, test.message) || !strings.Contains(p.Fix, test.fix) {
				t.Errorf("got %q, %q", p.Message, p.Fix)
			}
		})
	}
}

func TestSeveralProblems(t *testing.T) {
	_, problems := Parse("//pawl:activity timout=1s attempts=x queue=a!b")
	if len(problems) != 3 {
		t.Errorf("got %d problems, want all three: %v", len(problems), problems)
	}
}

func TestReasons(t *testing.T) {
	d, problems := Parse("//pawl:allow PWL216 the sum does not depend on the order")
	if len(problems) > 0 || d.Rule != "PWL216" || d.Reason != "the sum does not depend on the order" {
		t.Errorf("got %+v, %v", d, problems)
	}
	d, problems = Parse("//pawl:pure reads a constant table")
	if len(problems) > 0 || d.Reason != "reads a constant table" {
		t.Errorf("got %+v, %v", d, problems)
	}
}

func TestIs(t *testing.T) {
	for _, text := range []string{"// the prefix is pawl: it has a meaning", "// pawl: the catch of a ratchet", "//go:generate go tool pawl", "/*pawl:activity*/"} {
		if Is(text) {
			t.Errorf("%q is taken for a directive", text)
		}
	}
}

func equal(a, b Options) bool {
	final := len(a.Final) == len(b.Final)
	a.Final, b.Final = nil, nil
	return final && a.Timeout == b.Timeout && a.ScheduleToStart == b.ScheduleToStart && a.ScheduleToClose == b.ScheduleToClose &&
		a.Heartbeat == b.Heartbeat && a.Attempts == b.Attempts && a.Backoff == b.Backoff && a.Queue == b.Queue && a.Name == b.Name && a.Codec == b.Codec
}
