// The processes of one test: a server, workers, and a proxy between each worker and the server.

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"sync"
	"syscall"
	"time"
)

// world holds the processes. Faults act on it.
type world struct {
	log       *eventLog
	server    *process
	serverURL string
	workers   []*process
	proxies   []*proxy // one for each worker
}

func startWorld(ctx context.Context, cfg config, log *eventLog) (*world, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	address := fmt.Sprintf("127.0.0.1:%d", port)
	w := &world{log: log, serverURL: "nats://" + address}
	w.server = newProcess("server", filepath.Join(cfg.dir, "server.log"), "server", filepath.Join(cfg.dir, "nats"), fmt.Sprint(port))
	if err := w.server.start(); err != nil {
		return nil, err
	}
	for i := range cfg.workers {
		name := fmt.Sprintf("worker-%d", i)
		p, err := newProxy(address)
		if err != nil {
			w.stop()
			return nil, err
		}
		worker := newProcess(name, filepath.Join(cfg.dir, name+".log"), "worker", p.url(), name, filepath.Join(cfg.dir, name+attemptsSuffix))
		w.proxies, w.workers = append(w.proxies, p), append(w.workers, worker)
		if err := worker.start(); err != nil {
			w.stop()
			return nil, err
		}
	}
	return w, nil
}

// freePort returns a loopback port that no process is listening on. The server needs the same port after a restart.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// failed returns an error if a process ended without being killed.
func (w *world) failed() error {
	errs := []error{w.server.failed()}
	for _, p := range w.workers {
		errs = append(errs, p.failed())
	}
	return errors.Join(errs...)
}

// stop kills all processes.
func (w *world) stop() {
	var all sync.WaitGroup
	for _, p := range append(w.workers, w.server) {
		all.Go(func() { p.end(syscall.SIGKILL) })
	}
	all.Wait()
	for _, p := range w.proxies {
		p.close()
	}
}

// eventLog prints what happens, with the time since the start.
type eventLog struct {
	mu    sync.Mutex
	out   io.Writer
	began time.Time
}

func newLog(out io.Writer) *eventLog { return &eventLog{out: out, began: time.Now()} }

func (l *eventLog) printf(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	fmt.Fprintf(l.out, "%7.2fs  %s\n", time.Since(l.began).Seconds(), fmt.Sprintf(format, args...))
}
