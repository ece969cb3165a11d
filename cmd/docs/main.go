// Command docs builds the documentation: the pages that are generated from the program,
// and the web site.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/eosc-perf/backend/adapters/site"
	"github.com/eosc-perf/backend/cmd/wiring"
	"github.com/eosc-perf/backend/docs"
)

func main() { wiring.Main(command()) }

func command() *cobra.Command {
	root := &cobra.Command{
		Use:   "docs",
		Short: "Build the documentation, in the project's folder",
		Args:  cobra.NoArgs,
		Run:   func(cmd *cobra.Command, _ []string) { _ = cmd.Help() },
	}
	reference := &cobra.Command{
		Use:   "reference FOLDER",
		Short: "Write the pages that the program describes itself into the folder",
		Args:  cobra.ExactArgs(1),
	}
	postgresURL := reference.Flags().String("postgres-url", "", "a PostgreSQL, for a temporary database whose tables are described")
	reference.RunE = func(cmd *cobra.Command, args []string) error {
		return writeReference(cmd.Context(), args[0], *postgresURL)
	}
	root.AddCommand(reference, &cobra.Command{
		Use:   "site FOLDER",
		Short: "Check all links, and write the web site into the folder",
		Args:  cobra.ExactArgs(1),
		RunE:  func(cmd *cobra.Command, args []string) error { return writeSite(cmd, args[0]) },
	})
	return root
}

func writeSite(cmd *cobra.Command, folder string) error {
	pages, err := site.New(docs.Files, wiring.DocsRepository, nil)
	if err != nil {
		return fmt.Errorf("the documentation: %w", err)
	}
	if err := pages.Check(os.DirFS("."), "docs"); err != nil {
		return fmt.Errorf("the documentation:\n%w", err)
	}
	for _, name := range pages.Paths() {
		content, err := pages.File(name)
		if err != nil {
			return fmt.Errorf("the documentation: %w", err)
		}
		if err := write(filepath.Join(folder, filepath.FromSlash(name)), content); err != nil {
			return err
		}
	}
	cmd.Printf("%d files are in %s; begin with %s\n", len(pages.Paths()), folder, filepath.Join(folder, "index.html"))
	return nil
}

// write writes a file, and creates its folders.
func write(name string, content []byte) error {
	const folders, files = 0o755, 0o644 // everybody may read them
	if err := os.MkdirAll(filepath.Dir(name), folders); err != nil {
		return fmt.Errorf("make the folder of %s: %w", name, err)
	}
	if err := os.WriteFile(name, content, files); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}
