package backoff

import (
	"context"
	"errors"
	"math"
	"testing"
	"testing/synctest"
	"time"
)

func TestPause(t *testing.T) {
	const s = time.Second
	for _, test := range []struct {
		policy   Policy
		attempts int
		want     time.Duration
	}{
		{Doubling(s, 10*s), 1, s},
		{Doubling(s, 10*s), 2, 2 * s},
		{Doubling(s, 10*s), 4, 8 * s},
		{Doubling(s, 10*s), 5, 10 * s},
		{Doubling(s, 10*s), 1_000_000, 10 * s},
		{Policy{Min: 2 * s, Max: 9 * s, Factor: 1.5}, 3, 4500 * time.Millisecond},
		{Policy{Min: 2 * s, Max: s, Factor: 3}, 5, 2 * s},
		{Policy{Min: s, Max: 10 * s, Factor: 0.5}, 100, s},
		{Policy{}, 7, 0},
		{Policy{Min: -s, Max: s, Factor: 2}, 7, 0},
		{Policy{Min: s, Max: math.MaxInt64, Factor: 1000}, math.MaxInt32, math.MaxInt64},
		{Policy{Min: math.MaxInt64, Max: math.MaxInt64, Factor: 2}, 1, math.MaxInt64},
		{Policy{Min: math.MaxInt64, Max: math.MaxInt64, Factor: 2}, 2, math.MaxInt64},
		{Policy{Min: 1, Max: math.MaxInt64, Factor: math.Inf(1)}, 2, math.MaxInt64},
		{Policy{Min: s, Max: 2 * s, Factor: math.NaN()}, 2, s},
	} {
		if got := test.policy.Pause(test.attempts); got != test.want {
			t.Errorf("%+v after %d attempts: pause %v, want %v", test.policy, test.attempts, got, test.want)
		}
	}
}

func TestSleepEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		begin := time.Now()
		if err := Sleep(ctx, time.Minute); !errors.Is(err, context.DeadlineExceeded) || time.Since(begin) != time.Second {
			t.Errorf("Sleep returned %v after %v, want the context's error after 1s", err, time.Since(begin))
		}
		if err := Sleep(t.Context(), time.Minute); err != nil || time.Since(begin) != 61*time.Second {
			t.Errorf("Sleep returned %v after %v, want no error after 61s", err, time.Since(begin))
		}
	})
}
