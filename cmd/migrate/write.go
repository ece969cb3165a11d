package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"github.com/spf13/cobra"

	"github.com/eosc-perf/backend/adapters/migrations"
)

// The commands that write revisions.

// write writes the files of a draft, and prints their paths.
func (p *program) write(cmd *cobra.Command, draft migrations.Draft, known []migrations.Revision, texts map[string]string) error {
	paths, err := draft.Write(p.folder().Path, known, texts)
	if err != nil {
		return err
	}
	for _, path := range paths {
		say(cmd.OutOrStdout(), "Wrote %s", path)
	}
	return nil
}

func (p *program) revision() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "revision -m TEXT",
		Short: "Write a new revision, empty or from a comparison of models and database",
		Long: `Write a new revision into --directory: an empty file for each kind of database, which
you fill in. With --autogenerate the command does the same as "migrate migrate".`,
		Example: `  migrate revision -m "fill in missing descriptions"
  migrate revision -m "an index for the sites' addresses" --rev-id 0123456789ab --head b88af7f0de1a
  migrate revision --autogenerate -m "a benchmark has a licence"`,
		Args: cobra.NoArgs,
	}
	message := messageFlag(cmd)
	id := cmd.Flags().String("rev-id", "", "id of the revision, 12 hexadecimal digits; random by default")
	head := cmd.Flags().String("head", migrations.Head, "parent of the new revision")
	url := postgresFlag(cmd)
	autogenerate := cmd.Flags().Bool("autogenerate", false, "compare the models with the database")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		p.writes = true
		if *autogenerate && cmd.Flags().Changed("head") {
			return errors.New("--autogenerate compares with what is at the head: leave out --head")
		}
		if *autogenerate {
			return p.generate(cmd, *id, *message, *url)
		}
		_, known, err := p.folder().LoadAll()
		if err != nil {
			return err
		}
		parent, err := migrations.Find(known, *head)
		if err != nil {
			return err
		}
		d, err := migrations.NewDraft(*id, *message, parent.ID)
		if err != nil {
			return err
		}
		return p.write(cmd, d, known, migrations.ForAll(migrations.Format(d.Revision(nil, []string{}),
			"SQL that makes the change; below +down, SQL that undoes it.",
			"compatible: yes, if programs that do not know this revision can go on beside it.")))
	}
	return cmd
}

func messageFlag(cmd *cobra.Command) *string {
	message := cmd.Flags().StringP("message", "m", "", "what the revision changes, in one line")
	_ = cmd.MarkFlagRequired("message") // the flag exists
	return message
}

func (p *program) merge() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "merge REVISION REVISION... -m TEXT",
		Short: "Write a revision that joins several heads",
		Example: `  migrate merge heads -m "join"
  migrate merge 8f2a 91bc -m "both branches of last week"`,
		Args: cobra.MinimumNArgs(1),
	}
	message := messageFlag(cmd)
	id := cmd.Flags().String("rev-id", "", "id of the revision, 12 hexadecimal digits; random by default")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		p.writes = true
		_, known, err := p.folder().LoadAll()
		if err != nil {
			return err
		}
		parents, err := migrations.HeadsToMerge(known, args)
		if err != nil {
			return err
		}
		d, err := migrations.NewDraft(*id, *message, parents...)
		if err != nil {
			return err
		}
		return p.write(cmd, d, known, migrations.ForAll(migrations.Format(d.Revision(nil, []string{}),
			"Nothing to do: it only joins its parents.")))
	}
	return cmd
}

func (p *program) edit() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "edit REVISION | head",
		Short:   "Open a revision's files in $EDITOR",
		Example: "  EDITOR=nano migrate edit head",
		Args:    cobra.ExactArgs(1),
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		_, known, err := p.folder().LoadAll()
		if err != nil {
			return err
		}
		r, err := migrations.Find(known, args[0])
		if err != nil {
			return err
		}
		if r.File == "" {
			return fmt.Errorf("revision %s is part of this program and cannot be edited: write another that changes more", r.ID)
		}
		editor := os.Getenv("VISUAL")
		if editor == "" {
			editor = os.Getenv("EDITOR")
		}
		words := strings.Fields(editor)
		if len(words) == 0 {
			return errors.New("which editor? Set EDITOR, for example EDITOR=nano")
		}
		run := exec.CommandContext(cmd.Context(), words[0], append(words[1:], p.files(r)...)...) //nolint:gosec // the operator's own editor
		run.Stdin, run.Stdout, run.Stderr = cmd.InOrStdin(), cmd.OutOrStdout(), cmd.ErrOrStderr()
		if err := run.Run(); err != nil {
			return fmt.Errorf("the editor %s: %w", words[0], err)
		}
		if _, _, err := p.folder().LoadAll(); err != nil {
			return fmt.Errorf("after the edit: %w", err)
		}
		return nil
	}
	return cmd
}
