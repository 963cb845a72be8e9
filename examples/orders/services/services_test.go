package services

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

func start(t *testing.T, trouble Trouble) *Services {
	t.Helper()
	s, err := Start(trouble)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func post(ctx context.Context, url, key, body string) (int, reply, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		return 0, reply{}, err
	}
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, reply{}, err
	}
	defer resp.Body.Close()
	var r reply
	err = json.NewDecoder(resp.Body).Decode(&r)
	return resp.StatusCode, r, err
}

func mustPost(t *testing.T, url, key, body string) (int, reply) {
	t.Helper()
	status, r, err := post(t.Context(), url, key, body)
	if err != nil {
		t.Fatal(err)
	}
	return status, r
}

func wantEffects(t *testing.T, s *Services, want string) {
	t.Helper()
	e, err := ReadEffects(t.Context(), s.URLs.Control)
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(e); got != want {
		t.Errorf("effects are %s, want %s", got, want)
	}
}

func TestOneEffectPerKey(t *testing.T) {
	s := start(t, Trouble{Admit: 1})
	charge := s.URLs.Payments + "/charge"
	first, answer := mustPost(t, charge, "k1", `{"order":"o1","cents":5}`)
	if first != http.StatusOK || answer.Reference == "" {
		t.Fatalf("first charge: %d %+v", first, answer)
	}
	if status, again := mustPost(t, charge, "k1", `{"order":"o1","cents":5}`); status != first || again != answer {
		t.Errorf("repeated charge: %d %+v, want %d %+v", status, again, first, answer)
	}
	wantEffects(t, s, "map[o1:map[charge:1]]")

	mustPost(t, charge, "k2", `{"order":"o1","cents":5}`)
	mustPost(t, s.URLs.Payments+"/refund", "k3", `{"order":"o1"}`)
	wantEffects(t, s, "map[o1:map[charge:2 refund:1]]")
}

func TestOneEffectPerKeyUnderARace(t *testing.T) {
	s := start(t, Trouble{Admit: 1})
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if status, _, err := post(t.Context(), s.URLs.Payments+"/charge", "k", `{"order":"o1"}`); status != http.StatusOK {
				t.Error(status, err)
			}
		})
	}
	wg.Wait()
	wantEffects(t, s, "map[o1:map[charge:1]]")
}

func TestBadRequestsHaveNoEffect(t *testing.T) {
	s := start(t, Trouble{Admit: 1})
	mustPost(t, s.URLs.Payments+"/charge", "taken", `{"order":"o1"}`)
	for _, c := range []struct {
		name, url, key, body string
		want                 int
	}{
		{"no key", s.URLs.Payments + "/charge", "", `{"order":"o2"}`, http.StatusBadRequest},
		{"no order", s.URLs.Payments + "/charge", "k", `{}`, http.StatusBadRequest},
		{"no JSON", s.URLs.Payments + "/charge", "k", `order o2`, http.StatusBadRequest},
		{"key of another order", s.URLs.Payments + "/charge", "taken", `{"order":"o2"}`, http.StatusConflict},
		{"key of another action", s.URLs.Payments + "/refund", "taken", `{"order":"o1"}`, http.StatusConflict},
	} {
		t.Run(c.name, func(t *testing.T) {
			if status, r := mustPost(t, c.url, c.key, c.body); status != c.want || r.Error == "" {
				t.Errorf("got %d %+v, want %d and a reason", status, r, c.want)
			}
		})
	}
	wantEffects(t, s, "map[o1:map[charge:1]]")
}

func TestSlowPaymentsAreMadeBeforeTheyAreAnswered(t *testing.T) {
	s := start(t, Trouble{Admit: 1, Latency: time.Hour})
	ctx, cancel := context.WithCancel(t.Context())
	answered := make(chan error, 1)
	go func() {
		_, _, err := post(ctx, s.URLs.Payments+"/charge", "k", `{"order":"o1"}`)
		answered <- err
	}()
	for made := 0; made == 0; {
		e, err := ReadEffects(ctx, s.URLs.Control)
		if err != nil {
			t.Fatal(err)
		}
		made = e["o1"]["charge"]
	}
	cancel()
	if err := <-answered; !errors.Is(err, context.Canceled) {
		t.Errorf("the charge was answered: %v", err)
	}
}

func TestWarehouseLimitsItsRate(t *testing.T) {
	s := start(t, Trouble{Admit: 4})
	var got []int
	for range 8 {
		status, _ := mustPost(t, s.URLs.Warehouse+"/reserve", "k", `{"order":"o1"}`)
		got = append(got, status)
	}
	if fmt.Sprint(got) != "[429 429 429 200 429 429 429 200]" {
		t.Errorf("answers were %v", got)
	}
	wantEffects(t, s, "map[o1:map[reserve:1]]")
}

func TestCarrierHangsThenRefusesThenComesBack(t *testing.T) {
	s := start(t, Trouble{Admit: 1, Hang: 100 * time.Millisecond, Refuse: 100 * time.Millisecond})
	ship := func() (int, error) {
		status, _, err := post(t.Context(), s.URLs.Carrier+"/ship", "k", `{"order":"o1"}`)
		return status, err
	}

	began := time.Now()
	status, err := ship()
	if err == nil || time.Since(began) < 100*time.Millisecond {
		t.Fatalf("the hanging carrier answered %d (%v) after %v", status, err, time.Since(began))
	}
	wantEffects(t, s, "map[o1:map[ship:1]]")

	refused := 0
	for status != http.StatusOK {
		if status, err = ship(); errors.Is(err, syscall.ECONNREFUSED) {
			refused++
		}
		if time.Since(began) > 10*time.Second {
			t.Fatalf("the carrier did not come back: %v", err)
		}
	}
	if refused == 0 {
		t.Error("the carrier never refused a connection")
	}
	wantEffects(t, s, "map[o1:map[ship:1]]")
}

func TestCarrierRefusesPianosForGood(t *testing.T) {
	s := start(t, Trouble{Admit: 1})
	status := 0
	for began := time.Now(); status == 0 && time.Since(began) < 10*time.Second; {
		status, _, _ = post(t.Context(), s.URLs.Carrier+"/ship", "k", `{"order":"o1","item":"piano"}`)
	}
	if status != http.StatusUnprocessableEntity {
		t.Errorf("a piano was answered with %d", status)
	}
	wantEffects(t, s, "map[]")
}
