// Children: processes of this same program in one of its other roles. A child lives no longer than its parent.

package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strings"
)

// roles are what a child can be. A role says one line on ready when it is up, and runs until the process ends.
var roles = map[string]func(args []string, ready func(string)) error{
	"services": serveCompanies,
	"nats":     serveNATS,
	"worker":   work,
}

// play makes this process a child. Its standard input is a pipe that nobody writes to: it ends with the parent, and
// so does the child. An interrupt is the parent's business.
func play(role string, args []string) (status int) {
	signal.Ignore(os.Interrupt)
	go func() {
		io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	if err := roles[role](args, func(line string) { fmt.Println(line) }); err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", role, err)
		return 1
	}
	return 0
}

// child is a running child, seen from its parent.
type child struct {
	role string
	said string // its line on ready
	cmd  *exec.Cmd
	dead chan struct{}
}

// spawn starts a child in role and returns when it is ready. It is killed when ctx ends. What it writes to standard
// error goes to log.
func spawn(ctx context.Context, log *os.File, env []string, role string, args ...string) (*child, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	c := &child{role: role, dead: make(chan struct{})}
	c.cmd = exec.CommandContext(ctx, self, append([]string{role}, args...)...)
	c.cmd.Env = append(os.Environ(), env...)
	c.cmd.Stderr = log
	if _, err := c.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	stdout, err := c.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := c.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", role, err)
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	c.said = strings.TrimSpace(line)
	go func() {
		c.cmd.Wait()
		close(c.dead)
	}()
	if err != nil {
		c.kill()
		return nil, fmt.Errorf("the %s process did not come up", role)
	}
	return c, nil
}

// kill ends the child as kill -9 does and waits until it is gone.
func (c *child) kill() {
	c.cmd.Process.Kill()
	<-c.dead
}

// failed reports a child that ended without being killed.
func (c *child) failed() error {
	select {
	case <-c.dead:
		return fmt.Errorf("the %s process ended by itself: %v", c.role, c.cmd.ProcessState)
	default:
		return nil
	}
}
