// Setup: checks that the server is suitable, and creates the streams and consumers of the store.

package natsstore

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"golang.org/x/sync/errgroup"

	"github.com/pawlhq/pawl/internal/runtime/store"
)

// The oldest supported server. Older ones sync replicated streams once per message, even in a batch.
const minMajor, minMinor = 2, 15

// checkVersion fails if the server is too old.
func (s *Store) checkVersion() error {
	if v := s.link.nc.ConnectedServerVersion(); !newEnough(v) {
		return fmt.Errorf("the NATS server at %s has version %s: Pawl needs %d.%d or later",
			s.link.nc.ConnectedUrlRedacted(), v, minMajor, minMinor)
	}
	return nil
}

// minPayload is the smallest limit of a server, in bytes, with which the engine works: failures and the events of one step must
// fit into a message. Larger payloads become objects.
const minPayload = 64 << 10

// checkMaxPayload fails if the server accepts only very small messages.
func (s *Store) checkMaxPayload() error {
	if limit := s.link.nc.MaxPayload(); limit < minPayload {
		return fmt.Errorf("the NATS server at %s accepts messages of at most %d bytes: Pawl needs %d or more; set max_payload in the server's configuration",
			s.link.nc.ConnectedUrlRedacted(), limit, minPayload)
	}
	return nil
}

// checkJetStream fails if the server has no JetStream for this account.
func (s *Store) checkJetStream(ctx context.Context) error {
	err := s.link.manage(ctx, "", func(ctx context.Context) error {
		_, err := s.js.AccountInfo(ctx)
		return err
	})
	if err != nil {
		return fmt.Errorf("JetStream is not usable on the NATS server at %s: %w", s.link.nc.ConnectedUrlRedacted(), err)
	}
	return nil
}

// newEnough compares versions by hand, because workers link no modules but nats.go.
func newEnough(version string) bool {
	parts := strings.SplitN(version, ".", 3)
	if len(parts) < 2 {
		return false
	}
	major, err1 := strconv.Atoi(parts[0])
	minor, err2 := strconv.Atoi(parts[1])
	return err1 == nil && err2 == nil && (major > minMajor || major == minMajor && minor >= minMinor)
}

// createStreams creates the streams that are missing, and updates those of an earlier version. It detects a wrong number of
// shards at the first shard, before it creates another.
func (s *Store) createStreams(ctx context.Context) error {
	for k, sh := range s.shards {
		eg, ctx := errgroup.WithContext(ctx)
		for st, want := range s.streamConfigs(sh, k) {
			eg.Go(func() error { return s.ensureStream(ctx, st, want) })
		}
		if err := eg.Wait(); err != nil {
			return err
		}
	}
	return s.ensureStream(ctx, s.objects, s.objectsConfig())
}

func (s *Store) ensureStream(ctx context.Context, st *stream, want jetstream.StreamConfig) error {
	have, err := s.findStream(ctx, want)
	if err == nil {
		st.replicated = have.Replicas > 1
		err = s.adjustStream(ctx, have, want)
	}
	if err != nil {
		return fmt.Errorf("prepare stream %s: %w", want.Name, err)
	}
	return nil
}

// findStream returns the configuration of a stream. It creates the stream if it is missing, unless that would hide a loss of data.
func (s *Store) findStream(ctx context.Context, want jetstream.StreamConfig) (have jetstream.StreamConfig, err error) {
	err = s.link.manage(ctx, "", func(ctx context.Context) error {
		found, err := s.js.Stream(ctx, want.Name)
		if errors.Is(err, jetstream.ErrStreamNotFound) {
			found, err = s.createStream(ctx, want)
		}
		if err == nil {
			have = found.CachedInfo().Config
		}
		return err
	})
	return have, err
}

