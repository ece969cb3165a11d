//go:build manpages

package wiring

import (
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

// addManPages adds the hidden command that writes the program's man pages. Only
// programs that are built with the tag manpages have this command and the libraries
// that it needs: `make man` builds them.
func addManPages(root *cobra.Command) {
	root.AddCommand(&cobra.Command{
		Use:    "manpages FOLDER",
		Short:  "Write a man page of each command into the folder",
		Args:   cobra.ExactArgs(1),
		Hidden: true,
		RunE:   func(_ *cobra.Command, args []string) error { return writeManPages(root, args[0]) },
	})
}

// writeManPages writes a page of section 1 for each command. The date is fixed, so
// that the same program writes the same bytes.
func writeManPages(root *cobra.Command, folder string) error {
	const folderMode = 0o755 // everybody may read the pages
	if err := os.MkdirAll(folder, folderMode); err != nil {
		return fmt.Errorf("make the folder of the man pages: %w", err)
	}
	root.DisableAutoGenTag = true
	root.Use = "eosc-perf-" + root.Name() // "server" is too common for a man page
	date := time.Unix(0, 0).UTC()
	err := doc.GenManTree(root, &doc.GenManHeader{Section: "1", Source: "EOSC Perf", Manual: "EOSC Perf", Date: &date}, folder)
	if err != nil {
		return fmt.Errorf("write the man pages: %w", err)
	}
	return nil
}
