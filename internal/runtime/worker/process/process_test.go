package process

import (
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/store"
)

// answers counts how a delivery is answered.
type answers struct{ acks, naks, renewals int }

func (a *answers) Ack()              { a.acks++ }
func (a *answers) Nak(time.Duration) { a.naks++ }
func (a *answers) InProgress()       { a.renewals++ }

func bubble(t *testing.T, test func(t *testing.T, p *Process)) {
	synctest.Test(t, func(t *testing.T) {
		p := New(Config{ID: "w", Log: slog.New(slog.DiscardHandler)})
		defer p.Kill() // ends KeepAlive
		test(t, p)
		synctest.Wait()
	})
}

func TestStopWaitsForWork(t *testing.T) {
	bubble(t, func(t *testing.T, p *Process) {
		begin := time.Now()
		p.Go(func() { time.Sleep(3 * time.Second) })
		if !p.Stop(time.Minute) || time.Since(begin) != 3*time.Second {
			t.Errorf("stopped after %v", time.Since(begin))
		}
		if p.Begin() {
			t.Error("work began in a process that has stopped")
		}
	})
}

func TestStopEndsTheContextOfWorkThatTakesTooLong(t *testing.T) {
	bubble(t, func(t *testing.T, p *Process) {
		begin := time.Now()
		p.Go(func() { <-p.Context().Done() })
		if !p.Stop(2*time.Second) || time.Since(begin) != 2*time.Second {
			t.Errorf("stopped after %v", time.Since(begin))
		}
	})
}

func TestStopGivesUpOnWorkThatIgnoresItsContext(t *testing.T) {
	bubble(t, func(t *testing.T, p *Process) {
		begin := time.Now()
		var held answers
		p.Renew(&held)
		release := make(chan struct{})
		defer close(release)
		p.Go(func() { <-release })
		if p.Stop(2*time.Second) || time.Since(begin) != 3*time.Second {
			t.Errorf("stopped after %v", time.Since(begin))
		}
		if held.naks != 0 {
			t.Error("a delivery was handed back although work on it may be under way")
		}
	})
}

func TestDeliveriesAreRenewedUntilTheyAreSettled(t *testing.T) {
	bubble(t, func(t *testing.T, p *Process) {
		go p.KeepAlive()
		var first, second answers
		d := p.Renew(&first)
		time.Sleep(store.AckWait + time.Millisecond)
		d.Redelivered(&second)
		time.Sleep(store.AckWait)
		d.Settle().Ack()
		time.Sleep(store.AckWait)
		if want := (answers{renewals: 4}); first != want {
			t.Errorf("first delivery: %+v, want %+v", first, want)
		}
		if want := (answers{acks: 1, renewals: 4}); second != want {
			t.Errorf("second delivery: %+v, want %+v", second, want)
		}
	})
}

func TestStopHandsBackWhatIsUnsettled(t *testing.T) {
	bubble(t, func(t *testing.T, p *Process) {
		var settled, unsettled, late answers
		p.Renew(&settled).Settle().Ack()
		p.Renew(&unsettled)
		p.Stop(0)
		p.Renew(&late)
		if settled.naks != 0 || unsettled.naks != 1 || late.naks != 1 {
			t.Errorf("handed back: settled %d, unsettled %d, late %d times; want 0, 1, 1", settled.naks, unsettled.naks, late.naks)
		}
	})
}

func TestKillHandsBackNothing(t *testing.T) {
	bubble(t, func(t *testing.T, p *Process) {
		var held answers
		p.Renew(&held)
		p.Kill()
		p.Stop(time.Minute)
		if held != (answers{}) {
			t.Errorf("a killed process answered %+v", held)
		}
	})
}
