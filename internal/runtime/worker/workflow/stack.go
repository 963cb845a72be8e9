// This file shows where the coroutines of a run are, if this worker has the run in memory.

package workflow

import (
	"time"

	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/journal"
	"github.com/pawlhq/pawl/internal/runtime/worker/activity"
)

// AnswerForStacks answers questions about the runs of a queue that are in memory here, as long as the process lives.
func (rs *Runs) AnswerForStacks(queue string) error {
	return rs.Subscribe(journal.StackTopic(queue), func(data []byte) []byte {
		req, err := history.UnmarshalStackRequest(data)
		if err != nil {
			return nil
		}
		if stack := rs.stack(req); stack != nil {
			return stack.Marshal()
		}
		return nil
	})
}

// stack returns where the coroutines of a run are, or nil if the run is not in memory.
func (rs *Runs) stack(req *history.StackRequest) *history.Stack {
	answer := make(chan *history.Stack, 1)
	if !rs.send(req.ID, message{stack: &stackQuery{req.RunID, answer}}) {
		return nil
	}
	select {
	case stack := <-answer:
		return stack
	case <-time.After(activity.AnswerTime):
		return rs.blockedStack(req)
	}
}

// blockedStack returns the stack of a run that does not give up its turn, or nil if it waits.
func (rs *Runs) blockedStack(req *history.StackRequest) *history.Stack {
	lines := blockedAt(req.RunID)
	if len(lines) == 0 {
		return nil
	}
	return &history.Stack{Worker: rs.ID, Coroutines: []history.Coroutine{{Stack: lines}}}
}
