package replay

import (
	"bufio"
	"bytes"
	"fmt"
	"path"
	"runtime"
	"runtime/pprof"
	"strconv"
	"strings"
)

// This file finds out where a run is whose code does not give up its turn: in an endless loop, or blocked by something
// that the scheduler does not know of. Nobody can ask its goroutine, so a profile of all goroutines has to tell.

// Running are the author's lines of the coroutine of a run that has the turn, innermost first; none if the run has come to
// rest. It may be called at any time, from any goroutine, and stops the process for a moment.
func Running(runID string) []string {
	var profile bytes.Buffer
	if err := pprof.Lookup("goroutine").WriteTo(&profile, 1); err != nil {
		return nil
	}
	label := fmt.Sprintf("%q:%q", RunLabel, runID)
	for _, block := range strings.Split(profile.String(), "\n\n") {
		if strings.Contains(block, label) && !strings.Contains(block, "sched.(*Scheduler).Park+") {
			return profiled(block)
		}
	}
	return nil
}

// profiled are the author's lines of a stack in the text form of a profile: a line for each frame, which ends with its
// function, its offset in it, and its place.
func profiled(block string) (lines []string) {
	for s := bufio.NewScanner(strings.NewReader(block)); s.Scan(); {
		fields := strings.Fields(s.Text())
		if len(fields) != 4 || fields[0] != "#" {
			continue
		}
		fn, _, _ := strings.Cut(fields[2], "+0x")
		file, line, ok := cutLast(fields[3], ":")
		if n, err := strconv.Atoi(line); ok && err == nil && authored(runtime.Frame{Function: fn, File: file, Line: n}) {
			lines = append(lines, fmt.Sprintf("%s/%s:%d in %s", packageName(fn), path.Base(file), n, call(path.Base(fn))))
		}
	}
	return lines
}

func cutLast(s, sep string) (before, after string, ok bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}
