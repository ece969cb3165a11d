// Command migrate manages the revisions of the database's schema: it applies and undoes
// them, shows the state of a database, and writes new revisions.
package main

import (
	"os"
	"regexp"
	"slices"

	"github.com/spf13/cobra"

	"github.com/eosc-perf/backend/cmd/wiring"
)

// version is set when the program is built.
var version = "dev"

func main() {
	root := command()
	root.SetArgs(arguments(os.Args[1:]))
	wiring.Main(root)
}

// stepsBack is a prefix for the "-N" of a downgrade: without it cobra would read a flag.
const stepsBack = "back"

var minusNumber = regexp.MustCompile(`^-[0-9]+$`)

func arguments(args []string) []string {
	out := slices.Clone(args)
	for i, arg := range args {
		if i > 0 && slices.Contains(args[:i], "downgrade") && args[i-1] != "--lock-timeout" && minusNumber.MatchString(arg) {
			out[i] = stepsBack + arg
		}
	}
	return out
}

func command() *cobra.Command {
	root, _ := newCommand()
	return root
}

func newCommand() (*cobra.Command, *program) {
	p := &program{interactive: isTerminal}
	root := &cobra.Command{
		Use:   "migrate",
		Short: "Schema revisions of the EOSC Perf database",
		Long: `Apply, undo and write schema revisions of the EOSC Perf database. The program replaces
"flask db" of the Flask service, and takes over the databases of the Flask service.

The program contains revisions. The folder --directory adds your own revisions: the
files postgres/NAME.sql and sqlite/NAME.sql for each. New revisions are written there.

The settings of the database are the settings of the server: environment variables,
lines of a .env file in the working folder, or flags.`,
		Example: `  migrate upgrade
  migrate current -v
  DB_HOST=db.example.org DB_USER=perf DB_NAME=perf DB_PASSWORD_FILE=password migrate check
  APP_ENV=development migrate history`,
		Version: version,
		Args:    cobra.NoArgs,
		Run:     func(cmd *cobra.Command, _ []string) { _ = cmd.Help() },
	}
	p.load = wiring.DatabaseFlags(root)
	root.PersistentFlags().StringVar(&p.directory, "directory", "",
		"folder with your own revisions, which also gets new revisions (default "+defaultDirectory+", if it exists)")
	root.AddCommand(
		p.upgrade(), p.downgrade(), p.stamp(),
		p.current(), p.heads(), p.history(), p.show(), p.branches(),
		p.migrate(), p.revision(), p.merge(), p.edit(),
		p.check(), p.wait(),
	)
	return root, p
}
