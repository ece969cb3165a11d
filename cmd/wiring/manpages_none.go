//go:build !manpages

package wiring

import "github.com/spf13/cobra"

// addManPages adds nothing: the programs that people run write no man pages.
func addManPages(*cobra.Command) {}
