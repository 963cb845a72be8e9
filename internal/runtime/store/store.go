// Package store defines what the engine needs from a durable store.
//
// There are two implementations: natsstore keeps everything in NATS JetStream, and memstore in memory. Both pass the
// test suite in storetest. Every method may be called from many goroutines. If a method fails with an error that its
// doc comment does not name, the outcome is unknown: the write may have happened. Callers then repeat it; every write
// is idempotent or conditional.
//
// An append to a journal is the only transaction. All other writes follow from such an append. They are made after it,
// and made again by a worker that finds them missing.
package store

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Seq is the sequence of a record in the log. Sequences increase and have gaps. Zero means "no record".
type Seq = uint64

var (
	// ErrNotFound says that the object of a read is not in the store.
	ErrNotFound = errors.New("not found")
	// ErrStateChanged says that the state of a task was not stored because another writer was first.
	ErrStateChanged = errors.New("the state of the task has changed")
	// ErrTooLarge says that a message exceeds MaxPayload; use Objects.
	ErrTooLarge = errors.New("message too large")
	// ErrClosed says that the store was closed.
	ErrClosed = errors.New("store is closed")
	// ErrUnavailable says that the store cannot be reached at present, or has no room. The outcome of a write is unknown.
	ErrUnavailable = errors.New("store is unavailable")
)

// IsDown reports whether err says that the store is closed or cannot be reached: whatever was asked for has no fault of its own.
func IsDown(err error) bool { return errors.Is(err, ErrClosed) || errors.Is(err, ErrUnavailable) }

// ConflictError says that an append failed because another writer was first. Nothing was stored.
type ConflictError struct {
	ID   string // the workflow
	Prev Seq    // what the caller expected
	Last Seq    // what the store has; 0 if unknown
}

func (e *ConflictError) Error() string {
	return fmt.Sprintf("journal of workflow %q has changed: expected last record %d, found %d", e.ID, e.Prev, e.Last)
}

// PendingStartError says that another start of the same workflow id is pending in the inbox. Data is that message.
type PendingStartError struct {
	ID   string
	Seq  Seq // of that message
	Data []byte
}

func (e *PendingStartError) Error() string {
	return fmt.Sprintf("a start of workflow %q is already pending", e.ID)
}

// Store is everything the engine needs for one namespace.
type Store interface {
	Journal
	Inbox
	Tasks
	Timers
	Visibility
	Objects
	Bus

	// Expects reports whether the store holds anything that leads to workflow id: a message, a timer, or a task.
	Expects(ctx context.Context, id string) (bool, error)
	// MaxPayload returns the size in bytes of the largest message body that the store accepts.
	MaxPayload() int
	// Close releases what the store holds in this process. Stored data remains.
	Close() error
}

// Journal holds the history of each workflow id. It is the source of truth.
type Journal interface {
	// Append stores rec after the record prev of workflow id (0: the id has no record). It fails with a
	// *ConflictError if prev is not the last one. Any other error leaves the outcome unknown: compare
	// Last's CommitID with rec's to learn it.
	//
	// A record with Close set replaces all earlier records of its run and is kept for Close.Retention; call Expire after
	// it. The first record of a new run (First == 0) keeps the closed run before it readable through LoadRun until the
	// retention of that run ends.
	Append(ctx context.Context, id string, prev Seq, rec Record) (Seq, error)
	// Expire lets the store remove the newest run of workflow id, which is closed, when its retention ends. It returns
	// the sequence that the run's record then has. If Expire is never called, the record may take up space until the id
	// is used again. It fails with a *ConflictError if runID is not the newest run or is open.
	Expire(ctx context.Context, id, runID string) (Seq, error)
	// Load returns the records of the newest run of workflow id, oldest first, or ErrNotFound.
	Load(ctx context.Context, id string) ([]Stored, error)
	// LoadRun returns the records of one run, which may be an older, closed one, or ErrNotFound.
	LoadRun(ctx context.Context, id, runID string) ([]Stored, error)
	// Last returns the newest record of workflow id, or ErrNotFound. It is never stale.
	Last(ctx context.Context, id string) (Stored, error)
	// FindRun returns the id of the newest run of workflow id whose records have that Request, or ErrNotFound. It finds the
	// runs that LoadRun finds, and is never stale.
	FindRun(ctx context.Context, id, request string) (runID string, err error)
}

// Record is one message of a journal.
type Record struct {
	RunID    string
	Request  string // identifies the request that began the run; may be empty
	CommitID string // unique to the caller of Append; identifies its record after a lost acknowledgement
	First    Seq    // the run's first record; 0 if this is it
	Data     []byte
	Close    *Close // set on the record that closes a run
}

