// Permissions that the server has refused. The server reports them apart from the request, which is simply not answered.

package natsstore

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"

	"github.com/nats-io/nats.go"
)

// denials remembers the subjects that the user may not publish to.
type denials struct {
	mu       sync.Mutex
	subjects map[string]bool
}

var deniedSubject = regexp.MustCompile(`(?i)violation for publish to "([^"]+)"`)

// note remembers the subject of a report of the server, if it is about a publish. It reports whether that is new.
func (d *denials) note(err error) (isNew bool) {
	found := deniedSubject.FindStringSubmatch(err.Error())
	if !errors.Is(err, nats.ErrPermissionViolation) || found == nil {
		return true
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	isNew = !d.subjects[found[1]]
	if d.subjects == nil {
		d.subjects = map[string]bool{}
	}
	if len(d.subjects) < maxDenials {
		d.subjects[found[1]] = true
	}
	return isNew
}

// maxDenials bounds the memory: some subjects contain workflow ids.
const maxDenials = 1000

// err returns why a request to subject is not answered, if it was refused, and forgets that: the permission may be granted
// later. A subject that ends with a dot includes all that begin with it.
func (d *denials) err(subject string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	for denied := range d.subjects {
		if denied == subject || strings.HasSuffix(subject, ".") && strings.HasPrefix(denied, subject) {
			delete(d.subjects, denied)
			return fmt.Errorf("%w: the NATS user may not publish to %s: docs/permissions.md lists what each role needs", nats.ErrPermissionViolation, denied)
		}
	}
	return nil
}
