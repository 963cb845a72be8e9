// One company as its customers see it: a few actions over HTTP, each made once per idempotency key.

package services

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
)

const statusDone = http.StatusOK

// order is the part of every request that the companies look at.
type order struct {
	Order string `json:"order"`
	Item  string `json:"item,omitempty"`
}

// reply is the body of every answer.
type reply struct {
	Reference string `json:"reference,omitempty"` // the company's own number for what it did
	Error     string `json:"error,omitempty"`
}

// company is one business: what it can do, and its books.
type company struct {
	name   string
	ledger *ledger
	refuse func(order) string // why it will never serve this order; empty if it will
}

func newCompany(name string) *company {
	return &company{name: name, ledger: newLedger(), refuse: func(order) string { return "" }}
}

// handler serves POST /<action> for each of actions.
func (c *company) handler(actions ...string) http.Handler {
	mux := http.NewServeMux()
	for _, action := range actions {
		mux.HandleFunc("POST /"+action, func(w http.ResponseWriter, r *http.Request) {
			write(w, c.act(action, r))
		})
	}
	return mux
}

// act does what r asks for, unless it was done before.
func (c *company) act(action string, r *http.Request) answer {
	key := r.Header.Get("Idempotency-Key")
	if key == "" {
		return failure(http.StatusBadRequest, "no Idempotency-Key header")
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return failure(http.StatusBadRequest, err.Error())
	}
	var o order
	if err := json.Unmarshal(body, &o); err != nil || o.Order == "" {
		return failure(http.StatusBadRequest, "no order in the request")
	}
	return c.ledger.once(key, action+string(body), o.Order, action, func() answer {
		if why := c.refuse(o); why != "" {
			return failure(http.StatusUnprocessableEntity, why)
		}
		return answer{statusDone, reply{Reference: c.name + "-" + action + "-" + o.Order}}
	})
}

func failure(status int, why string) answer { return answer{status, reply{Error: why}} }

func conflict(key string) answer {
	return failure(http.StatusConflict, fmt.Sprintf("idempotency key %q was used for another request", key))
}

func write(w http.ResponseWriter, a answer) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(a.status)
	json.NewEncoder(w).Encode(a.body)
}
