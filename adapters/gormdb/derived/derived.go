package derived

import (
	"context"
	"embed"
	"fmt"

	"github.com/eosc-perf/backend/adapters/gormdb/session"
	"github.com/eosc-perf/backend/adapters/gormdb/tables"
	"github.com/eosc-perf/backend/core/domain"
)

//go:embed sql/*.sql
var files embed.FS

// statements are the same for both databases.
var statements = session.LoadStatements(files)

var resultCounts = session.Derivation{
	Table:       "result_count",
	Differences: "benchmarks whose total of results is wrong",
	Count:       statements.Text("count_wrong_result_counts"),
	Repair:      []string{"DELETE FROM result_count", statements.Text("derive_result_counts")},
}

var resultMetrics = session.Derivation{
	Table:       "result_metric",
	Differences: "values of metrics that are not those of the results",
	Count:       statements.Text("count_wrong_result_metrics"),
	Repair: []string{
		"DELETE FROM result_metric", statements.Text("derive_result_metrics"), "UPDATE metric_path SET filled = TRUE",
	},
}

func derivations(database *session.Database) []session.Derivation {
	return append([]session.Derivation{resultCounts, resultMetrics}, database.Dialect.Derived.Derivations()...)
}

// Check counts the differences of all derived tables. There are some only if somebody
// wrote without triggers.
func Check(ctx context.Context, database *session.Database) (differences []domain.Difference, err error) {
	err = database.Session().Snapshot(ctx, func(in session.Session) error {
		for _, derivation := range derivations(database) {
			difference := domain.Difference{What: derivation.Differences}
			if err := in.Query(ctx).Raw(derivation.Count).Scan(&difference.Count).Error; err != nil {
				return fmt.Errorf("count %s: %w", derivation.Differences, err)
			}
			differences = append(differences, difference)
		}
		return nil
	})
	return differences, database.Failed(ctx, err, "check what is derived from results")
}

// Repair derives all tables again, and calls also in the same transaction. Uploads wait in the
// meantime.
func Repair(ctx context.Context, database *session.Database, also session.Work) error {
	all := derivations(database)
	var names, repairs []string
	for _, derivation := range all {
		names = append(names, derivation.Table)
		repairs = append(repairs, derivation.Repair...)
	}
	stop := database.Dialect.Transactions.StopWriters(tables.Sources(names...)...)
	err := database.Do(ctx, func(ctx context.Context, in session.Session) error {
		for _, statement := range append(stop, repairs...) {
			if err := in.Query(ctx).Exec(statement).Error; err != nil {
				return err
			}
		}
		return also(ctx, in)
	})
	for _, derivation := range all {
		if err == nil && derivation.Tidy != "" {
			err = database.Session().Query(ctx).Exec(derivation.Tidy).Error
		}
	}
	return database.Failed(ctx, err, "derive anew what follows from results")
}
