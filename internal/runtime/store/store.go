// Package store says what the engine asks of a durable log, and nothing of how it is kept.
//
// Two implementations pass the one suite in storetest: memstore, a map behind a mutex, and natsstore, which is
// NATS JetStream. Every method may be called from many goroutines. A method that fails with an error other than
// those named in its doc has an unknown outcome: the write may have happened. Callers repeat it; every write here
// is either idempotent or guarded by a compare.
//
// One append to a journal is the only transaction there is. Everything else in this package is a consequence of
// such an append, published after it and published again by whoever finds it missing.
package store

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Seq is the place of a record in the log. It grows; it has gaps. Zero means "no record".
type Seq = uint64

var (
	// ErrNotFound says that the thing asked for is not in the store.
	ErrNotFound = errors.New("not found")
	// ErrTooLarge says that a message exceeds what the store takes in one piece; use Objects.
	ErrTooLarge = errors.New("message too large")
	// ErrClosed says that the store was closed by its owner.
	ErrClosed = errors.New("store is closed")
	// ErrUnavailable says that the store cannot be reached at present, or has no room. The outcome of a write is unknown.
	ErrUnavailable = errors.New("store is unavailable")
)

// ConflictError says that an append lost its compare: another writer was first. Nothing was stored.
type ConflictError struct {
	ID   string // the workflow
	Prev Seq    // what the caller expected
	Last Seq    // what the store has, 0 if it does not say
}

func (e *ConflictError) Error() string {
	return fmt.Sprintf("journal of workflow %q has moved on: expected last record %d, found %d", e.ID, e.Prev, e.Last)
}

// PendingStartError says that another start of the same workflow id waits in the inbox. Data is that message.
type PendingStartError struct {
	ID   string
	Data []byte
}

func (e *PendingStartError) Error() string {
	return fmt.Sprintf("a start of workflow %q is already pending", e.ID)
}

// Store is everything the engine needs of one namespace.
type Store interface {
	Journal
	Inbox
	Tasks
	Timers
	Visibility
	Objects
	Bus

	// MaxPayload is the largest message body in bytes that the store takes in one piece.
	MaxPayload() int
	// Close releases what the store holds in this process. Stored data stays.
	Close() error
}

// Journal holds the history of each workflow id: the truth.
type Journal interface {
	// Append stores rec after the record prev of workflow id (0: the id has no record). It fails with a
	// *ConflictError if prev is not the last one. Any other error leaves the outcome unknown: compare
	// Last's CommitID with rec's to learn it.
	//
	// A record with Close set is stored in place of all earlier records of its run and is kept for
	// Close.Retention. The first record of a new run (First == 0) keeps the closed run before it readable
	// through LoadRun until that one's retention ends.
	Append(ctx context.Context, id string, prev Seq, rec Record) (Seq, error)
	// Load returns the records of the newest run of workflow id, oldest first; ErrNotFound if there is none.
	Load(ctx context.Context, id string) ([]Stored, error)
	// LoadRun is Load for one named run, which may be an older, closed one.
	LoadRun(ctx context.Context, id, runID string) ([]Stored, error)
	// Last returns the newest record of workflow id, from the store's leader: never a stale one.
	Last(ctx context.Context, id string) (Stored, error)
}

// Record is one message of a journal.
type Record struct {
	RunID    string
	CommitID string // unique to this attempt to append; tells one's own record after a lost acknowledgement
	First    Seq    // the run's first record; 0 if this is it
	Data     []byte
	Close    *Close // set on the record that ends a run
}

// Close makes a record the last of its run.
type Close struct {
	Retention time.Duration // how long the closed run stays readable; at least one second
}

// Stored is a record with its place.
type Stored struct {
	Record
	Seq  Seq
	Time time.Time // when the store took it
}

// Inbox holds what was sent to workflows and is not yet in their journals.
type Inbox interface {
	// Send stores m. Sending a DedupID again within two minutes stores nothing and succeeds.
	Send(ctx context.Context, m Message) error
	// SendStart stores m as the one pending start of its workflow id. It fails with a *PendingStartError if
	// another start of that id is pending; if that is m itself (same DedupID), it succeeds.
	SendStart(ctx context.Context, m Message) error
	// Pending returns what waits for workflow id on queue, oldest first, delivered or not.
	Pending(ctx context.Context, queue, id string) ([]Pending, error)
	// Receive hands the wake-ups of queue to opt.Handler until ctx ends, and returns once they flow. One
	// worker owns each group of workflow ids at a time and gets its messages first; others get them when the
	// owner does not take them. A wake-up that is not acknowledged within AckWait is delivered again.
	Receive(ctx context.Context, opt ReceiveOptions) error
}

// Message is something sent to a workflow.
type Message struct {
	Queue   string // the workflow's task queue
	ID      string // workflow id
	DedupID string
	Data    []byte
}

// Pending is a message in the inbox.
type Pending struct {
	Seq   Seq
	Start bool
	Data  []byte
}

