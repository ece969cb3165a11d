package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// memory is what a server may have, in bytes: the limit of the containers that
// deployments describe.
const memory = 512 << 20

// cell is a cgroup with a limit of memory. A nil cell limits nothing.
type cell struct{ folder string }

// newCell makes a cgroup, of either version. It takes root.
func newCell() (*cell, error) {
	name := fmt.Sprintf("eosc-perf-attack-%d", os.Getpid())
	var failed error
	for _, version := range []struct{ root, controller, limit string }{
		{"/sys/fs/cgroup", "cgroup.controllers", "memory.max"},
		{"/sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.limit_in_bytes"},
	} {
		if _, err := os.Stat(filepath.Join(version.root, version.controller)); err != nil {
			failed = errors.Join(failed, err)
			continue
		}
		c := &cell{filepath.Join(version.root, name)}
		if err := os.Mkdir(c.folder, 0o755); err != nil { //nolint:gosec // as all folders there
			failed = errors.Join(failed, err)
			continue
		}
		if err := os.WriteFile(filepath.Join(c.folder, version.limit), []byte(fmt.Sprint(memory)), 0o600); err != nil {
			c.remove()
			failed = errors.Join(failed, err)
			continue
		}
		return c, nil
	}
	return nil, failed
}

// command puts the process that becomes the program into the cell before it begins.
func (c *cell) command(program string, args ...string) []string {
	if c == nil {
		return append([]string{program}, args...)
	}
	enter := `echo $$ > "$0" && exec "$@"`
	return append([]string{"sh", "-c", enter, filepath.Join(c.folder, "cgroup.procs"), program}, args...)
}

// remove removes the cgroup when its processes have ended.
func (c *cell) remove() {
	if c == nil {
		return
	}
	for range 50 {
		if os.Remove(c.folder) == nil {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	fmt.Fprintln(os.Stderr, "attack: remove the cgroup yourself:", c.folder)
}
