package natsstore

// Names: how workflow ids, queues and runs become subjects, streams and consumers.

import (
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/store"
)

// The slots of a namespace, by hash of the workflow id. A group of slots is what one worker owns at a time. Both
// numbers are part of every stored subject and can never change.
const (
	slotsPerGroup = 128
	groups        = 8
)

// slot is where a workflow id lives.
type slot struct{ group, index int }

func slotOf(id string) slot {
	h := fnv.New64a()
	h.Write([]byte(id))
	sum := h.Sum64()
	n := int((sum ^ sum>>32) % (groups * slotsPerGroup))
	return slot{group: n / slotsPerGroup, index: n % slotsPerGroup}
}

func (s slot) String() string { return strconv.Itoa(s.group) + "." + strconv.Itoa(s.index) }

// The kinds of streams.
const (
	kindInbox    = "INBOX"
	kindJournal  = "JOURNAL"
	kindTimers   = "TIMERS"
	kindTasks    = "TASKS"
	kindRegistry = "REGISTRY"
	kindObjects  = "OBJECTS"
)

// The last token of an inbox subject.
const (
	startToken = "s"
	eventToken = "e"
)

// names makes the names of one namespace.
type names struct{ namespace, prefix string }

func newNames(namespace string) names {
	return names{namespace: namespace, prefix: "pawl." + namespace + "."}
}

func (n names) stream(kind string, shard int) string {
	return fmt.Sprintf("PAWL_%s_%s_%d", n.namespace, kind, shard)
}

func (n names) subject(tokens ...string) string { return n.prefix + strings.Join(tokens, ".") }

func (n names) inbox(queue, id, last string) string {
	return n.subject("i", slotOf(id).String(), token(queue), token(id), last)
}

func (n names) journal(id string) string { return n.subject("h", slotOf(id).String(), token(id)) }

func (n names) archive(id, runID string) string {
	return n.subject("ha", slotOf(id).String(), token(id), token(runID))
}

func (n names) alarm(id string, at time.Time) string {
	return n.subject("t", slotOf(id).String(), token(id), strconv.FormatInt(at.UnixNano(), 36))
}

func (n names) fired(queue, id string) string {
	return n.subject("f", slotOf(id).String(), token(queue), token(id))
}

func (n names) task(t store.Task) string {
	return n.subject("a", token(t.Queue), slotOf(t.ID).String(), token(t.ID), token(t.RunID), token(t.Op))
}

func (n names) beat(t store.Task) string {
	return n.subject("b", slotOf(t.ID).String(), token(t.ID), token(t.RunID), token(t.Op))
}

func (n names) entry(id string) string { return n.subject("x", slotOf(id).String(), token(id)) }

func (n names) object(name string) string { return n.subject("o", token(name)) }

// chunk takes ">" for the last token to mean all chunks of an upload.
func (n names) chunk(name, upload, last string) string {
	return n.subject("oc", token(name), upload, last)
}

func (n names) topic(topic string) string { return n.subject("n", token(topic)) }

func (n names) members(queue string) string { return n.subject("m", token(queue)) }

// inboxOf and firedOf match what one group of a queue receives, tasksOf what all workers of an activity queue do.
func (n names) inboxOf(queue string, group int) string {
	return n.subject("i", strconv.Itoa(group), "*", token(queue), ">")
}

func (n names) firedOf(queue string, group int) string {
	return n.subject("f", strconv.Itoa(group), "*", token(queue), ">")
}

func (n names) tasksOf(queue string) string { return n.subject("a", token(queue), ">") }

// foreignError says that a message has a subject that the store does not write: somebody published it by hand.
type foreignError struct{ subject string }

func (e *foreignError) Error() string {
	return fmt.Sprintf("%s is no subject of Pawl's: publish through a client", e.subject)
}

// parseInbox, parseFired, parseTask, parseEntry and parseObject undo inbox, fired, task, entry and object. They take
// only what those would write, so that each message is found under the name that it was read as.

func (n names) parseInbox(subject string) (queue, id, last string, err error) {
	tokens, err := n.parse(subject, 5) // group, slot, queue, id, start or event
	if err != nil {
		return "", "", "", err
	}
	queue, id, last = tokens[2], tokens[3], tokens[4]
	if last != startToken && last != eventToken {
		return "", "", "", &foreignError{subject}
	}
	return queue, id, last, written(subject, n.inbox(queue, id, last))
}

