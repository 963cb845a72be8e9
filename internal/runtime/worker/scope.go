// What a worker runs: it is checked and logged when the worker starts, because work that no worker takes waits in silence.

package worker

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"github.com/pawlhq/pawl/internal/runtime/worker/handlers"
	"github.com/pawlhq/pawl/runtime/abi"
)

// checkScope fails if there is nothing to run.
func checkScope(registrations []abi.Registration) error {
	if len(registrations) == 0 {
		return errors.New("a worker needs something to run: pass the PawlRegistration of each package to Work")
	}
	for _, r := range registrations {
		if len(r.Workflows)+len(r.Activities) == 0 {
			return fmt.Errorf("nothing of package %s can run: pass receivers that are not nil to its PawlRegistration (%s)", r.Package, strings.Join(short(r.Omitted), ", "))
		}
	}
	return nil
}

// logScope logs what the worker runs on each task queue, and what it does not run.
func logScope(log *slog.Logger, id string, known *handlers.Handlers, registrations []abi.Registration) {
	for _, q := range known.Queues() {
		log.Info("worker takes work", "worker", id, "queue", q.Name, "workflows", strings.Join(short(q.Workflows), ","), "activities", strings.Join(short(q.Activities), ","))
	}
	for _, r := range registrations {
		if len(r.Omitted) > 0 {
			log.Warn("worker does not run all of a package, because receivers are nil; another worker must", "worker", id, "package", r.Package, "not", strings.Join(short(r.Omitted), ","))
		}
	}
}

// short returns names with only the last element of their package paths.
func short(names []string) []string {
	list := make([]string, len(names))
	for i, name := range names {
		list[i] = name[strings.LastIndexByte(name, '/')+1:]
	}
	return list
}
