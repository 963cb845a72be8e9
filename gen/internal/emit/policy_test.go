package emit

import (
	"testing"
	"time"

	"github.com/pawlhq/pawl/gen/internal/ir"
)

func TestPolicyInWords(t *testing.T) {
	usual := ir.Policy{StartToClose: time.Minute, BackoffMin: time.Second, BackoffMax: time.Minute, BackoffFactor: 2}
	once, constant, all := usual, usual, usual
	once.Attempts = 1
	constant.BackoffMax, constant.Attempts = time.Second, 3
	all.Heartbeat, all.ScheduleToStart, all.ScheduleToClose = 90*time.Second, time.Hour, 100*time.Hour+time.Second
	for want, p := range map[string]ir.Policy{
		"An attempt may take 1m. One that fails is made again after 1s, then 2s, and so on up to 1m, until one succeeds.": usual,
		"An attempt may take 1m. There is only one.":                                         once,
		"An attempt may take 1m. One that fails is made again after 1s, until there were 3.": constant,
		"An attempt may take 1m. It fails if it sends no heartbeat for 1m30s. One that fails is made again after 1s, then 2s, and so on up to 1m, " +
			"until one succeeds. The first one must start within 1h. All of it may take 100h0m1s.": all,
	} {
		if got := inWords(p); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	}
}
