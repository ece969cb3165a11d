package main

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/spf13/cobra"
)

// The commands that change something, and those that only look.
var (
	changing = []string{
		"admin backup", "admin restore", "admin users remove", "admin results restore", "admin results purge", "admin outbox retry",
		"admin derived repair", "admin users block", "admin users unblock", "admin sessions revoke",
	}
	looking = []string{
		"admin backup verify", "admin users list", "admin users export", "admin results revalidate", "admin outbox list", "admin check",
		"admin derived check", "admin doctor", "admin explain", "admin users blocked", "admin users removals",
		"admin audit verify", "admin audit export", "admin audit keygen", "admin sessions list",
	}
)

func TestEveryCommandIsForProgramsAndEveryChangeCanBeTried(t *testing.T) {
	var all []string
	var walk func(cmd *cobra.Command)
	walk = func(cmd *cobra.Command) {
		for _, child := range cmd.Commands() {
			if child.Name() != "completion" {
				walk(child)
			}
		}
		if cmd.RunE == nil { // it shows its help
			return
		}
		all = append(all, cmd.CommandPath())
		if cmd.Flags().Lookup("json") == nil {
			t.Errorf("%s has no --json", cmd.CommandPath())
		}
		if changes := slices.Contains(changing, cmd.CommandPath()); cmd.Flags().Lookup("dry-run") != nil != changes {
			t.Errorf("%s changes something: %t, so it must have --dry-run, or must not", cmd.CommandPath(), changes)
		}
	}
	walk(command())
	slices.Sort(all)
	if told := slices.Sorted(slices.Values(slices.Concat(changing, looking))); !slices.Equal(all, told) {
		t.Errorf("the commands are\n%q, and these are told apart\n%q", all, told)
	}
}

// status is that with which the process would end.
func status(err error) int {
	if err == nil {
		return 0
	}
	if told, ok := errors.AsType[interface {
		error
		ExitStatus() int
	}](err); ok {
		return told.ExitStatus()
	}
	return 1
}

func TestExitStatus(t *testing.T) {
	t.Setenv("APP_ENV", "development")
	p := atHead["sqlite"](t)
	odd := atHead["sqlite"](t)
	id := aResult(t, odd.store(t))
	for _, statement := range []string{"UPDATE result SET deleted = true, removed = false", "UPDATE result_count SET visible = 5",
		"UPDATE benchmark SET json_schema = '{\"type\":\"array\"}'"} {
		if _, err := odd.pool(t).ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	folder := t.TempDir()
	whole, cut := filepath.Join(folder, "whole"), filepath.Join(folder, "cut")
	odd.mustRun(t, "backup", whole)
	text, err := os.ReadFile(whole) //nolint:gosec // the test's own
	if err == nil {
		err = os.WriteFile(cut, text[:len(text)/2], 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	unknown, nowhere := uuid.NewString(), place{flags: []string{"--db-driver", "sqlite", "--data-dir", filepath.Join(folder, "nowhere")}}
	for _, tt := range []struct {
		in   place
		want int
		args []string
	}{
		{p, 0, []string{"check"}},
		{p, 0, []string{"derived", "check"}},
		{p, 0, []string{"results", "revalidate"}},
		{p, 0, []string{"outbox", "retry", "--all"}},
		{p, 0, []string{"backup", "verify", whole}},
		{p, 0, []string{"doctor", "--image-check=off"}},

		{nowhere, 1, []string{"check"}},
		{p, 1, []string{"backup", "verify", filepath.Join(folder, "none")}},
		{p, 1, []string{"restore", cut}},
		{odd, 1, []string{"restore", whole}},
		{p, 1, []string{"results", "restore", unknown}},
		{p, 1, []string{"results", "purge", "--deleted-before", "2026-01-01", "--benchmark", unknown}},
		{p, 1, []string{"outbox", "retry", unknown}},
		{p, 1, []string{"users", "remove", "--sub", "nobody"}},
		{p, 1, []string{"users", "export", "--sub", "nobody"}},

		{p, 2, []string{"nonsense"}},
		{p, 2, []string{"outbox", "nonsense"}},
		{p, 2, []string{"check", "--nonsense"}},
		{p, 2, []string{"check", "nonsense"}},
		{p, 2, []string{"backup"}},
		{p, 2, []string{"backup", filepath.Join(folder, "x"), "--keep", "2"}},
		{p, 2, []string{"outbox", "retry"}},
		{p, 2, []string{"outbox", "retry", "five"}},
		{p, 2, []string{"users", "remove"}},
		{p, 2, []string{"users", "export"}},
		{p, 2, []string{"results", "purge"}},
		{p, 2, []string{"results", "purge", "--deleted-before", "yesterday"}},
		{p, 2, []string{"results", "purge", "--deleted-before", "2999-01-01"}},
		{p, 2, []string{"results", "purge", "--deleted-before", "2026-01-01", "--benchmark", "c-ray"}},
		{p, 2, []string{"results", "revalidate", "--benchmark", "c-ray"}},
		{p, 2, []string{"check", "--db-port", "x"}},

		{odd, 3, []string{"check"}},
		{odd, 3, []string{"derived", "check"}},
		{odd, 3, []string{"results", "revalidate"}},
		{p, 3, []string{"backup", "verify", cut}},
		{p, 3, []string{"backup", "verify", "exit_test.go"}},
		{nowhere, 3, []string{"doctor", "--image-check=off"}},
		{p, 3, []string{"doctor", "--mail-port", "x"}},
	} {
		if out, err := tt.in.run(t, tt.args...); status(err) != tt.want {
			t.Errorf("admin %q would end with %d, want %d: %v\n%s", tt.args, status(err), tt.want, err, out)
		}
	}
	if out, err := odd.run(t, "results", "restore", id.String(), unknown); status(err) != 1 || out == "" {
		t.Errorf("one of two: %q, %v", out, err)
	}
}
