package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"
)

// The exit statuses of the program, for cron and scripts: 0 if all is well, and 1 after
// any error that has no other status.
const (
	// statusUsage: the command line or a setting is wrong. Nothing was done, and another
	// try would fail, too.
	statusUsage = 2
	// statusFound: a check has found a problem.
	statusFound = 3
)

// statusError is an error with an exit status.
type statusError struct {
	error
	status int
}

// ExitStatus is the status that wiring.Main ends the process with.
func (e statusError) ExitStatus() int { return e.status }

func (e statusError) Unwrap() error { return e.error }

// errFindings says that a check has found a problem.
var errFindings = found(errors.New("not all is as it should be"))

// found makes err an error about a problem that a check has found; nil stays nil.
func found(err error) error { return withStatus(err, statusFound) }

// misused makes err an error of the command line or the settings; nil stays nil.
func misused(err error) error { return withStatus(err, statusUsage) }

func misusedf(format string, args ...any) error { return misused(fmt.Errorf(format, args...)) }

func withStatus(err error, status int) error {
	if err == nil {
		return nil
	}
	return statusError{err, status}
}

// markMisuse gives the command and its subcommands the status of wrong usage for
// arguments that they do not take.
func markMisuse(cmd *cobra.Command) {
	if check := cmd.Args; check != nil {
		cmd.Args = func(cmd *cobra.Command, args []string) error { return misused(check(cmd, args)) }
	}
	for _, child := range cmd.Commands() {
		markMisuse(child)
	}
}
