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
		Short: "Maintenance of an EOSC Performance server",
		Long: `Maintenance of an EOSC Performance server, on its database.

Settings are those of the server: environment variables, lines of a .env file in
the working folder, or flags.

It ends with 0 if all is well, with 2 if the command line or a setting is wrong, with 3
if a look at something has found what should not be, and with 1 after every other error;
the reason is on the standard error.`,
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
	root.AddCommand(usersCommand(current), resultsCommand(current), outboxCommand(current), checkCommand(current), derivedCommand(current),
		doctorCommand())
	root.InitDefaultCompletionCmd()
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return misused(err) })
	markMisuse(root)
	return root
}
