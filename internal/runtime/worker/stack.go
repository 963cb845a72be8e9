package worker

import (
	"time"

	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/journal"
)

// This file tells where the coroutines of a run stand, if this worker has it in memory.

// stackQuery asks an actor for the coroutines of its run.
type stackQuery struct {
	runID  string
	answer chan<- *history.Stack // takes one answer without blocking
}

// listenForStacks answers questions about the runs of a queue that are in memory here.
func (w *Worker) listenForStacks(queue string) error {
	return w.subscribe(journal.StackTopic(queue), func(data []byte) []byte {
		req, err := history.UnmarshalStackRequest(data)
		if err != nil {
			return nil
		}
		if stack := w.stack(req); stack != nil {
			return stack.Marshal()
		}
		return nil
	})
}

// stack is where the coroutines of a run stand; nil if it is not here.
func (w *Worker) stack(req *history.StackRequest) *history.Stack {
	answer := make(chan *history.Stack, 1)
	w.mu.Lock()
	a, ok := w.actors[req.ID]
	if ok {
		w.put(a, mail{stack: &stackQuery{req.RunID, answer}})
	}
	w.mu.Unlock()
	if !ok {
		return nil
	}
	select {
	case stack := <-answer:
		return stack
	case <-time.After(askPatience):
		return w.blocked(req)
	}
}

// blocked is the stack of a run that does not give up its turn; nil if that is not so.
func (w *Worker) blocked(req *history.StackRequest) *history.Stack {
	lines := running(req.RunID)
	if len(lines) == 0 {
		return nil
	}
	return &history.Stack{Worker: w.opt.ID, Coroutines: []history.Coroutine{{Stack: lines}}}
}

// answerStack answers a query about the run in memory.
func (p *proposal) answerStack(q *stackQuery) {
	if p.x == nil || p.runID != q.runID {
		q.answer <- nil
		return
	}
	q.answer <- &history.Stack{Worker: p.w.opt.ID, Coroutines: p.x.Coroutines()}
}
