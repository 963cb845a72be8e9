// This file keeps deliveries alive: the store delivers a message again unless it hears of it within store.AckWait.

package process

import (
	"github.com/pawlhq/pawl/internal/runtime/backoff"
	"github.com/pawlhq/pawl/internal/runtime/store"
)

// Delivery is a delivery that the process renews until it is settled. Its fields are guarded by Process.mu.
type Delivery struct {
	process *Process
	settle  store.Settle
}

// Renew keeps a delivery from being delivered again until Settle is called. If the process has stopped, Renew hands it
// back.
func (p *Process) Renew(settle store.Settle) *Delivery {
	d := &Delivery{process: p, settle: settle}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stopped {
		settle.Nak(0)
		return d
	}
	p.renewed[d] = struct{}{}
	select {
	case p.toRenew <- struct{}{}:
	default:
	}
	return d
}

// Redelivered replaces what answers the delivery: the same message has been delivered again.
func (d *Delivery) Redelivered(settle store.Settle) {
	d.process.mu.Lock()
	defer d.process.mu.Unlock()
	d.settle = settle
}

// Settle stops renewing the delivery. The caller answers it with what Settle returns.
func (d *Delivery) Settle() store.Settle {
	d.process.mu.Lock()
	defer d.process.mu.Unlock()
	delete(d.process.renewed, d)
	return d.settle
}

// KeepAlive renews the deliveries, well within store.AckWait, until the process ends. It does nothing while there are none.
func (p *Process) KeepAlive() {
	for {
		select {
		case <-p.ctx.Done():
			return
		case <-p.toRenew:
		}
		for some := true; some; some = p.renew() {
			if backoff.Sleep(p.ctx, store.AckWait/4) != nil {
				return
			}
		}
	}
}

// renew renews the deliveries, and reports whether there are any.
func (p *Process) renew() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for d := range p.renewed {
		d.settle.InProgress()
	}
	return len(p.renewed) > 0
}

// handBack has all deliveries that are not settled delivered again.
func (p *Process) handBack() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for d := range p.renewed {
		d.settle.Nak(0)
	}
	clear(p.renewed)
	p.stopped = true
}
