package conds

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/pawlhq/pawl"
)

// parcel is sent when it is paid and packed.
type parcel struct {
	mu           sync.Mutex
	changed      sync.Cond
	paid, packed bool
}

func newParcel() *parcel {
	p := &parcel{}
	p.changed.L = &p.mu
	return p
}

func (p *parcel) set(flag *bool, after time.Duration) {
	time.Sleep(after)
	p.mu.Lock()
	defer p.mu.Unlock()
	*flag = true
	p.changed.Broadcast()
}

func (p *parcel) send(ctx context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return pawl.WaitUntil(ctx, &p.changed, func() bool { return p.paid && p.packed })
}

var errImpatient = errors.New("the customer is impatient")

// Until waits for two things, once with patience and once without.
//
//pawl:workflow
func Until(ctx context.Context) (string, error) {
	begin := time.Now()
	first, second := newParcel(), newParcel()
	go first.set(&first.packed, time.Hour)
	go first.set(&first.paid, 2*time.Hour)
	sent := first.send(ctx)
	took := time.Since(begin)
	go second.set(&second.paid, time.Hour)
	short, cancel := context.WithTimeoutCause(ctx, 90*time.Minute, errImpatient)
	defer cancel()
	late := second.send(short)
	return fmt.Sprint(sent, took, late, context.Cause(short) == errImpatient, time.Since(begin)), nil
}
