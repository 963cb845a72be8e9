package language

// This file is about time.

var clock = Theme{
	Title: "Time",
	Intro: "A run has a clock of its own. It stands still while code runs, and never goes back.",
	Rows: []Row{
		durable("`time.Now`, `Since`, `Until`", "the run's time: that of the event that woke it, in UTC, without a monotonic part",
			"accept/clock", "time.Now().Before(end)", "accept/clock", "time.Since(since)", "accept/clock", "time.Until(end)"),
		durable("`time.Sleep`", "a timer of the run, which outlives the process; no event if the time is not positive",
			"accept/clock", "time.Sleep(-time.Second)", "accept/clock", "sleep := time.Sleep"),
		durable("`time.After`", "a timer of the run on a channel. In a loop, one that has not fired goes on until it does, and nothing is said about that: stop a `time.NewTimer` instead",
			"accept/timers", "<-time.After(time.Minute)", "accept/selects", "late := time.After("),
		durable("`time.NewTimer`, `Stop`, `Reset`", "a timer of the run; no stale value is left after `Stop` and `Reset`",
			"accept/timers", "time.NewTimer(time.Hour)", "accept/timers", "timer.Reset(2*time.Minute)", "accept/timers", "timer.Stop()"),
		durable("`time.AfterFunc`", "a goroutine of the run when the time has come",
			"accept/timers", "time.AfterFunc(30*time.Second", "accept/timers", "never.Stop()"),
		durable("`time.NewTicker`, `Stop`, `Reset`", "each tick is an event of the history, and nothing is said about that: sleep in a loop if there may be many",
			"accept/timers", "time.NewTicker(10 * time.Second)", "accept/timers", "ticker.Reset(time.Minute)", "accept/timers", "ticker.Stop()"),
		remarked("PWL204", "`time.Tick`", "a ticker of the run that nothing can stop",
			"reject/timers", "time.Tick(time.Minute)", "accept/timers", "range time.Tick(time.Minute)"),
		rejected("PWL204", "timers and tickers in package variables", "go by the clock of the process, for all runs at once",
			"reject/timers", "closing         = time.NewTimer"),
		durable("`time.Parse`, `time.Unix`, `UnixMilli`, `UnixMicro`", "give times in UTC, or in a fixed zone of the offset in the text, and never in the zone of the host",
			"accept/zones", "time.Parse(time.RFC3339", "runtime/abi/std_test.go", "TestTimesKnowNoHost"),
		asIs("`time.Date`, `ParseInLocation`, `FixedZone`, arithmetic, `Truncate`, `Format`, `In`, `UTC`", "depend on their arguments alone",
			"accept/zones", "time.FixedZone(", "accept/zones", "time.ParseInLocation(time.DateTime", "accept/zones", "time.Unix(0, 0).UTC()"),
		recorded("`time.LoadLocation`", "the rules of the zone are written into the history when the run first asks for it, so that no other release of the zone data can change a replay",
			"accept/zones", `time.LoadLocation("Europe/Berlin")`, "runtime/replay/replay_test.go", "TestZonesAreRecordedOnce"),
		rejected("PWL213", "`time.Local`, `t.Local()`, the zone `\"Local\"`, zones in package variables", "differ between workers",
			"reject/zones", "at.Local()", "reject/zones", "12, 0, 0, 0, time.Local)", "reject/zones", `time.LoadLocation("Local")`, "reject/zones", `office, _ = time.LoadLocation`),
		rejected("PWL223", "package variables that hold a time of the process", "have another value in each process",
			"reject/variables", "started = time.Now()", "reject/zones", "opened, _ = time.Parse"),
		asIs("`==` between times, the monotonic clock", "the run's times have no monotonic part; those of activities come through the codec, and lose theirs. Nothing is said about `==`: use `Equal`",
			"accept/zones", "opens.Equal("),
	},
}
