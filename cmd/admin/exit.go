package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"
)

// How the program ends, for cron and scripts: 0 if all is well, and 1 after any error
// that is none of these.
const (
	// statusUsage: the command line or a setting is wrong; nothing was done, and
	// another try would end the same.
	statusUsage = 2
	// statusFound: a look at something was had, and all is not as it should be.
	statusFound = 3
)

// statusError is an error after which the program ends with a status of its own.
type statusError struct {
	error
	status int
}

// ExitStatus is what wiring.Main asks for.
func (e statusError) ExitStatus() int { return e.status }

func (e statusError) Unwrap() error { return e.error }

// errFindings is how a check ends that has found something.
var errFindings = found(errors.New("not all is as it should be"))

// found is an error that says what a check has found; nil stays nil.
func found(err error) error { return withStatus(err, statusFound) }

// misused is an error that whoever asked has made; nil stays nil.
func misused(err error) error { return withStatus(err, statusUsage) }

func misusedf(format string, args ...any) error { return misused(fmt.Errorf(format, args...)) }

func withStatus(err error, status int) error {
	if err == nil {
		return nil
	}
	return statusError{err, status}
}

// tellMisuse gives the command, and those below it, the status for arguments that
// they do not take.
func tellMisuse(cmd *cobra.Command) {
	if check := cmd.Args; check != nil {
		cmd.Args = func(cmd *cobra.Command, args []string) error { return misused(check(cmd, args)) }
	}
	for _, child := range cmd.Commands() {
		tellMisuse(child)
	}
}