// AckWait is how long a delivery may go without Ack, Nak or InProgress before it is delivered again. It bounds how
// long the death of a worker goes unnoticed.
const AckWait = 5 * time.Second

// ReceiveOptions says which wake-ups a worker takes and what it does with them.
type ReceiveOptions struct {
	Queue  string
	Worker string // this worker's id, unique among the living
	// Handler is called from a few goroutines at once, in the order of the inbox within one group. It must be
	// quick, or block only to slow the flow.
	Handler func(Wakeup)
}

// Wakeup is one delivery for a workflow: a message of its inbox, or its timer that came due.
type Wakeup struct {
	Queue     string
	ID        string // workflow id
	Timer     bool   // a fired timer: no Data; Seq is not an inbox sequence
	Start     bool   // a pending start
	Seq       Seq
	Data      []byte
	Delivered int // 1 on first delivery
	Settle
}

// Settle is how a delivery is answered. The calls do not wait; a lost answer leads to another delivery.
type Settle interface {
	Ack()
	Nak(delay time.Duration) // deliver again after delay
	InProgress()             // AckWait starts anew
}

// Tasks holds the activities that wait for a worker, or run on one.
type Tasks interface {
	// EnqueueTask queues t unless a task with the same ID, RunID and Op is still queued or running.
	EnqueueTask(ctx context.Context, t Task) error
	// TaskQueued reports whether t is queued or running.
	TaskQueued(ctx context.Context, t Task) (bool, error)
	// DropTask removes t from its queue. A running attempt is not stopped; its answers to the queue are ignored.
	DropTask(ctx context.Context, t Task) error
	// ReceiveTasks hands the tasks of opt.Queue to opt.Handler until ctx ends, and returns once they flow.
	ReceiveTasks(ctx context.Context, opt TaskOptions) error
	// RecordHeartbeat keeps data as the newest heartbeat of t, for a day.
	RecordHeartbeat(ctx context.Context, t Task, data []byte) error
	// LastHeartbeat returns the newest heartbeat of t; ErrNotFound if there is none.
	LastHeartbeat(ctx context.Context, t Task) ([]byte, error)
}

// Task is one series of attempts at an activity.
type Task struct {
	Queue string // the activity's task queue
	ID    string // workflow id
	RunID string
	Op    string // the operation within the run
	Data  []byte
}

// TaskOptions says which tasks a worker takes.
type TaskOptions struct {
	Queue  string
	Worker string
	// Slots bounds how many deliveries are unsettled at once; a slot frees on Ack or Nak.
	Slots   int
	Handler func(TaskDelivery) // called on a goroutine of its own for each delivery
}

// TaskDelivery is one attempt's permission to start.
type TaskDelivery struct {
	Task
	Delivered int // how many times this task was handed out, 1 the first time
	Settle
}

// Timers holds the durable alarms of workflow ids. An alarm wakes a workflow that no worker has in memory; precision is
// a quarter of a second. It arrives through Inbox.Receive as a Wakeup with Timer set, at least once; alarms of one
// workflow that ring together may arrive as one.
type Timers interface {
	// ScheduleTimer gives workflow id an alarm at a time, beside those that it has at other times.
	ScheduleTimer(ctx context.Context, queue, id string, at time.Time) error
	// CancelTimer removes the alarm that workflow id has at a time, if there is one.
	CancelTimer(ctx context.Context, queue, id string, at time.Time) error
}

// Visibility holds one entry per workflow id, for people and clients: who runs, since when, how it ended. It follows
// the journals and may lag behind them.
type Visibility interface {
	// PutEntry stores e unless the entry there has a higher Version. Keep zero means for ever.
	PutEntry(ctx context.Context, e Entry) error
	// GetEntry returns the entry of workflow id, or ErrNotFound.
	GetEntry(ctx context.Context, id string) (Entry, error)
	// ListEntries calls yield with every entry, oldest change first, until it returns false.
	ListEntries(ctx context.Context, yield func(Entry) bool) error
}

// Entry is what the registry knows of one workflow id.
type Entry struct {
	ID      string
	Version uint64 // the journal record it reflects, times two; plus one for news that has no record (parked)
	Data    []byte
	Keep    time.Duration
}

// Objects holds payloads that are too large for a message.
type Objects interface {
	PutObject(ctx context.Context, name string, data []byte) error
	GetObject(ctx context.Context, name string) ([]byte, error)
	// ListObjects calls yield with the name of every object until it returns false.
	ListObjects(ctx context.Context, yield func(name string) bool) error
	DeleteObject(ctx context.Context, name string) error
}

// Bus carries news between living processes. Nothing on it is stored; whoever does not listen misses it.
type Bus interface {
	// Publish sends data to every subscriber of topic.
	Publish(topic string, data []byte) error
	// Subscribe calls fn for each message on topic until stop is called. What fn returns, if not nil, answers
	// a Request.
	Subscribe(topic string, fn func(data []byte) []byte) (stop func(), err error)
	// Request publishes data and returns the first answer. ErrNotFound if nobody answers until ctx ends.
	Request(ctx context.Context, topic string, data []byte) ([]byte, error)
}
