// Names of subjects, streams and consumers, made from workflow ids, queues and runs.

package natsstore

import (
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/store"
)

// A workflow id belongs to a slot by its hash. One worker at a time owns a group of slots. Both numbers are part of every
// stored subject and must never change.
const (
	slotsPerGroup = 128
	groups        = 8
)

// slot is the slot of a workflow id.
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
	kindInbox      = "INBOX"
	kindJournal    = "JOURNAL"
	kindTimers     = "TIMERS"
	kindTasks      = "TASKS"
	kindAttempts   = "ATTEMPTS"
	kindVisibility = "VISIBILITY"
	kindObjects    = "OBJECTS"
)

// The last token of an inbox subject.
const (
	startToken   = "s"
	controlToken = "c" // what clients send to a run
	outcomeToken = "o"
)

// names returns the names used in one namespace.
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

// archive returns the subject of the closed run that a request began. An empty request or run matches all.
func (n names) archive(id, request, runID string) string {
	return n.subject("ha", slotOf(id).String(), token(id), tokenOrAny(request), tokenOrAny(runID))
}

func tokenOrAny(s string) string {
	if s == "" {
		return "*"
	}
	return token(s)
}

func (n names) timer(id string, at time.Time) string {
	return n.subject("t", slotOf(id).String(), token(id), strconv.FormatInt(at.UnixNano(), 36))
}

func (n names) fired(queue, id string) string {
	return n.subject("f", slotOf(id).String(), token(queue), token(id))
}

func (n names) task(t store.Task) string {
	return n.subject("a", token(t.Queue), slotOf(t.ID).String(), token(t.ID), token(t.RunID), token(t.Op))
}

func (n names) taskState(t store.Task) string {
	return n.subject("b", slotOf(t.ID).String(), token(t.ID), token(t.RunID), token(t.Op))
}

func (n names) entry(id string) string { return n.subject("x", slotOf(id).String(), token(id)) }

func (n names) object(name string) string { return n.subject("o", token(name)) }

// chunk returns the subject of a chunk. If last is ">", it matches all chunks of the upload.
func (n names) chunk(name, upload, last string) string {
	return n.subject("oc", token(name), upload, last)
}

// topic returns the subject of a topic of the bus. What precedes the first dot is a token of its own, so that a permission can
// select it.
func (n names) topic(topic string) string {
	if kind, rest, _ := strings.Cut(topic, "."); kind != "" && rest != "" {
		return n.subject("n", token(kind), token(rest))
	}
	return n.subject("n", token(topic))
}

func (n names) members(queue string) string { return n.subject("m", token(queue)) }

// inboxOf and firedOf match what is delivered to one group of a queue, tasksOf what is delivered to all workers of a queue.
func (n names) inboxOf(queue, group string) string {
	return n.subject("i", group, "*", token(queue), ">")
}

func (n names) firedOf(queue, group string) string {
	return n.subject("f", group, "*", token(queue), ">")
}

func (n names) tasksOf(queue string) string { return n.subject("a", token(queue), ">") }

// subjectError says that a message has a subject that the store does not use.
type subjectError struct{ subject string }

func (e *subjectError) Error() string {
	return fmt.Sprintf("subject %s is not used by Pawl: send messages with a Pawl client", e.subject)
}

// parseInbox, parseFired, parseTask, parseEntry and parseObject reverse inbox, fired, task, entry and object. They accept
// only subjects that those return, so that a message can be found again under the name that was parsed.

func (n names) parseInbox(subject string) (queue, id, last string, err error) {
	tokens, err := n.parse(subject, 5) // group, slot, queue, id, kind of message
	if err != nil {
		return "", "", "", err
	}
	queue, id, last = tokens[2], tokens[3], tokens[4]
	if last != startToken && last != controlToken && last != outcomeToken {
		return "", "", "", &subjectError{subject}
	}
	return queue, id, last, checkSubject(subject, n.inbox(queue, id, last))
}

func (n names) parseFired(subject string) (queue, id string, err error) {
	tokens, err := n.parse(subject, 4) // group, slot, queue, id
	if err != nil {
		return "", "", err
	}
	queue, id = tokens[2], tokens[3]
	return queue, id, checkSubject(subject, n.fired(queue, id))
}

func (n names) parseTask(subject string) (store.Task, error) {
	tokens, err := n.parse(subject, 6) // queue, group, slot, id, run, operation
	if err != nil {
		return store.Task{}, err
	}
	t := store.Task{Queue: tokens[0], ID: tokens[3], RunID: tokens[4], Op: tokens[5]}
	return t, checkSubject(subject, n.task(t))
}

func (n names) parseEntry(subject string) (id string, err error) {
	tokens, err := n.parse(subject, 3) // group, slot, id
	if err != nil {
		return "", err
	}
	return tokens[2], checkSubject(subject, n.entry(tokens[2]))
}

func (n names) parseObject(subject string) (name string, err error) {
	tokens, err := n.parse(subject, 1)
	if err != nil {
		return "", err
	}
	return tokens[0], checkSubject(subject, n.object(tokens[0]))
}

// parse returns the unescaped tokens after the kind. It fails unless there are count of them.
func (n names) parse(subject string, count int) ([]string, error) {
	tokens := strings.Split(strings.TrimPrefix(subject, n.prefix), ".")[1:]
	if len(tokens) != count {
		return nil, &subjectError{subject}
	}
	for i, t := range tokens {
		tokens[i] = untoken(t)
	}
	return tokens, nil
}

// checkSubject fails unless subject is want.
func checkSubject(subject, want string) error {
	if subject != want {
		return &subjectError{subject}
	}
	return nil
}

// token escapes any string to be one token of a subject or part of a consumer's name. untoken reverses it.
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

// Limits in bytes. maxToken keeps the name of a consumer, which contains the name of a queue, within the server's 255.
const (
	maxName      = 255
	maxTopic     = 2 * maxName // room for any name and a prefix
	maxToken     = 240
	maxNamespace = 64
)

func checkNamespace(ns string) error {
	if len(ns) > maxNamespace || !plainToken(ns) {
		return fmt.Errorf("invalid namespace %q: use at most %d letters, digits, - and _", ns, maxNamespace)
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
		return fmt.Errorf("%s %.40q… has %d bytes: use at most %d", what, name, len(name), limit)
	}
	return nil
}

func checkQueue(queue string) error {
	if len(token(queue)) > maxToken {
		return fmt.Errorf("queue name %.40q… is too long: use at most %d letters, digits, - and _ (other bytes count as three)",
			queue, maxToken)
	}
	return checkName("queue name", queue)
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
