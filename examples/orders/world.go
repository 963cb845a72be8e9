// The processes of the example: the suppliers, a NATS server and a worker.

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/pawlhq/pawl/examples/orders/services"
	"github.com/pawlhq/pawl/examples/orders/shop"
)

// serveCompanies is the role of the process that runs the suppliers. args[0] is their services.Trouble as JSON. It reports their
// URLs when it is ready.
func serveCompanies(args []string, ready func(string)) error {
	var t services.Trouble
	if err := json.Unmarshal([]byte(args[0]), &t); err != nil {
		return err
	}
	s, err := services.Start(t)
	if err != nil {
		return err
	}
	urls, err := json.Marshal(s.URLs)
	if err != nil {
		return err
	}
	ready(string(urls))
	select {}
}

// world holds the processes of one run of the example, and their folder.
type world struct {
	ctx     context.Context // when it ends, every process is killed
	end     context.CancelFunc
	dir     string
	log     *os.File
	urls    services.URLs
	natsURL string

	companies, nats, worker *child // nats is nil if the server was given by URL
	workerKills, natsKills  int
}

// startWorld starts all processes, including a NATS server if opts has no URL.
func startWorld(ctx context.Context, opts options) (*world, error) {
	dir, err := os.MkdirTemp("", "pawl-orders-")
	if err != nil {
		return nil, err
	}
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		return nil, err
	}
	w := &world{dir: dir, log: log, natsURL: opts.nats}
	w.ctx, w.end = context.WithCancel(ctx)
	if err := w.start(opts.trouble); err != nil {
		return nil, w.stop(err)
	}
	return w, nil
}

func (w *world) start(t services.Trouble) error {
	if err := w.startCompanies(t); err != nil {
		return err
	}
	if w.natsURL == "" {
		if err := w.ownNATS(); err != nil {
			return err
		}
	}
	return w.startWorker()
}

func (w *world) startCompanies(t services.Trouble) error {
	arg, err := json.Marshal(t)
	if err != nil {
		return err
	}
	if w.companies, err = w.spawn("services", string(arg)); err != nil {
		return err
	}
	return json.Unmarshal([]byte(w.companies.said), &w.urls)
}

func (w *world) spawn(role string, args ...string) (*child, error) {
	return spawn(w.ctx, w.log, []string{
		shop.PaymentsURL + "=" + w.urls.Payments,
		shop.WarehouseURL + "=" + w.urls.Warehouse,
		shop.CarrierURL + "=" + w.urls.Carrier,
	}, role, args...)
}

// ownNATS chooses a port for a NATS server and starts it. The port stays the same when the server restarts.
func (w *world) ownNATS() error {
	l, err := services.Listen()
	if err != nil {
		return err
	}
	l.Close()
	w.natsURL = "nats://" + l.Addr().String()
	return w.startNATS()
}

func (w *world) startNATS() (err error) {
	w.nats, err = w.spawn("nats", filepath.Join(w.dir, "nats"), w.natsURL)
	return err
}

func (w *world) startWorker() (err error) {
	w.worker, err = w.spawn("worker", w.natsURL)
	return err
}

// failed reports processes that ended without being killed.
func (w *world) failed() error {
	errs := []error{w.companies.failed(), w.worker.failed()}
	if w.nats != nil {
		errs = append(errs, w.nats.failed())
	}
	return errors.Join(errs...)
}

// stop ends every process and removes the folder. After a failure it keeps the folder, and the error names the log file in it.
func (w *world) stop(failure error) error {
	interrupted := w.ctx.Err() != nil
	w.end()
	for _, c := range []*child{w.worker, w.nats, w.companies} {
		if c != nil {
			<-c.dead
		}
	}
	w.log.Close()
	if failure != nil && !interrupted {
		return fmt.Errorf("%w; the output of the processes is in %s", failure, w.log.Name())
	}
	return errors.Join(failure, os.RemoveAll(w.dir))
}
