package embed_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/pawlhq/pawl/internal/runtime/store"
	"github.com/pawlhq/pawl/internal/runtime/store/natsstore"
)

// The store works on a cluster of three servers with replicas, batches and elections.
func TestCluster(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a cluster")
	}
	servers := cluster(t, 3)
	open := func() *natsstore.Store {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		s, err := natsstore.Connect(ctx, natsstore.Options{URL: servers[0].ClientURL(), Namespace: "test", Replicas: 3})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		return s
	}
	a, b := open(), open()
	t.Run("one writer wins each append", func(t *testing.T) { race(t, a, b) })
	t.Run("many writers share batches", func(t *testing.T) { appendConcurrently(t, a) })
	t.Run("the message of a wake-up is pending", func(t *testing.T) { wake(t, a, b) })
	t.Run("a server fails", func(t *testing.T) {
		servers[2].Shutdown()
		appendConcurrently(t, b)
	})
}

func cluster(t *testing.T, n int) (servers []*server.Server) {
	ports := freePorts(t, n)
	var routes []string
	for _, port := range ports {
		routes = append(routes, fmt.Sprint("nats://127.0.0.1:", port))
	}
	for i, port := range ports {
		s, err := server.NewServer(&server.Options{
			ServerName: fmt.Sprint("s", i), Host: "127.0.0.1", Port: server.RANDOM_PORT, NoSigs: true, NoLog: true,
			JetStream: true, StoreDir: t.TempDir(),
			Cluster: server.ClusterOpts{Name: "c", Host: "127.0.0.1", Port: port},
			Routes:  server.RoutesFromStr(strings.Join(routes, ",")),
		})
		if err != nil {
			t.Fatal(err)
		}
		go s.Start()
		t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
		servers = append(servers, s)
	}
	for _, s := range servers {
		if !s.ReadyForConnections(10 * time.Second) {
			t.Fatal("a server has not started")
		}
	}
	return servers
}

// freePorts returns ports that were free a moment ago. The servers of a cluster must know each other's ports before they start.
func freePorts(t *testing.T, n int) (ports []int) {
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	return ports
}

// race has two stores append to one journal, each after the last record it has loaded.
func race(t *testing.T, stores ...store.Store) {
	const each = 30
	var wg sync.WaitGroup
	for writer, s := range stores {
		wg.Go(func() {
			for i := 0; i < each; {
				prev, first := store.Seq(0), store.Seq(0)
				if run, err := s.Load(t.Context(), "raced"); err == nil {
					prev, first = run[len(run)-1].Seq, run[0].Seq
				} else if !errors.Is(err, store.ErrNotFound) {
					t.Error(err)
					return
				}
				_, err := s.Append(t.Context(), "raced", prev, store.Record{RunID: "r", CommitID: fmt.Sprint(writer, "/", i), First: first})
				if _, conflict := errors.AsType[*store.ConflictError](err); conflict {
					continue
				}
				if err != nil {
					t.Error(err)
					return
				}
				i++
			}
		})
	}
	wg.Wait()
	run, err := stores[0].Load(t.Context(), "raced")
	if err != nil || len(run) != each*len(stores) {
		t.Errorf("%d records, want %d (%v)", len(run), each*len(stores), err)
	}
}

// appendConcurrently has many writers append to journals of their own, and reads each record right after.
func appendConcurrently(t *testing.T, s store.Store) {
	var wg sync.WaitGroup
	for w := range 100 {
		wg.Go(func() {
			id := fmt.Sprint(t.Name(), w)
			var prev, first store.Seq
			for i := range 5 {
				seq, err := s.Append(t.Context(), id, prev, store.Record{RunID: "r", CommitID: fmt.Sprint(id, i), First: first})
				if err != nil {
					t.Error(err)
					return
				}
				if prev = seq; first == 0 {
					first = seq
				}
				run, err := s.Load(t.Context(), id)
				if err != nil || len(run) != i+1 || run[i].Seq != seq {
					t.Errorf("after append %d with sequence %d: loaded %+v (%v)", i, seq, run, err)
				}
			}
		})
	}
	wg.Wait()
}

// wake sends messages through one store, and reads them through the other when it gets the wake-up.
func wake(t *testing.T, from, to store.Store) {
	woken := make(chan store.Wakeup, 100)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	err := to.Receive(ctx, store.ReceiveOptions{Queue: "q", Worker: "a", Handler: func(w store.Wakeup) { woken <- w }})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 50 {
		if err := from.Send(ctx, store.Message{Queue: "q", ID: "w", DedupID: fmt.Sprint(i)}); err != nil {
			t.Fatal(err)
		}
		select {
		case w := <-woken:
			all, err := to.Pending(ctx, "q", "w")
			if err != nil || len(all) == 0 || all[len(all)-1].Seq != w.Seq {
				t.Errorf("wake-up by message %d, but pending: %+v (%v)", w.Seq, all, err)
			}
			w.Ack()
		case <-time.After(20 * time.Second):
			t.Fatalf("no wake-up for message %d", i)
		}
	}
}
