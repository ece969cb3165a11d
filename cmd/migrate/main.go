// Command migrate is for the revisions of the database's schema.
package main

import (
	"os"

	"github.com/spf13/cobra"
)

// version is set when the program is built.
var version = "dev"

func main() {
	if err := command().Execute(); err != nil {
		os.Exit(1) // cobra has said what is wrong
	}
}

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
