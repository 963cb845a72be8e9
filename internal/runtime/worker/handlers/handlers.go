// Package handlers holds what a worker can run, by name: the workflows and activities of its registrations, and the errors
// that they may return.
package handlers

import (
	"fmt"
	"slices"

	"github.com/pawlhq/pawl/internal/runtime/failures"
	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/runtime/abi"
)

// Handlers is what one worker can run. It does not change, so any goroutine may use it.
type Handlers struct {
	// Errors encodes and decodes the errors of all registrations.
	Errors *failures.Errors

	workflows  map[string]*abi.Workflow
	generators map[string]string // generator version by workflow name
	activities map[string]*abi.Handler
}

// New returns the handlers of registrations. It fails if two different workflows or activities have the same name.
func New(registrations []abi.Registration) (*Handlers, error) {
	h := &Handlers{workflows: map[string]*abi.Workflow{}, generators: map[string]string{}, activities: map[string]*abi.Handler{}}
	var named []failures.ErrorDef
	for _, m := range registrations {
		named = append(named, m.Errors...)
		for _, wf := range m.Workflows {
			if other, ok := h.workflows[wf.Name]; ok && other != wf {
				return nil, fmt.Errorf("two workflows are named %q, at %s and %s: rename one with name= on its directive", wf.Name, other.Pos, wf.Pos)
			}
			h.workflows[wf.Name], h.generators[wf.Name] = wf, m.Generator
		}
		for i := range m.Activities {
			a := &m.Activities[i]
			key := history.TaggedName(a.Activity.Name, a.Tag)
			if other, ok := h.activities[key]; ok && other.Activity != a.Activity {
				return nil, fmt.Errorf("two activities are named %q, at %s and %s: rename one with name= on its directive", key, other.Activity.Pos, a.Activity.Pos)
			}
			h.activities[key] = a
		}
	}
	h.Errors = failures.NewErrors(named...)
	return h, nil
}

// Workflow returns the workflow with the given name and the version of the generator that wrote its code. ok is false
// if no registration has it.
func (h *Handlers) Workflow(name string) (wf *abi.Workflow, generator string, ok bool) {
	wf, ok = h.workflows[name]
	return wf, h.generators[name], ok
}

// Activity returns the handler of an activity or step, or nil if no registration has it.
func (h *Handlers) Activity(name, tag string) *abi.Handler {
	return h.activities[history.TaggedName(name, tag)]
}

// WorkflowQueues lists the task queues of the workflows, sorted.
func (h *Handlers) WorkflowQueues() []string {
	var queues []string
	for _, wf := range h.workflows {
		queues = append(queues, wf.Queue)
	}
	return distinct(queues)
}

// ActivityQueues lists the task queues of the activities, sorted. Steps have no queue.
func (h *Handlers) ActivityQueues() []string {
	var queues []string
	for _, a := range h.activities {
		if !a.Activity.Step {
			queues = append(queues, a.Activity.Queue)
		}
	}
	return distinct(queues)
}

// Queue is what a worker runs on one task queue. Names are sorted.
type Queue struct {
	Name                  string
	Workflows, Activities []string
}

// Queues lists the task queues of the workflows and activities, sorted by name. Steps have no queue.
func (h *Handlers) Queues() (list []Queue) {
	for _, name := range distinct(append(h.WorkflowQueues(), h.ActivityQueues()...)) {
		q := Queue{Name: name}
		for _, wf := range h.workflows {
			if wf.Queue == name {
				q.Workflows = append(q.Workflows, wf.Name)
			}
		}
		for key, a := range h.activities {
			if !a.Activity.Step && a.Activity.Queue == name {
				q.Activities = append(q.Activities, key)
			}
		}
		slices.Sort(q.Workflows)
		slices.Sort(q.Activities)
		list = append(list, q)
	}
	return list
}

func distinct(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}
