package main

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/eosc-perf/backend/adapters/migrations"
)

// The commands that write revisions.

// draft is a revision that is about to be written.
type draft struct {
	id      string
	parents []string
	message string
	created time.Time
}

var revisionID = regexp.MustCompile(`^[0-9a-f]{12}$`)

// newDraft chooses an id if none is given.
func newDraft(id, message string, parents ...string) (draft, error) {
	d := draft{id: id, parents: parents, message: strings.TrimSpace(message), created: time.Now().UTC().Truncate(time.Second)}
	if d.message == "" || strings.ContainsAny(d.message, "\r\n") {
		return d, errors.New("say in one line what the revision changes: -m \"a benchmark has a licence\"")
	}
	if d.id == "" {
		var random [6]byte
		_, _ = rand.Read(random[:]) // never fails, see its documentation
		d.id = hex.EncodeToString(random[:])
	}
	if !revisionID.MatchString(d.id) {
		return d, fmt.Errorf("the id %q is not 12 hexadecimal digits in lower case", d.id)
	}
	return d, nil
}

// revision is the draft with these scripts.
func (d draft) revision(up, down []string) migrations.Revision {
	return migrations.Revision{
		ID: d.id, Parents: d.parents, Message: d.message, Created: d.created, Transactional: true, Up: up, Down: down,
	}
}

// write stores the draft's files, and says which.
func (p *program) write(cmd *cobra.Command, d draft, known []migrations.Revision, texts map[string]string) error {
	if slices.Contains(migrations.IDs(known), d.id) {
		return fmt.Errorf("revision %s is there already: give another id", d.id)
	}
	paths, err := migrations.Write(p.folder(), migrations.FileName(len(known)+1, d.id), texts)
	if err != nil {
		return err
	}
	for _, path := range paths {
		say(cmd.OutOrStdout(), "Wrote %s", path)
	}
	return nil
}

// same is one text for every dialect.
func same(text string) map[string]string {
	texts := map[string]string{}
	for _, dialect := range migrations.Dialects() {
		texts[dialect] = text
	}
	return texts
}

func (p *program) revision() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "revision -m TEXT",
		Short: "Write a new revision, empty or by comparing models and database",
		Long: `Write a new revision into --directory: a file for each database, to be filled in by
hand. With --autogenerate it is what "migrate migrate" does.`,
		Example: `  migrate revision -m "fill in missing descriptions"
  migrate revision -m "an index for the sites' addresses" --rev-id 0123456789ab --head b88af7f0de1a
  migrate revision --autogenerate -m "a benchmark has a licence"`,
		Args: cobra.NoArgs,
	}
	message := messageFlag(cmd)
	id := cmd.Flags().String("rev-id", "", "id of the revision, 12 hexadecimal digits; by chance if not given")
	head := cmd.Flags().String("head", migrations.Head, "revision that it comes after")
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
		_, known, err := p.everything()
		if err != nil {
			return err
		}
		parent, err := migrations.Find(known, *head)
		if err != nil {
			return err
		}
		d, err := newDraft(*id, *message, parent.ID)
		if err != nil {
			return err
		}
		return p.write(cmd, d, known, same(migrations.Format(d.revision(nil, []string{}),
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
	id := cmd.Flags().String("rev-id", "", "id of the revision, 12 hexadecimal digits; by chance if not given")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		p.writes = true
		_, known, err := p.everything()
		if err != nil {
			return err
		}
		parents, err := joined(known, args)
		if err != nil {
			return err
		}
		d, err := newDraft(*id, *message, parents...)
		if err != nil {
			return err
		}
		return p.write(cmd, d, known, same(migrations.Format(d.revision(nil, []string{}), "Nothing to do: it only joins its parents.")))
	}
	return cmd
}

// joined are the ids of the heads that are named.
func joined(known []migrations.Revision, args []string) ([]string, error) {
	heads := migrations.IDs(migrations.Heads(known))
	var parents []string
	if slices.Equal(args, []string{"heads"}) {
		parents = heads
	} else {
		for _, arg := range args {
			r, err := migrations.Find(known, arg)
			if err != nil {
				return nil, err
			}
			parents = append(parents, r.ID)
		}
	}
	slices.Sort(parents)
	parents = slices.Compact(parents)
	if len(parents) < 2 {
		return nil, fmt.Errorf("there is nothing to join: name two heads or more; the heads are %s", strings.Join(heads, ", "))
	}
	for _, parent := range parents {
		if !slices.Contains(heads, parent) {
			return nil, fmt.Errorf("%s is no head: only heads can be joined; the heads are %s", parent, strings.Join(heads, ", "))
		}
	}
	return parents, nil
}

func (p *program) edit() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "edit REVISION | head",
		Short:   "Open a revision's files in $EDITOR",
		Example: "  EDITOR=nano migrate edit head",
		Args:    cobra.ExactArgs(1),
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		_, known, err := p.everything()
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
		if _, _, err := p.everything(); err != nil {
			return fmt.Errorf("after the edit: %w", err)
		}
		return nil
	}
	return cmd
}
