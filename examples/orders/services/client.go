// How the example reads the companies' books.

package services

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
)

// ReadEffects asks Control at base URL control for everything that the companies have done so far.
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
