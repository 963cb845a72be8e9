package worker

import (
	"fmt"
	"slices"

	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/runtime/abi"
	"github.com/pawlhq/pawl/runtime/codec"
)

// registry is what this worker can run, by name.
type registry struct {
	workflows  map[string]*abi.Workflow
	generators map[string]string // workflow name to generator version
	handlers   map[string]*abi.Handler
	errors     *codec.Errors
}

func newRegistry(registrations []abi.Registration) (*registry, error) {
	r := &registry{workflows: map[string]*abi.Workflow{}, generators: map[string]string{}, handlers: map[string]*abi.Handler{}}
	var named []codec.ErrorDef
	for _, m := range registrations {
		named = append(named, m.Errors...)
		for _, wf := range m.Workflows {
			if other, ok := r.workflows[wf.Name]; ok && other != wf {
				return nil, fmt.Errorf("two workflows are named %q, at %s and %s: give one of them name=", wf.Name, other.Pos, wf.Pos)
			}
			r.workflows[wf.Name], r.generators[wf.Name] = wf, m.Generator
		}
		for i := range m.Activities {
			h := &m.Activities[i]
			key := history.TaggedName(h.Activity.Name, h.Tag)
			if other, ok := r.handlers[key]; ok && other.Activity != h.Activity {
				return nil, fmt.Errorf("two activities are named %q, at %s and %s: give one of them name=", key, other.Activity.Pos, h.Activity.Pos)
			}
			r.handlers[key] = h
		}
	}
	r.errors = codec.NewErrors(named...)
	return r, nil
}

func (r *registry) handler(name, tag string) *abi.Handler {
	return r.handlers[history.TaggedName(name, tag)]
}

func (r *registry) workflowQueues() []string {
	var queues []string
	for _, wf := range r.workflows {
		queues = append(queues, wf.Queue)
	}
	return distinct(queues)
}

func (r *registry) activityQueues() []string {
	var queues []string
	for _, h := range r.handlers {
		if !h.Activity.Step {
			queues = append(queues, h.Activity.Queue)
		}
	}
	return distinct(queues)
}

func distinct(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}
