package wiring

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// manualCommand prints the page of the program's commands.
func manualCommand(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:    "manual",
		Short:  "Print the manual in Markdown",
		Args:   cobra.NoArgs,
		Hidden: true,
		RunE:   func(cmd *cobra.Command, _ []string) error { return Manual(root, cmd.OutOrStdout()) },
	}
}

// Manual writes the page of a program's commands, in Markdown.
func Manual(root *cobra.Command, w io.Writer) error {
	root.InitDefaultCompletionCmd()
	var b strings.Builder
	fmt.Fprintf(&b, "# The program %s\n\nThe program wrote this page: `make reference`.\n", root.Name())
	describe(&b, root)
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("write the manual: %w", err)
	}
	return nil
}

func describe(b *strings.Builder, cmd *cobra.Command) {
	cmd.DisableFlagsInUseLine = true // the flags of the root would change the line
	text := cmd.Long
	if text == "" {
		text = cmd.Short + "."
	}
	fmt.Fprintf(b, "\n## %s\n", cmd.CommandPath())
	fence(b, cmd.UseLine())
	fence(b, text)
	fence(b, cmd.Example)
	fence(b, flagsByKind(ownFlags(cmd)))
	for _, child := range cmd.Commands() {
		if child.IsAvailableCommand() && child.Name() != "help" {
			describe(b, child)
		}
	}
}

// ownFlags are the flags of the command, with those for its subcommands, and without
// --help and --version.
func ownFlags(cmd *cobra.Command) *pflag.FlagSet {
	own := pflag.NewFlagSet(cmd.Name(), pflag.ContinueOnError)
	cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
		if f.Name != "help" && f.Name != "version" {
			own.AddFlag(f)
		}
	})
	return own
}

// fence writes a text as a block of code, if the text is not empty.
func fence(b *strings.Builder, text string) {
	if text = strings.Trim(text, "\n"); text != "" {
		fmt.Fprintf(b, "\n```\n%s\n```\n", text)
	}
}
