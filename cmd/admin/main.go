// Command admin runs the operator's jobs.
package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/eosc-perf/backend/cmd/wiring"
	"github.com/eosc-perf/backend/config"
)

// version is set when the program is built.
var version = "dev"

func main() { wiring.Main(command()) }

func command() *cobra.Command {
	root := &cobra.Command{
		Use:   "admin",
		Short: "Maintain an EOSC Perf server",
		Long: `Maintain an EOSC Perf server, on its database.

The settings are the settings of the server: environment variables, lines of a .env
file in the working folder, or flags.

The exit status is 0 if the command succeeded, 2 if the command line or a setting is
wrong, 3 if a check found a problem, and 1 after any other error. The reason is on the
standard error.`,
		Version: version,
		Args:    cobra.NoArgs,
		Run:     func(cmd *cobra.Command, _ []string) { _ = cmd.Help() },
	}
	load := wiring.DatabaseFlags(root)
	with := func(open func(context.Context, config.Database) (*database, error)) opener {
		return func(ctx context.Context) (*database, error) {
			cfg, err := load()
			if err != nil {
				return nil, misused(err)
			}
			return open(ctx, cfg.Database)
		}
	}
	current := with(openCurrent)
	root.AddCommand(backupCommand(with(openExisting)), restoreCommand(with(openOrCreate)))
	root.AddCommand(usersCommand(current), sessionsCommand(current), resultsCommand(current), outboxCommand(current), checkCommand(current),
		derivedCommand(current), explainCommand(current), doctorCommand(), auditCommand(current))
	root.InitDefaultCompletionCmd()
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return misused(err) })
	markMisuse(root)
	return root
}

// group makes a command that has commands of its own, and prints them.
func group(cmd *cobra.Command, commands ...*cobra.Command) *cobra.Command {
	cmd.Args = cobra.NoArgs
	cmd.Run = func(cmd *cobra.Command, _ []string) { _ = cmd.Help() }
	cmd.AddCommand(commands...)
	return cmd
}
