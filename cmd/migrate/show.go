package main

import (
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/eosc-perf/backend/adapters/migrations"
)

// The commands that change nothing.

// form is the form of the output.
type form struct{ verbose, json bool }

func formFlags(cmd *cobra.Command) *form {
	var f form
	cmd.Flags().BoolVarP(&f.verbose, "verbose", "v", false, "show everything about each revision")
	cmd.Flags().BoolVar(&f.json, "json", false, "print everything as JSON")
	return &f
}

// stepLine is "PARENT -> ID, MESSAGE".
func stepLine(r migrations.Revision) string { return parents(r) + " -> " + r.ID + ", " + r.Message }

func parents(r migrations.Revision) string {
	if len(r.Parents) == 0 {
		return "<base>"
	}
	return strings.Join(r.Parents, ", ")
}

// marked is "ID (MARKS)".
func marked(r migrations.Revision, all []migrations.Revision) string {
	if marks := marks(r, all); len(marks) > 0 {
		return fmt.Sprintf("%s (%s)", r.ID, strings.Join(marks, ", "))
	}
	return r.ID
}

// markedLine is "PARENT -> ID (MARKS), MESSAGE".
func markedLine(r migrations.Revision, all []migrations.Revision) string {
	return parents(r) + " -> " + marked(r, all) + ", " + r.Message
}

func marks(r migrations.Revision, all []migrations.Revision) []string {
	var marks []string
	if slices.ContainsFunc(migrations.Heads(all), func(h migrations.Revision) bool { return h.ID == r.ID }) {
		marks = append(marks, "head")
	}
	if slices.ContainsFunc(migrations.Branchpoints(all), func(b migrations.Revision) bool { return b.ID == r.ID }) {
		marks = append(marks, "branchpoint")
	}
	if len(r.Parents) > 1 {
		marks = append(marks, "mergepoint")
	}
	return marks
}

// stateText says in a sentence or two which revisions a database has.
func stateText(s migrations.State, all []migrations.Revision) string {
	var b strings.Builder
	if at := migrations.Heads(s.Applied); len(at) == 0 {
		b.WriteString("The database is at nothing: no revision is applied.")
	} else {
		var names []string
		for _, r := range at {
			names = append(names, marked(r, all))
		}
		fmt.Fprintf(&b, "The database is at %s", strings.Join(names, " and "))
		if s.Inherited {
			b.WriteString(", as the earlier program left it; it is not taken over yet")
		}
		b.WriteString(".")
	}
	if len(s.Pending) > 0 {
		fmt.Fprintf(&b, " Pending: %s; `migrate upgrade` applies them.", strings.Join(migrations.IDs(s.Pending), ", "))
	}
	for _, id := range s.Unknown {
		fitness := "so it is newer than this program, which can live with that"
		if slices.Contains(s.Incompatible, id) {
			fitness = "so it is newer than this program, which cannot serve it"
		}
		fmt.Fprintf(&b, " It has %s besides, which is unknown here, %s.", id, fitness)
	}
	return b.String()
}

func (p *program) current() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "current",
		Short: "Show the revision of the database",
		Example: `  migrate current
  migrate current --json`,
		Args: cobra.NoArgs,
	}
	f := formFlags(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return p.withDatabase(cmd.Context(), func(db *database) error {
			state, err := db.schema.Inspect(cmd.Context())
			if err != nil {
				return err
			}
			if f.json {
				return writeJSON(cmd.OutOrStdout(), currentJSON{
					Database: db.dialect(), Current: migrations.IDs(migrations.Heads(state.Applied)), Applied: migrations.IDs(state.Applied),
					Pending: migrations.IDs(state.Pending), Unknown: orEmpty(state.Unknown), Incompatible: orEmpty(state.Incompatible),
					Inherited: state.Inherited,
				})
			}
			say(cmd.OutOrStdout(), "%s", stateText(state, db.schema.Revisions()))
			if f.verbose {
				for _, r := range migrations.Heads(state.Applied) {
					_, _ = fmt.Fprintf(cmd.OutOrStdout(), "\n%s", p.details(r, db.schema.Revisions()))
				}
			}
			return nil
		})
	}
	return cmd
}

// currentJSON is the state of a database in JSON.
type currentJSON struct {
	Database     string   `json:"database"`
	Current      []string `json:"current"`
	Applied      []string `json:"applied"`
	Pending      []string `json:"pending"`
	Unknown      []string `json:"unknown"`
	Incompatible []string `json:"incompatible"`
	Inherited    bool     `json:"inherited"`
}

func orEmpty(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}

func (p *program) heads() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "heads",
		Short:   "Show the newest revisions: one, unless a merge is necessary",
		Example: "  migrate heads -v",
		Args:    cobra.NoArgs,
	}
	p.list(cmd, migrations.Heads,
		func(r migrations.Revision, all []migrations.Revision) string {
			return marked(r, all) + ", " + r.Message
		})
	return cmd
}

func (p *program) history() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "history",
		Short: "List all revisions, the newest first",
		Example: `  migrate history
  migrate history --json`,
		Args: cobra.NoArgs,
	}
	p.list(cmd, func(all []migrations.Revision) []migrations.Revision {
		newestFirst := slices.Clone(all)
		slices.Reverse(newestFirst)
		return newestFirst
	}, markedLine)
	return cmd
}

