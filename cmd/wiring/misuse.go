package wiring

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// misuse is an error of the command line. It names the usage of the command.
type misuse struct {
	error
	cmd *cobra.Command
}

// Error returns what is wrong, the line of usage, and where more is said.
func (m misuse) Error() string {
	return fmt.Sprintf("%v\nusage: %s\n%q says more", m.error, m.cmd.UseLine(), m.cmd.CommandPath()+" --help")
}

// Unwrap returns the error without the usage.
func (m misuse) Unwrap() error { return m.error }

// explainMisuse makes wrong arguments and flags of the command and its subcommands errors
// that name the usage.
func explainMisuse(cmd *cobra.Command) {
	flagError := cmd.FlagErrorFunc()
	cmd.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error { return misuse{flagError(cmd, err), cmd} })
	explainArguments(cmd)
}

func explainArguments(cmd *cobra.Command) {
	if check := cmd.Args; check != nil {
		cmd.Args = func(cmd *cobra.Command, args []string) error {
			if err := check(cmd, args); err != nil {
				return misuse{err, cmd}
			}
			return nil
		}
	}
	for _, child := range cmd.Commands() {
		explainArguments(child)
	}
}

// explained adds the usage to an error about a missing flag, for which the library has no
// hook.
func explained(cmd *cobra.Command, err error) error {
	if err != nil && strings.HasPrefix(err.Error(), "required flag") {
		return misuse{err, cmd}
	}
	return err
}
