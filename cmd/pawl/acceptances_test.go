package main

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/pawlhq/pawl/cmd/pawl/internal/cli"
)

const accepting = `package a

import (
	"context"
	"os"

	"golang.org/x/time/rate"
)

//pawl:pure the limit is never reached
func limited(l *rate.Limiter) bool { return l.Allow() }

//pawl:pure nobody calls it
func unused() string { return os.Getenv("X") }

//pawl:workflow
func Flow(ctx context.Context) (string, error) {
	if limited(rate.NewLimiter(1, 1)) {
		return "", nil
	}
	//pawl:allow PWL211 all workers are started alike
	return os.Getenv("REGION"), nil
}
`

// chain matches the chain of calls that a finding in third-party code comes with.
var chain = regexp.MustCompile(`(which is third-party code): .*`)

// TestCheckReport tests that the report lists everything that is accepted, with the findings that it suppresses, and that
// every call prints the same.
func TestCheckReport(t *testing.T) {
	inModule(t, accepting)
	const want = `a.go:11:6: pawl:pure limited: the limit is never reached
	a.go:11:47: limited calls rate.Limiter.Allow, which is third-party code
a.go:14:6: pawl:pure unused: nobody calls it
	no workflow gets here
a.go:21:2: pawl:allow PWL211: all workers are started alike
	a.go:22:12: Flow calls os.Getenv, which differs between processes
`
	for range 3 {
		out, errs, code := execute("check", "--report")
		out = chain.ReplaceAllString(out, "$1")
		if code != cli.OK || out != want || errs != "" {
			t.Fatalf("status %d, stderr %q, stdout\n%s\nwant\n%s", code, errs, out, want)
		}
	}
	out, _, code := execute("check", "--report", "-o", "json")
	var all []acceptance
	if err := json.Unmarshal([]byte(out), &all); err != nil || code != cli.OK {
		t.Fatalf("status %d, %v: %s", code, err, out)
	}
	if len(all) != 3 || all[0].Function != "limited" || len(all[1].Accepts) != 0 || all[2].Rule != "PWL211" || all[2].Accepts[0].Line != 22 {
		t.Errorf("%+v", all)
	}
}

// TestCheckReportWithFindings tests that --report prints other findings to standard error, and exits with their status.
func TestCheckReportWithFindings(t *testing.T) {
	inModule(t, strings.Replace(accepting, "	//pawl:allow PWL211 all workers are started alike\n", "", 1))
	out, errs, code := execute("check", "--report")
	if code != cli.Found || strings.Count(out, "pawl:pure") != 2 || !strings.Contains(errs, "[PWL211]") {
		t.Errorf("status %d, stderr %q, stdout %q", code, errs, out)
	}
}
