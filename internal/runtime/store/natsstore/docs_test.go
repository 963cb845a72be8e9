package natsstore

import (
	"os"
	"strings"
	"testing"

	"github.com/pawlhq/pawl/internal/runtime/store"
)

// TestNamesAreDocumented: docs/history.md names streams and subjects as they are.
func TestNamesAreDocumented(t *testing.T) {
	doc, err := os.ReadFile("../../../../docs/history.md")
	if err != nil {
		t.Fatal(err)
	}
	n := newNames("NS")
	task := store.Task{Queue: "QUEUE", ID: "ID", RunID: "RUN", Op: "OP"}
	placeholders := strings.NewReplacer(
		".NS.", ".<namespace>.", "_NS_", "_<namespace>_", "."+slotOf("ID").String(), ".<slot>", "ID", "<id>", "REQUEST", "<request>", "RUN", "<run id>", "QUEUE", "<queue>",
		"OP", "<operation>", "NAME", "<name>", "UPLOAD", "<upload>",
	)
	for _, name := range []string{
		strings.TrimSuffix(n.stream(kindJournal, 0), "0") + "<shard>",
		n.journal("ID"), n.archive("ID", "REQUEST", "RUN"), n.inbox("QUEUE", "ID", startToken), n.task(task), n.taskState(task), n.entry("ID"),
		n.object("NAME"), n.chunk("NAME", "UPLOAD", "<n>"),
	} {
		if want := "`" + placeholders.Replace(name) + "`"; !strings.Contains(string(doc), want) {
			t.Errorf("docs/history.md does not mention %s", want)
		}
	}
	for _, kind := range []string{kindInbox, kindTasks, kindVisibility} {
		if want := "`…_" + kind + "_<shard>`"; !strings.Contains(string(doc), want) {
			t.Errorf("docs/history.md does not mention %s", want)
		}
	}
	if !strings.Contains(string(doc), "`…_"+kindObjects+"_0`") {
		t.Error("docs/history.md does not mention the stream of objects")
	}
}
