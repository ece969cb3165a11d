package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/adapters/jsonschema"
	"github.com/eosc-perf/backend/cmd/wiring"
	"github.com/eosc-perf/backend/core/service"
)

func resultsCommand(open opener) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "results",
		Short: "Look after results",
		Args:  cobra.NoArgs,
		Run:   func(cmd *cobra.Command, _ []string) { _ = cmd.Help() },
	}
	cmd.AddCommand(restoreResultCommand(open), purgeCommand(open), revalidateCommand(open))
	return cmd
}

func restoreResultCommand(open opener) *cobra.Command {
	var asJSON, dryRun bool
	cmd := &cobra.Command{
		Use:   "restore ID...",
		Short: "Take back that results were deleted",
		Long: `Take back that results were deleted, here or by the earlier program. One on which a
claim stands stays hidden until that is settled. Where one of several cannot be
restored, the others are, and the command fails.`,
		Example: `  admin results restore 0197a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b`,
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ids, err := parseIDs(args, "a result; GET /results lists them")
			if err != nil {
				return err
			}
			return onStore(cmd.Context(), open, func(ctx context.Context, store *gormdb.Store) error {
				restore := services(store).Results.Restore
				if dryRun {
					restore = services(store).Results.TryRestore
				}
				list, failed := restoreResults(ctx, restore, ids)
				return errors.Join(writeRestored(cmd.OutOrStdout(), list, dryRun, asJSON), failed)
			})
		},
	}
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "only tell what would become of them")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a JSON array")
	return cmd
}

// restoredResult is what became of one.
type restoredResult struct {
	ID uuid.UUID `json:"id"`
	// Hidden says that a claim still hides it.
	Hidden bool `json:"hidden"`
}

func restoreResults(ctx context.Context, restore func(context.Context, uuid.UUID) (bool, error), ids []uuid.UUID) (list []restoredResult, failed error) {
	list = []restoredResult{}
	for _, id := range ids {
		hidden, err := restore(ctx, id)
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("result %s: %w", id, err))
			continue
		}
		list = append(list, restoredResult{id, hidden})
	}
	return list, failed
}

func writeRestored(w io.Writer, list []restoredResult, dryRun, asJSON bool) error {
	if asJSON {
		return encodeJSON(w, list)
	}
	is := "is"
	if dryRun {
		is = "would be"
	}
	for _, result := range list {
		text := "listed again"
		if result.Hidden {
			text = "not deleted any more, but claimed, and still hidden"
		}
		if _, err := fmt.Fprintf(w, "Result %s %s %s.\n", result.ID, is, text); err != nil {
			return err
		}
	}
	return nil
}

// services are those that need the database only; mails have no links.
func services(store *gormdb.Store) *service.Services {
	return service.New(service.Dependencies{Storage: store, Clock: wiring.Clock{}, Schemas: jsonschema.New()})
}

// parseBenchmark reads the ID of a benchmark, nil if there is none.
func parseBenchmark(text string) (*uuid.UUID, error) {
	if text == "" {
		return nil, nil //nolint:nilnil // no wish is no error
	}
	id, err := uuid.Parse(text)
	if err != nil {
		return nil, misusedf("--benchmark: %q is no ID of a benchmark: GET /benchmarks lists them", text)
	}
	return &id, nil
}

func revalidateCommand(open opener) *cobra.Command {
	var benchmark string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "revalidate",
		Short: "List the results that do not satisfy their benchmark's schema",
		Long: `List the results, hidden ones included, that do not satisfy their benchmark's schema:
because it was changed since, or they come from elsewhere. It changes nothing, and
fails if there are any.`,
		Example: `  admin results revalidate
  admin results revalidate --benchmark 0197a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b --json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			only, err := parseBenchmark(benchmark)
			if err != nil {
				return err
			}
			return onStore(cmd.Context(), open, func(ctx context.Context, store *gormdb.Store) error {
				return store.Snapshot(ctx, func(ctx context.Context, in *gormdb.Snapshot) error {
					r := revalidation{schemas: map[string]string{}, validator: jsonschema.New(), only: only, out: newFindings(cmd.OutOrStdout(), asJSON)}
					return r.run(ctx, in)
				})
			})
		},
	}
	cmd.Flags().StringVar(&benchmark, "benchmark", "", "only results of this one")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a JSON object a line")
	return cmd
}

// revalidation goes through all results, and keeps no one.
type revalidation struct {
	// schemas by the ids of their benchmarks.
	schemas   map[string]string
	validator *jsonschema.Validator
	only      *uuid.UUID
	out       *findings
}

func (r *revalidation) run(ctx context.Context, in *gormdb.Snapshot) error {
	if err := in.Rows(ctx, "benchmark", r.benchmark); err != nil {
		return err
	}
	if r.only != nil && len(r.schemas) == 0 {
		return fmt.Errorf("there is no benchmark %s: GET /benchmarks lists them", *r.only)
	}
	if err := in.Rows(ctx, "result", r.result); err != nil {
		return err
	}
	return r.out.conclude("Every result satisfies its benchmark's schema.")
}

func (r *revalidation) benchmark(row []byte) error {
	var b struct {
		ID     string `json:"id"`
		Schema string `json:"json_schema"`
	}
	err := json.Unmarshal(row, &b)
	if r.only == nil || r.only.String() == b.ID {
		r.schemas[b.ID] = b.Schema
	}
	return err
}

func (r *revalidation) result(row []byte) error {
	var result struct {
		ID        string `json:"id"`
		Benchmark string `json:"benchmark_id"`
		JSON      string `json:"json"`
	}
	if err := json.Unmarshal(row, &result); err != nil {
		return err
	}
	schema, wanted := r.schemas[result.Benchmark]
	if !wanted {
		return nil
	}
	err := r.validator.Validate([]byte(schema), []byte(result.JSON))
	if err == nil {
		return nil
	}
	return r.out.add(gormdb.Finding{
		Level: gormdb.Problem, Table: "result", ID: result.ID, Problem: "does not satisfy the schema of benchmark " + result.Benchmark + ": " + err.Error(),
		Remedy: "delete it, or change the benchmark's schema",
	})
}
