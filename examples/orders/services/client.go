// The client for the suppliers' counters.

package services

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
)

// ReadEffects returns everything that the suppliers have done so far. control is the base URL of the Control server.
func ReadEffects(ctx context.Context, control string) (Effects, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, control+"/effects", nil)
	if err != nil {
		return nil, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, fmt.Errorf("read effects: %w", err)
	}
	defer resp.Body.Close()
	var e Effects
	if err := json.NewDecoder(resp.Body).Decode(&e); err != nil {
		return nil, fmt.Errorf("read effects: %s: %w", resp.Status, err)
	}
	return e, nil
}
