// A child process, as seen by its parent.

package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"syscall"
)

// process is a child in one role. It can be ended and started again. Its methods may be called from many goroutines.
type process struct {
	name string
	log  string // file for its standard error
	args []string

	mu       sync.Mutex
	cmd      *exec.Cmd
	dead     chan struct{} // closed when the current process has ended
	expected bool          // whether its end was asked for
}

func newProcess(name, log string, args ...string) *process {
	return &process{name: name, log: log, args: args}
}

// start starts the process and waits until it is ready.
func (p *process) start() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	self, err := os.Executable()
	if err != nil {
		return err
	}
	log, err := os.OpenFile(p.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o666)
	if err != nil {
		return err
	}
	defer log.Close() // the child has its own descriptor
	cmd := exec.Command(self, p.args...)
	cmd.Stderr = log
	if _, err := cmd.StdinPipe(); err != nil {
		return err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start %s: %w", p.name, err)
	}
	dead := make(chan struct{})
	p.cmd, p.dead, p.expected = cmd, dead, false
	_, err = bufio.NewReader(stdout).ReadString('\n')
	go func() {
		cmd.Wait()
		close(dead)
	}()
	if err != nil {
		cmd.Process.Kill()
		<-dead
		return fmt.Errorf("%s did not start: see %s", p.name, p.log)
	}
	return nil
}

// end sends a signal that ends the process, and waits for the end. A stopped process is continued first.
func (p *process) end(sig syscall.Signal) {
	p.mu.Lock()
	p.expected = true
	cmd, dead := p.cmd, p.dead
	p.mu.Unlock()
	if cmd == nil {
		return
	}
	cmd.Process.Signal(syscall.SIGCONT)
	cmd.Process.Signal(sig)
	<-dead
}

// signal sends a signal, if the process is alive.
func (p *process) signal(sig syscall.Signal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cmd.Process.Signal(sig)
}

// failed returns an error if the process ended without being asked to.
func (p *process) failed() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case <-p.dead:
		if !p.expected {
			return fmt.Errorf("%s ended without being killed: %v; see %s", p.name, p.cmd.ProcessState, p.log)
		}
	default:
	}
	return nil
}