// createStream creates a stream in a new namespace. In a namespace that has held data, a missing stream was deleted or lost. An
// empty one in its place would look as if its runs had never existed, so only Options.Recreate creates it there.
func (s *Store) createStream(ctx context.Context, want jetstream.StreamConfig) (jetstream.Stream, error) {
	if s.opt.Recreate {
		return s.js.CreateStream(ctx, want)
	}
	used, err := s.usedStream(ctx)
	if err != nil {
		return nil, err
	}
	if used == "" {
		return s.js.CreateStream(ctx, want)
	}
	// Another client may have created the stream, and have begun to use the namespace, since this one looked.
	found, err := s.js.Stream(ctx, want.Name)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		return nil, &MissingStreamError{Namespace: s.name.namespace, Stream: want.Name, Other: used}
	}
	return found, err
}

// usedStream returns the name of a stream of this namespace that has held a message. It returns "" if there is none.
func (s *Store) usedStream(ctx context.Context) (string, error) {
	streams := s.js.ListStreams(ctx, jetstream.WithStreamListSubject(s.name.subject(">")))
	used := ""
	for info := range streams.Info() { // to its end: the lister sends without regard for ctx
		if info.State.LastSeq > 0 {
			used = info.Config.Name
		}
	}
	return used, streams.Err()
}

// MissingStreamError says that a stream of a namespace is missing, although the namespace has held data.
type MissingStreamError struct {
	Namespace string
	Stream    string // the missing one
	Other     string // one that has held data
}

func (e *MissingStreamError) Error() string {
	return fmt.Sprintf("stream %s of namespace %q is missing, but %s has held data: the data of the missing stream is lost. "+
		"Restore it from a backup, or connect once with the option WithRecreateStreams to continue with an empty stream",
		e.Stream, e.Namespace, e.Other)
}

// adjustStream updates a stream that an earlier version created. It keeps what an operator may have changed, such as
// replicas, placement and limits. A stream that is up to date is left alone: updating one needs a permission with which its
// data can be removed, and clients should not have it.
func (s *Store) adjustStream(ctx context.Context, have, want jetstream.StreamConfig) error {
	if have.Metadata[metaShards] != want.Metadata[metaShards] {
		return fmt.Errorf("namespace %q was created with %s shards, not %s: set Shards to that number",
			s.name.namespace, have.Metadata[metaShards], want.Metadata[metaShards])
	}
	adjusted := have
	adjusted.Subjects = want.Subjects
	// Zero leaves these to the server, which then reports its default.
	adjusted.MaxMsgsPerSubject = cmp.Or(want.MaxMsgsPerSubject, have.MaxMsgsPerSubject)
	adjusted.Duplicates = cmp.Or(want.Duplicates, have.Duplicates)
	adjusted.AllowRollup = want.AllowRollup
	adjusted.AllowMsgTTL = want.AllowMsgTTL
	adjusted.AllowDirect = want.AllowDirect
	adjusted.AllowAtomicPublish = want.AllowAtomicPublish
	adjusted.AllowMsgSchedules = want.AllowMsgSchedules
	if reflect.DeepEqual(have, adjusted) {
		return nil
	}
	return s.link.manage(ctx, "", func(ctx context.Context) error {
		_, err := s.js.UpdateStream(ctx, adjusted)
		return err
	})
}

// metaShards records the number of shards in the metadata of a stream: it determines which stream holds an id.
const metaShards = "pawl.shards"

// dedupWindow is how long the inbox detects a message that is sent again.
const dedupWindow = 2 * time.Minute