// Close makes a record the last of its run.
type Close struct {
	Retention time.Duration // how long the closed run can be read; at least one second
	// Held keeps the record as the newest of its id until the next run begins, however long that takes: something follows from
	// it. Expire has no effect on it.
	Held bool
}

// Stored is a record in the store.
type Stored struct {
	Record
	Seq  Seq
	Time time.Time // when it was stored
}

// Inbox holds messages that were sent to workflows and are not yet in their journals.
type Inbox interface {
	// Send stores m. If a message with the same DedupID was sent within the last two minutes, Send stores nothing and
	// succeeds. An outcome may be stored again.
	Send(ctx context.Context, m Message) error
	// SendStart stores m as the only pending start of its workflow id. It fails with a *PendingStartError if another
	// start of that id is pending, except for m.Behind. If the pending start has the same DedupID as m, it succeeds.
	SendStart(ctx context.Context, m Message) error
	// Pending returns the messages to workflow id on queue that are not acknowledged, oldest first.
	Pending(ctx context.Context, queue, id string) ([]Pending, error)
	// Requests is Pending without starts and outcomes: what clients have asked of a run. It costs the same however full the inbox
	// is.
	Requests(ctx context.Context, queue, id string) ([]Pending, error)
	// PendingStarts calls yield with the pending starts of workflow id on any queue, or of all ids if id is empty, newest
	// first, until yield returns false. If id is set, they are never stale.
	PendingStarts(ctx context.Context, id string, yield func(PendingStart) bool) error
	// Receive calls opt.Handler with the wake-ups of opt.Queue until ctx ends. It returns once delivery has begun.
	// Workflow ids are divided into groups. Each group has one owner among the workers, which gets the wake-ups of the
	// group as long as it has room for them; otherwise another worker gets them. A wake-up that is not acknowledged
	// within AckWait is delivered again.
	Receive(ctx context.Context, opt ReceiveOptions) error
}

// Message is a message to a workflow.
type Message struct {
	Queue   string // the workflow's task queue
	ID      string // workflow id
	DedupID string // identifies repetitions; may be empty
	Outcome bool   // the outcome of an activity. The permission to send outcomes is separate
	Behind  Seq    // of a start: another one of the same queue and id that may be pending; 0 if none may
	Data    []byte
}

// Pending is a message in the inbox.
type Pending struct {
	Seq     Seq
	Time    time.Time // when it was stored
	Start   bool
	Outcome bool
	Data    []byte
}

// PendingStart is a start in the inbox.
type PendingStart struct {
	Queue string
	ID    string    // workflow id
	Time  time.Time // when it was stored
	Data  []byte
}

// AckWait is how long after a delivery, or after InProgress, the message is delivered again if it was not settled. It
// bounds how long the death of a worker goes unnoticed.
const AckWait = 5 * time.Second

// ReceiveOptions says which wake-ups a worker receives, and how it handles them.
type ReceiveOptions struct {
	Queue  string
	Worker string // the worker's id, unique among those that run
	// Handler is called from several goroutines, and with the wake-ups of a group in the order of the inbox. It must
	// return quickly, or block to slow delivery.
	Handler func(Wakeup)
}

// Wakeup is one delivery to a workflow: a message of its inbox, or a timer that fired.
type Wakeup struct {
	Queue     string
	ID        string    // workflow id
	Timer     bool      // a timer fired: there is no Data, and Seq is not a sequence of the inbox
	Start     bool      // a pending start
	Outcome   bool      // the outcome of an activity
	Time      time.Time // when the message was stored, or the timer fired
	Seq       Seq
	Data      []byte
	Delivered int // number of deliveries, 1 on the first
	// Gap reports that another worker may have been given a wake-up of the group since the last one that this worker was
	// given. That one may be for any workflow of the group.
	Gap bool
	// Received is when it was delivered, or a little later: less than AckWait/2, even if this process was suspended.
	Received time.Time
	Settle
}

// Settle answers a delivery. Its methods do not wait. If an answer is lost, the message is delivered again.
type Settle interface {
	Ack()
	Nak(delay time.Duration) // deliver again after delay
	InProgress()             // restart AckWait
}

// Tasks holds the activities that wait for a worker or run on one.
type Tasks interface {
	// EnqueueTask queues t unless a task with the same ID, RunID and Op is queued or running.
	EnqueueTask(ctx context.Context, t Task) error
	// TaskQueued reports whether t is queued or running.
	TaskQueued(ctx context.Context, t Task) (bool, error)
	// DropTask removes t from its queue. A running attempt is not stopped; its answers to the queue are ignored.
	DropTask(ctx context.Context, t Task) error
	// ReceiveTasks calls opt.Handler with the tasks of opt.Queue until ctx ends. It returns once delivery has begun.
	ReceiveTasks(ctx context.Context, opt TaskOptions) error
	// PutTaskState stores s in place of the state of t that has revision prev (0: t has no state), and returns its
	// revision. It fails with ErrStateChanged if t has another one, unless that has the same data. The state outlives the
	// task.
	PutTaskState(ctx context.Context, t Task, prev Seq, s TaskState) (Seq, error)
	// TaskState returns the state of t and its revision, or ErrNotFound.
	TaskState(ctx context.Context, t Task) (data []byte, revision Seq, err error)
}

