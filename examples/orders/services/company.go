// One supplier: a few actions over HTTP, each performed once per idempotency key.

package services

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
)

const statusDone = http.StatusOK

// order is the part of each request that the suppliers read.
type order struct {
	Order string `json:"order"`
	Item  string `json:"item,omitempty"`
}

// reply is the body of each response.
type reply struct {
	Reference string `json:"reference,omitempty"` // the supplier's reference number for the action
	Error     string `json:"error,omitempty"`
}

// company is one supplier.
type company struct {
	name   string
	ledger *ledger
	refuse func(order) string // why this order is refused; empty if it is not
}

func newCompany(name string) *company {
	return &company{name: name, ledger: newLedger(), refuse: func(order) string { return "" }}
}

// handler serves POST /ACTION for each action.
func (c *company) handler(actions ...string) http.Handler {
	mux := http.NewServeMux()
	for _, action := range actions {
		mux.HandleFunc("POST /"+action, func(w http.ResponseWriter, r *http.Request) {
			write(w, c.act(action, r))
		})
	}
	return mux
}

// act performs the action that r asks for, unless it was performed before.
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
