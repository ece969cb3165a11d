// Command admin is for maintenance jobs.
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
		Use:     "admin",
		Short:   "Maintenance of an EOSC Performance server",
		Long:    "Maintenance of an EOSC Performance server. This version of the program only tells its own version.",
		Version: version,
		Args:    cobra.NoArgs,
		Run:     func(cmd *cobra.Command, _ []string) { _ = cmd.Help() },
	}
}