// streamConfigs returns the configurations of the streams of shard k. Clients write to the inbox, so it must not allow a
// message to remove or forge another: no rollups, no schedules, no purges.
func (s *Store) streamConfigs(sh *shard, k int) map[*stream]jetstream.StreamConfig {
	inbox := s.streamConfig(kindInbox, k, jetstream.WorkQueuePolicy, "i")
	inbox.DenyPurge, inbox.DenyDelete = true, true
	inbox.Duplicates = dedupWindow

	journal := s.streamConfig(kindJournal, k, jetstream.LimitsPolicy, "h", "ha")
	journal.AllowRollup, journal.AllowMsgTTL = true, true

	timers := s.streamConfig(kindTimers, k, jetstream.WorkQueuePolicy, "t", "f")
	timers.AllowMsgSchedules, timers.AllowRollup, timers.AllowMsgTTL = true, true, true

	tasks := s.streamConfig(kindTasks, k, jetstream.WorkQueuePolicy, "a")
	tasks.DenyPurge = true

	attempts := s.streamConfig(kindAttempts, k, jetstream.LimitsPolicy, "b")
	attempts.MaxMsgsPerSubject, attempts.AllowMsgTTL = 1, true

	// A limit of one entry per id would be simpler than rollups. But after a crash, the server enforces it again from what is
	// on disk: when the newest entry has expired, an older one would be the newest.
	visibility := s.streamConfig(kindVisibility, k, jetstream.LimitsPolicy, "x")
	visibility.MaxMsgsPerSubject, visibility.AllowRollup, visibility.AllowMsgTTL = -1, true, true

	return map[*stream]jetstream.StreamConfig{
		sh.inbox: inbox, sh.journal: journal, sh.timers: timers, sh.tasks: tasks, sh.attempts: attempts, sh.visibility: visibility,
	}
}

func (s *Store) objectsConfig() jetstream.StreamConfig {
	objects := s.streamConfig(kindObjects, 0, jetstream.LimitsPolicy)
	objects.Subjects = []string{s.name.subject("o", ">"), s.name.subject("oc", ">")}
	objects.MaxMsgsPerSubject = 1
	return objects
}

// streamConfig returns what the configurations of all streams have in common.
func (s *Store) streamConfig(kind string, k int, keep jetstream.RetentionPolicy, subjectKinds ...string) jetstream.StreamConfig {
	c := jetstream.StreamConfig{
		Name:               s.name.stream(kind, k),
		Description:        fmt.Sprintf("Pawl: %s of namespace %s", strings.ToLower(kind), s.name.namespace),
		Retention:          keep,
		Storage:            s.storage(),
		Replicas:           s.opt.Replicas,
		AllowDirect:        true,
		AllowAtomicPublish: true,
		Metadata:           map[string]string{metaShards: strconv.Itoa(len(s.shards))},
	}
	for _, sk := range subjectKinds {
		c.Subjects = append(c.Subjects, s.shardSubjects(sk, k)...)
	}
	return c
}

// shardSubjects lists the subjects of one kind whose slots belong to shard k.
func (s *Store) shardSubjects(kind string, k int) (subjects []string) {
	if len(s.shards) == 1 {
		return []string{s.name.subject(kind, ">")}
	}
	slot := []string{kind, "*"}
	if kind == "a" {
		slot = []string{kind, "*", "*"} // the queue comes before the slot
	}
	for index := k; index < slotsPerGroup; index += len(s.shards) {
		subjects = append(subjects, s.name.subject(append(slot, strconv.Itoa(index), ">")...))
	}
	return subjects
}

func (s *Store) storage() jetstream.StorageType {
	if s.opt.Memory {
		return jetstream.MemoryStorage
	}
	return jetstream.FileStorage
}

// durable returns the configuration of a consumer that all workers of a queue share.
func durable(name, filter string) jetstream.ConsumerConfig {
	return jetstream.ConsumerConfig{
		Durable:       name,
		FilterSubject: filter,
		AckPolicy:     jetstream.AckExplicitPolicy,
		AckWait:       store.AckWait,
		MaxAckPending: -1,
		MaxDeliver:    -1,
	}
}

// ensureConsumer creates a consumer if it is missing.
func (s *Store) ensureConsumer(ctx context.Context, on *stream, want jetstream.ConsumerConfig) error {
	if s.opt.Provisioned {
		return nil
	}
	err := s.link.manage(ctx, on.name, func(ctx context.Context) error {
		_, err := s.js.CreateOrUpdateConsumer(ctx, on.name, want)
		return err
	})
	if err != nil {
		return fmt.Errorf("prepare consumer %s of stream %s: %w", want.Durable, on.name, err)
	}
	return nil
}