// Task is one activity call. Every attempt at it begins with a delivery of the same task.
type Task struct {
	Queue string // the activity's task queue
	ID    string // workflow id
	RunID string
	Op    string // the operation within the run
	Data  []byte
}

// TaskState is what is known of the attempts at a task.
type TaskState struct {
	Data []byte
	Keep time.Duration // when it expires; at least one second
}

// TaskOptions says which tasks a worker receives, and how it handles them.
type TaskOptions struct {
	Queue  string
	Worker string
	// Slots limits how many deliveries are unsettled at a time. Ack and Nak free a slot.
	Slots   int
	Handler func(TaskDelivery) // called on a goroutine of its own for each delivery
}

// TaskDelivery is one delivery of a task. Deliveries are not attempts: a worker may die, or be suspended, before it begins
// one, and a server that was killed may have forgotten deliveries.
type TaskDelivery struct {
	Task
	Delivered int       // number of deliveries of this task, 1 on the first
	Enqueued  time.Time // by the clock of the store
	Settle
}

// Timers holds durable timers. A timer wakes a workflow that no worker has in memory, with a precision of a quarter of
// a second. It arrives through Inbox.Receive as a Wakeup with Timer set, at least once. Timers of one workflow that fire
// together may arrive as one wake-up.
type Timers interface {
	// ScheduleTimer schedules a timer of workflow id. A workflow may have timers at different times.
	ScheduleTimer(ctx context.Context, queue, id string, at time.Time) error
	// CancelTimer cancels the timer of workflow id at that time, if there is one.
	CancelTimer(ctx context.Context, queue, id string, at time.Time) error
}

// Visibility holds one entry per workflow id, which people and clients list and look up: which run is the newest, since
// when, and how it ended. It follows the journals and may lag behind them.
type Visibility interface {
	// PutEntry stores e unless the stored entry has a higher Version.
	PutEntry(ctx context.Context, e Entry) error
	// DropEntry removes the entry of e.ID if its version is that of e.
	DropEntry(ctx context.Context, e Entry) error
	// GetEntry returns the entry of workflow id, or ErrNotFound.
	GetEntry(ctx context.Context, id string) (Entry, error)
	// ListEntries calls yield with every entry, newest change first, until yield returns false. It reads few entries more than
	// it passes to yield. An entry that changes meanwhile may be passed again at the end.
	ListEntries(ctx context.Context, yield func(Entry) bool) error
	// ReadEntries returns about max entries from a position on, oldest change first, and the position after them. The zero
	// Position is that of the oldest entry. ReadEntries returns it as the next one when there are no more entries.
	ReadEntries(ctx context.Context, from Position, max int) (entries []Entry, next Position, err error)
}

// Position is a place among the entries, which its store knows.
type Position struct {
	Part int // of the namespace
	Seq  Seq
}

// Entry describes the newest run of one workflow id.
type Entry struct {
	ID      string
	Version uint64    // the sequence of the journal record it reflects, times two; plus one for a change without a record (parked)
	Changed time.Time // when it was stored; set by the store
	Data    []byte
	Keep    time.Duration // when it expires; 0 means never
}

// Objects holds payloads that are too large for a message.
type Objects interface {
	// PutObject stores data under name, in place of what was stored there.
	PutObject(ctx context.Context, name string, data []byte) error
	// GetObject returns what is stored under name, or ErrNotFound.
	GetObject(ctx context.Context, name string) ([]byte, error)
	// ListObjects calls yield with the name of every object until yield returns false.
	ListObjects(ctx context.Context, yield func(name string) bool) error
	// DeleteObject removes what is stored under name, if anything.
	DeleteObject(ctx context.Context, name string) error
}

// Bus carries messages between running processes. They are not stored: only current subscribers receive them.
type Bus interface {
	// Publish sends data to every subscriber of topic.
	Publish(topic string, data []byte) error
	// Subscribe calls fn with each message on topic until stop is called. If fn returns non-nil, that is the answer to
	// a Request.
	Subscribe(topic string, fn func(data []byte) []byte) (stop func(), err error)
	// Request publishes data and returns the first answer. It fails with ErrNotFound if there is none before ctx ends.
	Request(ctx context.Context, topic string, data []byte) ([]byte, error)
}