func (p *program) show() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "show REVISION | head",
		Short: "Show a revision; with -v also its SQL for both kinds of databases",
		Example: `  migrate show head
  migrate show 8f2a -v`,
		Args: cobra.ExactArgs(1),
	}
	f := formFlags(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		byDialect, all, err := p.folder().LoadAll()
		if err != nil {
			return err
		}
		r, err := migrations.Find(all, args[0])
		if err != nil {
			return err
		}
		if f.json {
			return writeJSON(cmd.OutOrStdout(), p.json(r, all))
		}
		out := cmd.OutOrStdout()
		_, _ = io.WriteString(out, p.details(r, all))
		if !f.verbose {
			return nil
		}
		for _, dialect := range migrations.Dialects() {
			r, err := migrations.Find(byDialect[dialect], r.ID)
			if err != nil {
				return err
			}
			_, _ = fmt.Fprintf(out, "\n== %s ==\n%s", dialect, migrations.Format(r))
		}
		return nil
	}
	return cmd
}

func (p *program) branches() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "branches",
		Short:   "List the revisions at which the history forks",
		Example: "  migrate branches",
		Args:    cobra.NoArgs,
	}
	p.list(cmd, migrations.Branchpoints,
		func(r migrations.Revision, all []migrations.Revision) string {
			text := markedLine(r, all)
			for _, child := range all {
				if slices.Contains(child.Parents, r.ID) {
					text += "\n    -> " + marked(child, all) + ", " + child.Message
				}
			}
			return text
		})
	return cmd
}

// list makes the command print the chosen revisions: a line for each, or all details.
func (p *program) list(cmd *cobra.Command, choose func(all []migrations.Revision) []migrations.Revision,
	line func(r migrations.Revision, all []migrations.Revision) string) {
	f := formFlags(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		_, all, err := p.folder().LoadAll()
		if err != nil {
			return err
		}
		chosen := choose(all)
		if f.json {
			list := []revisionJSON{}
			for _, r := range chosen {
				list = append(list, p.json(r, all))
			}
			return writeJSON(cmd.OutOrStdout(), list)
		}
		if len(chosen) == 0 {
			say(cmd.OutOrStdout(), "None.")
		}
		for i, r := range chosen {
			switch {
			case !f.verbose:
				say(cmd.OutOrStdout(), "%s", line(r, all))
			case i > 0:
				_, _ = fmt.Fprintf(cmd.OutOrStdout(), "\n%s", p.details(r, all))
			default:
				_, _ = io.WriteString(cmd.OutOrStdout(), p.details(r, all))
			}
		}
		return nil
	}
}

// details are all lines about a revision.
func (p *program) details(r migrations.Revision, all []migrations.Revision) string {
	var b strings.Builder
	line := func(name, value string) { _, _ = fmt.Fprintf(&b, "%-12s %s\n", name+":", value) }
	line("Revision", marked(r, all))
	line("Parent", parents(r))
	line("Message", r.Message)
	line("Created", r.Created.Format(time.RFC3339))
	line("Compatible", map[bool]string{true: "yes: programs that do not know it go on",
		false: "no: programs that do not know it refuse to serve"}[r.Compatible])
	if !r.Transactional {
		line("Transaction", "none: if it is interrupted, it is run again")
	}
	if len(r.Drops) > 0 {
		line("Undo drops", strings.Join(r.Drops, ", "))
	}
	if len(r.Derives) > 0 {
		line("Undo drops", strings.Join(r.Derives, ", ")+", made again by the next upgrade")
	}
	if r.Down == nil {
		line("Undo", "impossible")
	}
	line("Files", strings.Join(p.files(r), ", "))
	return b.String()
}

// files are the files of a revision.
func (p *program) files(r migrations.Revision) []string {
	if r.File == "" {
		return []string{"in this program"}
	}
	var files []string
	for _, dialect := range migrations.Dialects() {
		files = append(files, filepath.Join(p.folder().Path, dialect, r.File))
	}
	return files
}

// revisionJSON is a revision in JSON.
type revisionJSON struct {
	ID          string   `json:"id"`
	Parents     []string `json:"parents"`
	Message     string   `json:"message"`
	Created     string   `json:"created"`
	Head        bool     `json:"head"`
	Compatible  bool     `json:"compatible"`
	Transaction bool     `json:"transaction"`
	Drops       []string `json:"drops"`
	Undoable    bool     `json:"undoable"`
	Files       []string `json:"files"`
}

func (p *program) json(r migrations.Revision, all []migrations.Revision) revisionJSON {
	return revisionJSON{
		ID: r.ID, Parents: orEmpty(r.Parents), Message: r.Message, Created: r.Created.Format(time.RFC3339),
		Head: slices.Contains(marks(r, all), "head"), Compatible: r.Compatible, Transaction: r.Transactional,
		Drops: orEmpty(r.Drops), Undoable: r.Down != nil, Files: p.files(r),
	}
}

func writeJSON(w io.Writer, v any) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(v)
}
