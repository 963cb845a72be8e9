// Tests of the options at their extremes: each value works, or is refused where it is given.

package pawl_test

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/pawlhq/pawl"
	"github.com/pawlhq/pawl/internal/runtime/store/memstore"
	"github.com/pawlhq/pawl/internal/runtime/tuning"
	"github.com/pawlhq/pawl/runtime/codec"
)

// named is a transform, and a serializer, with a name.
type named string

func (n named) Name() string                     { return string(n) }
func (named) Seal(data []byte) ([]byte, error)   { return data, nil }
func (named) Open(data []byte) ([]byte, error)   { return data, nil }
func (named) Marshal(any) ([]byte, error)        { return nil, nil }
func (named) Unmarshal(data []byte, v any) error { return nil }

func TestOptionsThatAreRefused(t *testing.T) {
	for name, opt := range map[string]pawl.Option{
		"WithReplicas":     pawl.WithReplicas(0),
		"WithConn":         pawl.WithConn(nil),
		"WithClaimCheck":   pawl.WithClaimCheck(0),
		"WithWorkerID":     pawl.WithWorkerID(strings.Repeat("w", 256)),
		"WithConcurrency":  pawl.WithConcurrency(-1),
		"WithCacheSize":    pawl.WithCacheSize(0),
		"WithDrainTimeout": pawl.WithDrainTimeout(-1),
		"WithTransforms":   pawl.WithTransforms(nil),
		"name":             pawl.WithTransforms(named("")),
		"separator":        pawl.WithTransforms(named("a+b")),
		"twice":            pawl.WithTransforms(named("a"), named("b"), named("a")),
		"namespace":        pawl.WithNamespace("a.b"),
	} {
		if c, err := pawl.Connect(t.Context(), natsServer(t), opt); err == nil {
			c.Close()
			t.Errorf("%s was accepted", name)
		} else if strings.HasPrefix(name, "With") && !strings.HasPrefix(err.Error(), name+": ") {
			t.Errorf("%s: %v", name, err)
		}
	}
	// A client of another store has the error, too.
	c, _ := pawl.NewClient(memstore.New().Open(), tuning.Tuning{}, pawl.WithTransforms(nil), pawl.WithConcurrency(0))
	defer c.Close()
	reg := echo()
	if err := c.Work(t.Context(), reg); err == nil || !strings.Contains(err.Error(), "WithConcurrency") || !strings.Contains(err.Error(), "WithTransforms") {
		t.Errorf("Work: %v", err)
	}
	if _, err := c.Start(t.Context(), reg.Workflows[0], "a", []any{"x"}); err == nil {
		t.Error("Start works with a transform that is nil")
	}
}

func TestOptionsAtTheirExtremes(t *testing.T) {
	for name, opts := range map[string][]pawl.Option{
		"nil":      {nil, pawl.WithLogger(nil), pawl.WithTransforms()},
		"smallest": {pawl.WithClaimCheck(1), pawl.WithConcurrency(1), pawl.WithCacheSize(1), pawl.WithDrainTimeout(0), pawl.WithWorkerID("")},
		"largest": {
			pawl.WithClaimCheck(math.MaxInt), pawl.WithConcurrency(math.MaxInt), pawl.WithCacheSize(math.MaxInt), pawl.WithDrainTimeout(math.MaxInt64),
			pawl.WithWorkerID(strings.Repeat("ж. *>", 36)), pawl.WithNATS(nats.Timeout(time.Minute)),
		},
	} {
		t.Run(name, func(t *testing.T) {
			h, call := activity(func(_ context.Context, in string) (string, error) { return in, nil })
			reg := workflow(call, h)
			c, err := pawl.Connect(t.Context(), natsServer(t), opts...)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			ctx, stop := context.WithCancel(context.Background())
			ended := make(chan error, 1)
			go func() { ended <- c.Work(ctx, reg) }()
			for _, size := range []int{1, 300 << 10, 3 << 20} {
				run, err := c.Start(t.Context(), reg.Workflows[0], "", []any{strings.Repeat("x", size)})
				if err != nil {
					t.Fatal(err)
				}
				waiting, cancel := context.WithTimeout(t.Context(), 30*time.Second)
				var out string
				if err := run.Wait(waiting, &out); err != nil || len(out) != size {
					t.Errorf("%d bytes: %d bytes, %v", size, len(out), err)
				}
				cancel()
			}
			stop()
			if err := <-ended; err != nil {
				t.Error(err)
			}
		})
	}
}

func TestStartsThatAreRefused(t *testing.T) {
	bubble(t, echo(), func(e *engine) {
		long := strings.Repeat("x", 256)
		for name, test := range map[string]struct {
			id  string
			opt pawl.StartOption
		}{
			"long id":             {long, nil},
			"id is not UTF-8":     {"\xff", nil},
			"negative timeout":    {"a", pawl.RunTimeout(-1)},
			"no retention":        {"a", pawl.RunRetention(0)},
			"negative retention":  {"a", pawl.RunRetention(math.MinInt64)},
			"no queue":            {"a", pawl.RunQueue("")},
			"long queue":          {"a", pawl.RunQueue(long)},
			"long request id":     {"a", pawl.RequestID(long)},
			"bad conflict policy": {"a", pawl.OnConflict(99)},
			"bad reuse policy":    {"a", pawl.OnReuse(-1)},
			"no dedup id":         {"a", pawl.SignalWithStart(e.reg.Workflows[0], "s", 1, pawl.DedupID(""))},
			"long dedup id":       {"a", pawl.SignalWithStart(e.reg.Workflows[0], "s", 1, pawl.DedupID(long))},
			"long update id":      {"a", pawl.UpdateWithStart(e.reg.Workflows[0], "u", 1, pawl.UpdateID(long))},
			"unknown signal":      {"a", pawl.SignalWithStart(e.reg.Workflows[0], "s", 1)},
		} {
			if _, err := e.Start(context.Background(), e.reg.Workflows[0], test.id, []any{"x"}, test.opt); err == nil {
				t.Errorf("%s was accepted", name)
			}
		}
		run := e.start("a", "x")
		e.result(run)
		for _, err := range []error{run.Cancel(context.Background(), strings.Repeat("x", 1<<20)), run.Terminate(context.Background(), "")} {
			if !errors.Is(err, pawl.ErrNotFound) {
				t.Errorf("a run that has closed: %v", err)
			}
		}
	})
	bubble(t, sleeper(), func(e *engine) {
		run := e.start("a", "1h")
		synctest.Wait()
		if err := run.Cancel(context.Background(), strings.Repeat("x", 1<<20)); err == nil || !strings.Contains(err.Error(), "limit") {
			t.Errorf("a reason of a megabyte: %v", err)
		}
	})
}

func TestCodecsThatAreRefused(t *testing.T) {
	for _, s := range []codec.Serializer{nil, named(""), named("json"), named("a+b"), named(strings.Repeat("x", 65))} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("serializer %v was registered", s)
				}
			}()
			pawl.RegisterCodec(s)
		}()
	}
}
