// Package process starts, watches and ends processes for tests: our own programs, which
// it builds once, and scripts. It also waits for conditions.
//
// Nothing in it depends on the speed of the machine: a wait ends when its condition
// holds, and fails after Patience, which only a program that hangs exceeds.
package process

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Process is a program that runs, or has run.
type Process struct {
	// Output is what it has printed to stdout and stderr.
	Output *Output

	command *exec.Cmd
	exited  chan struct{}
}

// Start starts the program at the path in a folder of its own, with PATH and these
// variables (NAME=value) as its environment. The process ends with the test at the
// latest.
func Start(t testing.TB, path string, environ []string, args ...string) *Process {
	t.Helper()
	command := exec.CommandContext(context.WithoutCancel(t.Context()), path, args...) //nolint:gosec // the tests choose the program
	command.Env = append([]string{"PATH=" + os.Getenv("PATH")}, environ...)
	command.Dir = t.TempDir()
	return start(t, command)
}

func start(t testing.TB, command *exec.Cmd) *Process {
	t.Helper()
	p := &Process{Output: &Output{}, command: command, exited: make(chan struct{})}
	command.Stdout, command.Stderr = p.Output, p.Output
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = command.Wait() // ExitCode tells how it ended
		close(p.exited)
	}()
	t.Cleanup(func() {
		_ = command.Process.Kill() // fails where it has ended
		<-p.exited
	})
	return p
}

// Run is Start, and waits for the end: it returns the exit code and the output.
func Run(t testing.TB, path string, environ []string, args ...string) (code int, output string) {
	t.Helper()
	p := Start(t, path, environ, args...)
	return p.ExitCode(t), p.Output.String()
}

// MustRun is Run for a program that is to end with 0; it returns the output.
func MustRun(t testing.TB, path string, environ []string, args ...string) string {
	t.Helper()
	code, output := Run(t, path, environ, args...)
	if code != 0 {
		t.Fatalf("%s %q ended with %d:\n%s", path, args, code, output)
	}
	return output
}

// Ended reports whether the process has ended.
func (p *Process) Ended() bool {
	select {
	case <-p.exited:
		return true
	default:
		return false
	}
}

// PeakMemory returns the most memory that the process ever had, in MiB, and 0 if the
// process has ended.
func (p *Process) PeakMemory(t testing.TB) int {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.command.Process.Pid))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kib, err := strconv.Atoi(strings.Fields(value)[0])
			if err != nil {
				t.Fatal(err)
			}
			return kib >> 10
		}
	}
	return 0
}

// Await is Eventually for what the process does: the test also fails if the process ends.
func (p *Process) Await(t testing.TB, what string, holds func() bool) {
	t.Helper()
	Eventually(t, what, func() bool {
		if p.Ended() {
			t.Fatalf("the process has ended before %s:\n%s", what, p.Output.Tail(4000))
		}
		return holds()
	})
}

// AwaitReady waits until the server at the base URL, which is this process, says that it
// is ready.
func (p *Process) AwaitReady(t testing.TB, base string) {
	t.Helper()
	p.Await(t, base+" is ready", func() bool { return Answers(base + "/readyz") })
}

// Signal sends a signal to the process.
func (p *Process) Signal(t testing.TB, signal os.Signal) {
	t.Helper()
	if err := p.command.Process.Signal(signal); err != nil {
		t.Fatalf("send %s: %v\n%s", signal, err, p.Output.Tail(4000))
	}
}

// PID is the number of the process.
func (p *Process) PID() int { return p.command.Process.Pid }

// Kill ends the process at once, as kill -9 does, and waits for its end.
func (p *Process) Kill(t testing.TB) {
	t.Helper()
	p.Signal(t, os.Kill)
	<-p.exited
}

// ExitCode waits for the end of the process and returns its exit code, -1 if a signal
// ended it.
func (p *Process) ExitCode(t testing.TB) int {
	t.Helper()
	select {
	case <-p.exited:
		return p.command.ProcessState.ExitCode()
	case <-time.After(Patience):
		t.Fatalf("still running after %v:\n%s", Patience, p.Output.Tail(4000))
		return 0
	}
}

// StartServer is Start of our server.
func StartServer(t testing.TB, environ []string, args ...string) *Process {
	t.Helper()
	return Start(t, Program(t, "server"), environ, args...)
}
