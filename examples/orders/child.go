// Child processes: this same program in another role. A child ends with its parent.

package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// child is a child process, as seen by its parent.
type child struct {
	role string
	said string // the line passed to ready
	cmd  *exec.Cmd
	dead chan struct{}
}

// spawn starts a child in a role and returns when the child is ready. The child is killed when ctx ends. Its standard error goes
// to log.
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
		return nil, fmt.Errorf("the %s process did not start", role)
	}
	return c, nil
}

// kill sends SIGKILL to the child and waits until it has ended.
func (c *child) kill() {
	c.cmd.Process.Kill()
	<-c.dead
}

// failed returns an error if the child ended without being killed.
func (c *child) failed() error {
	select {
	case <-c.dead:
		return fmt.Errorf("the %s process ended without being killed: %v", c.role, c.cmd.ProcessState)
	default:
		return nil
	}
}
