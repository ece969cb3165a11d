// Command migrate is for the revisions of the database's schema.
package main

import (
	"github.com/spf13/cobra"

	"github.com/eosc-perf/backend/cmd/wiring"
)

// version is set when the program is built.
var version = "dev"

func main() { wiring.Main(command()) }

func command() *cobra.Command {
	return &cobra.Command{
		Use:   "migrate",
		Short: "Schema revisions of the EOSC Performance database",
		Long: "Schema revisions of the EOSC Performance database. This version of the program only\n" +
			"tells its own version; the server upgrades the schema itself, see AUTO_UPGRADE.",
		Version: version,
		Args:    cobra.NoArgs,
		Run:     func(cmd *cobra.Command, _ []string) { _ = cmd.Help() },
	}
}
