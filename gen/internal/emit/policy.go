// The policy of an activity in words, for the comment on its stub.

package emit

import (
	"fmt"
	"strings"
	"time"

	"github.com/pawlhq/pawl/gen/internal/ir"
)

// inWords says when an attempt is given up and when the next one is made.
func inWords(p ir.Policy) string {
	limits := []string{fmt.Sprintf("An attempt may take %s.", short(p.StartToClose))}
	if p.StartToClose == 0 {
		limits = nil
	}
	if p.Heartbeat > 0 {
		limits = append(limits, fmt.Sprintf("It fails if it sends no heartbeat for %s.", short(p.Heartbeat)))
	}
	limits = append(limits, retries(p))
	if p.ScheduleToStart > 0 {
		limits = append(limits, fmt.Sprintf("The first one must start within %s.", short(p.ScheduleToStart)))
	}
	if p.ScheduleToClose > 0 {
		limits = append(limits, fmt.Sprintf("All of it may take %s.", short(p.ScheduleToClose)))
	}
	return strings.Join(limits, " ")
}

// retries says how often an attempt that fails is made again, and after how long.
func retries(p ir.Policy) string {
	if p.Attempts == 1 {
		return "There is only one."
	}
	delay := short(p.BackoffMin)
	if p.BackoffMax != p.BackoffMin && p.BackoffFactor != 1 {
		second := min(time.Duration(float64(p.BackoffMin)*p.BackoffFactor), p.BackoffMax)
		delay += fmt.Sprintf(", then %s, and so on up to %s", short(second), short(p.BackoffMax))
	}
	end := "until one succeeds"
	if p.Attempts > 0 {
		end = fmt.Sprintf("until there were %d", p.Attempts)
	}
	return fmt.Sprintf("One that fails is made again after %s, %s.", delay, end)
}

// short prints a duration without zero parts: 1m, not 1m0s.
func short(d time.Duration) string {
	text := d.String()
	for _, zero := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(text, zero) {
			text = text[:len(text)-2]
		}
	}
	return text
}
