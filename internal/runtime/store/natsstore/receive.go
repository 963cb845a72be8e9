package natsstore

// Receive: the wake-ups of a queue, spread over its workers so that each group of workflows stays with one of them.

import (
	"context"
	"fmt"
	"strconv"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"golang.org/x/sync/errgroup"

	"github.com/pawlhq/pawl/internal/runtime/store"
)

// wakeupWindow is how many wake-ups of a group a worker asks for ahead. What exceeds it goes to the group's next worker.
const wakeupWindow = 256

// priorityGroup is the one group of pull requests that a prioritized consumer must have.
const priorityGroup = "workers"

// Receive implements store.Inbox.
//
// Each group has a consumer on the inbox and one on the timers. Every worker of the queue pulls from all of them, with
// the priority of its rank in that group, and the server hands a message to the best rank that asks. Rank follows from
// the workers' names alone, so the workers agree on it, and a group whose owner dies falls to the same next worker as
// a whole, at once, before anybody has noticed the death.
func (s *Store) Receive(ctx context.Context, opt store.ReceiveOptions) error {
	if err := checkQueue(opt.Queue); err != nil {
		return err
	}
	if err := s.ensureGroups(ctx, opt.Queue); err != nil {
		return fmt.Errorf("receive from queue %q: %w", opt.Queue, err)
	}
	pullers := s.groupPullers(opt)
	for _, of := range pullers {
		for _, p := range of {
			if err := p.start(ctx); err != nil {
				return fmt.Errorf("receive from queue %q: %w", opt.Queue, err)
			}
		}
	}
	return s.join(ctx, opt.Queue, opt.Worker, func(group, rank int) {
		for _, p := range pullers[group] {
			p.setPriority(min(rank, lowestPriority))
		}
	})
}

// ensureGroups creates the consumers of a queue's groups.
func (s *Store) ensureGroups(ctx context.Context, queue string) error {
	if s.opt.Provisioned {
		return nil
	}
	eg, ctx := errgroup.WithContext(ctx)
	for _, sh := range s.shards {
		for g := range groups {
			eg.Go(func() error {
				return s.ensureConsumer(ctx, sh.inbox, groupConsumer(queue, g, s.name.inboxOf(queue, g)))
			})
			eg.Go(func() error {
				return s.ensureConsumer(ctx, sh.timers, groupConsumer(queue, g, s.name.firedOf(queue, g)))
			})
		}
	}
	return eg.Wait()
}

func groupName(queue string, group int) string { return token(queue) + "-" + strconv.Itoa(group) }

func groupConsumer(queue string, group int, filter string) jetstream.ConsumerConfig {
	c := durable(groupName(queue, group), filter)
	c.PriorityPolicy = jetstream.PriorityPolicyPrioritized
	c.PriorityGroups = []string{priorityGroup}
	return c
}

// groupPullers makes the pullers of a worker, by group.
func (s *Store) groupPullers(opt store.ReceiveOptions) (pullers [groups][]*puller) {
	for g := range groups {
		for _, sh := range s.shards {
			for _, from := range []*stream{sh.inbox, sh.timers} {
				p := s.newPuller(from, groupName(opt.Queue, g), wakeupWindow)
				p.group, p.priority = priorityGroup, lowestPriority
				p.handle = func(m *nats.Msg) { s.wake(p, m, opt.Handler) }
				p.ensure = func(ctx context.Context) error { return s.ensureGroups(ctx, opt.Queue) }
				pullers[g] = append(pullers[g], p)
			}
		}
	}
	return pullers
}

func (s *Store) wake(p *puller, m *nats.Msg, handler func(store.Wakeup)) {
	defer p.release()
	d, err := newDelivery(m)
	if err != nil {
		s.log.Error("received what no consumer sent", "error", err)
		return
	}
	w, err := s.wakeup(m, d)
	if err != nil {
		s.log.Error("dropped a message that is no wake-up", "seq", d.seq, "error", err)
		d.terminate()
		return
	}
	handler(w)
}