func (n names) parseFired(subject string) (queue, id string, err error) {
	tokens, err := n.parse(subject, 4) // group, slot, queue, id
	if err != nil {
		return "", "", err
	}
	queue, id = tokens[2], tokens[3]
	return queue, id, written(subject, n.fired(queue, id))
}

func (n names) parseTask(subject string) (store.Task, error) {
	tokens, err := n.parse(subject, 6) // queue, group, slot, id, run, operation
	if err != nil {
		return store.Task{}, err
	}
	t := store.Task{Queue: tokens[0], ID: tokens[3], RunID: tokens[4], Op: tokens[5]}
	return t, written(subject, n.task(t))
}

func (n names) parseEntry(subject string) (id string, err error) {
	tokens, err := n.parse(subject, 3) // group, slot, id
	if err != nil {
		return "", err
	}
	return tokens[2], written(subject, n.entry(tokens[2]))
}

func (n names) parseObject(subject string) (name string, err error) {
	tokens, err := n.parse(subject, 1)
	if err != nil {
		return "", err
	}
	return tokens[0], written(subject, n.object(tokens[0]))
}

// parse returns the tokens after the kind, as the user wrote them, if there are count of them.
func (n names) parse(subject string, count int) ([]string, error) {
	tokens := strings.Split(strings.TrimPrefix(subject, n.prefix), ".")[1:]
	if len(tokens) != count {
		return nil, &foreignError{subject}
	}
	for i, t := range tokens {
		tokens[i] = untoken(t)
	}
	return tokens, nil
}

// written fails unless subject is what the store writes.
func written(subject, want string) error {
	if subject != want {
		return &foreignError{subject}
	}
	return nil
}

// token writes any string as one token of a subject or as part of a consumer's name; untoken reads it back.
func token(s string) string {
	if plainToken(s) {
		return s
	}
	var b strings.Builder
	for i := range len(s) {
		if plain(s[i]) {
			b.WriteByte(s[i])
		} else {
			fmt.Fprintf(&b, "%%%02X", s[i])
		}
	}
	return b.String()
}

func untoken(t string) string {
	if !strings.Contains(t, "%") {
		return t
	}
	b := make([]byte, 0, len(t))
	for i := 0; i < len(t); i++ {
		if t[i] == '%' && i+2 < len(t) {
			if c, err := strconv.ParseUint(t[i+1:i+3], 16, 8); err == nil {
				b = append(b, byte(c))
				i += 2
				continue
			}
		}
		b = append(b, t[i])
	}
	return string(b)
}

func plainToken(s string) bool {
	for i := range len(s) {
		if !plain(s[i]) {
			return false
		}
	}
	return true
}

func plain(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '_'
}

// Limits in bytes. maxToken keeps the name of a consumer, which a queue's name becomes part of, within the server's 255.
const (
	maxName      = 255
	maxTopic     = 2 * maxName // holds any name and what the caller says about it
	maxToken     = 240
	maxNamespace = 64
)

func checkNamespace(ns string) error {
	if len(ns) > maxNamespace || !plainToken(ns) {
		return fmt.Errorf("namespace %q: use up to %d letters, digits, - and _", ns, maxNamespace)
	}
	return nil
}

func checkID(id string) error       { return checkName("workflow id", id) }
func checkRun(runID string) error   { return checkName("run id", runID) }
func checkTopic(topic string) error { return checkLength("topic", topic, maxTopic) }

func checkName(what, name string) error { return checkLength(what, name, maxName) }

func checkLength(what, name string, limit int) error {
	switch {
	case name == "":
		return fmt.Errorf("%s is empty", what)
	case len(name) > limit:
		return fmt.Errorf("%s %.40q… has %d bytes: use %d at most", what, name, len(name), limit)
	}
	return nil
}

func checkQueue(queue string) error {
	if len(token(queue)) > maxToken {
		return fmt.Errorf("queue %.40q… is too long: use %d letters, digits, - and _ at most; other bytes count three",
			queue, maxToken)
	}
	return checkName("queue", queue)
}

func checkAddress(queue, id string) error {
	if err := checkID(id); err != nil {
		return err
	}
	return checkQueue(queue)
}

func checkTask(t store.Task) error {
	if err := checkAddress(t.Queue, t.ID); err != nil {
		return err
	}
	if err := checkRun(t.RunID); err != nil {
		return err
	}
	return checkName("operation", t.Op)
}
