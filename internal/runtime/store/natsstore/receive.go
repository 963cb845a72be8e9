// Receiving wake-ups: they are divided into groups by workflow, and each group is delivered to one worker if possible.

package natsstore

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"golang.org/x/sync/errgroup"

	"github.com/pawlhq/pawl/internal/runtime/store"
)

// wakeupWindow is how many wake-ups of a group a worker requests ahead. The next worker gets those beyond.
const wakeupWindow = 256

// priorityGroup is the only priority group of each consumer; a prioritized consumer must have one.
const priorityGroup = "workers"

// Receive implements store.Inbox.
//
// Each group has a consumer on the inbox and one on the timers. Every worker of the queue pulls from all of them, and uses
// its rank in the group as the priority. The server delivers a message to the best rank with an open request. Ranks depend
// on the names of the workers only, so workers agree on them. When the owner of a group dies, the server delivers the whole
// group to the next worker immediately, even before a worker has noticed. When it is suspended, that happens once its
// requests have expired.
func (s *Store) Receive(ctx context.Context, opt store.ReceiveOptions) error {
	if err := checkQueue(opt.Queue); err != nil {
		return err
	}
	if err := s.ensureGroups(ctx, opt.Queue); err != nil {
		return fmt.Errorf("receive from queue %q: %w", opt.Queue, err)
	}
	pullers := s.groupPullers(opt)
	for _, group := range pullers {
		for _, p := range group {
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
		for g, token := range s.groups() {
			eg.Go(func() error {
				return s.ensureConsumer(ctx, sh.inbox, groupConsumer(queue, g, s.name.inboxOf(queue, token)))
			})
			eg.Go(func() error {
				return s.ensureConsumer(ctx, sh.timers, groupConsumer(queue, g, s.name.firedOf(queue, token)))
			})
		}
	}
	return eg.Wait()
}

// groups returns the token of each group in the filters of its consumers.
func (s *Store) groups() []string {
	if s.opt.OneGroup {
		return []string{"*"}
	}
	tokens := make([]string, groups)
	for g := range tokens {
		tokens[g] = strconv.Itoa(g)
	}
	return tokens
}

// PrepareQueue creates the consumers of the workers of a queue, for workers that have no permission to.
func (s *Store) PrepareQueue(ctx context.Context, queue string) error {
	err := checkQueue(queue)
	if err == nil {
		err = s.ensureGroups(ctx, queue)
	}
	for _, sh := range s.shards {
		if err == nil {
			err = s.ensureTasks(ctx, sh.tasks, queue)
		}
	}
	if err != nil {
		return fmt.Errorf("prepare queue %q: %w", queue, err)
	}
	return nil
}

func groupName(queue string, group int) string { return token(queue) + "-" + strconv.Itoa(group) }

func groupConsumer(queue string, group int, filter string) jetstream.ConsumerConfig {
	c := durable(groupName(queue, group), filter)
	c.PriorityPolicy = jetstream.PriorityPolicyPrioritized
	c.PriorityGroups = []string{priorityGroup}
	return c
}

// groupPullers returns the pullers of a worker, by group.
func (s *Store) groupPullers(opt store.ReceiveOptions) (pullers [groups][]*puller) {
	for g := range s.groups() {
		for _, sh := range s.shards {
			for _, from := range []*stream{sh.inbox, sh.timers} {
				var p *puller
				p = s.newPuller(from, groupName(opt.Queue, g), pullOptions{
					window: wakeupWindow,
					group:  priorityGroup,
					handle: func(m *nats.Msg, received time.Time) { s.deliverWakeup(p, m, received, opt.Handler) },
					ensure: func(ctx context.Context) error { return s.ensureGroups(ctx, opt.Queue) },
				})
				p.priority = lowestPriority
				pullers[g] = append(pullers[g], p)
			}
		}
	}
	return pullers
}

func (s *Store) deliverWakeup(p *puller, m *nats.Msg, received time.Time, handler func(store.Wakeup)) {
	defer p.release()
	d, err := newDelivery(m)
	if err != nil {
		s.log.Error("received a message that is not a delivery", "error", err)
		return
	}
	w, err := s.wakeup(m, d)
	if err != nil {
		s.log.Error("dropped a message that is not a wake-up", "seq", d.seq, "error", err)
		d.terminate()
		return
	}
	w.Received = received
	w.Gap = !w.Timer && d.number != p.last+1
	p.last = d.number
	handler(w)
}
