package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/eosc-perf/backend/adapters/http/api"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

func explainCommand(open opener) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "explain QUERY",
		Short: "Tell how a list of results is read",
		Long: `Tell how the database reads a list of results: the plan, why it was chosen, and the
SQL that finds the results of the page. QUERY is the query of GET /results, as in a
URL; with a cursor, the command tells how the part behind it is read. The command reads
what the plan depends on, and changes nothing.`,
		Example: `  admin explain 'benchmark_id=5a7b1c9e-3f0d-4c58-9b1e-2d6f8a4c0e11&sort_by=-json.score'
  admin explain 'where=json.score%20%3E%204.5&per_page=20'
  admin explain 'sort_by=-json.score&cursor='`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			_, text, found := strings.Cut(args[0], "?")
			if !found {
				text = args[0]
			}
			q, isPart, err := api.ParseListing(cmd.Context(), domain.Caller{}, text)
			if err != nil {
				return misused(err)
			}
			return onDatabase(cmd.Context(), open, func(ctx context.Context, db *database) error {
				var e ports.Explanation
				var err error
				if isPart {
					e, err = db.plans().ExplainPart(ctx, operator, q)
				} else {
					e, err = db.plans().Explain(ctx, operator, q.ResultQuery)
				}
				if err != nil {
					return err
				}
				if asJSON {
					return json.NewEncoder(cmd.OutOrStdout()).Encode(map[string]string{"plan": e.Plan, "reason": e.Reason, "statement": e.Statement})
				}
				_, err = fmt.Fprintf(cmd.OutOrStdout(), "plan: %s\nreason: %s\n\n%s\n", e.Plan, e.Reason, e.Statement)
				return err
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a JSON object")
	return cmd
}
