package sqlite

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"github.com/eosc-perf/backend/adapters/gormdb/session"
)

// derivedTables implements session.Derived for the value index.
type derivedTables struct{}

// Derivations implements session.Derived.
func (derivedTables) Derivations() []session.Derivation {
	return []session.Derivation{
		{
			Table:       "result_leaf",
			Differences: "indexed paths that are not those of the schemas",
			Count:       statements.Text("count_wrong_indexed_paths"),
			Repair: []string{
				"DELETE FROM result_leaf_pending", "DELETE FROM result_leaf", statements.Text("derive_indexed_paths"),
			},
		},
		{
			Table:       "result_value",
			Differences: "values that are not those of the results",
			Count:       statements.Text("count_wrong_values"),
			Repair: []string{
				"DELETE FROM result_value_pending", "DELETE FROM result_value", "DELETE FROM result_value_keys",
				statements.Text("derive_value_keys"),
				"PRAGMA temp_store = FILE", statements.Text("derive_values"), "PRAGMA " + temporaryInMemory,
			},
		},
		{
			Table:       "result_outline",
			Differences: "outlines of documents that are not those of the results",
			Count:       statements.Text("count_wrong_outlines"),
			Repair:      []string{"DELETE FROM result_outline", statements.Text("derive_outlines")},
		},
	}
}

// mostAtCommit is the number of changed results whose rows a transaction completes before it is
// committed. More are left to Backfill: another program changed them, or they would keep
// all who write waiting.
const mostAtCommit = 10 * indexBatch

// BeforeCommit implements session.Derived. A new benchmark gets its indexed paths at
// once; others get them in the background, since that may take long.
func (derivedTables) BeforeCommit(ctx context.Context, tx *gorm.DB) error {
	var leaves bool
	var values int
	if err := tx.Statement.ConnPool.QueryRowContext(ctx, isPending, mostAtCommit+1).Scan(&leaves, &values); err != nil {
		return fmt.Errorf("look for changes: %w", err)
	}
	if leaves {
		if err := setPending(tx, findPendingWithoutResults); err != nil {
			return err
		}
	}
	if values == 0 || values > mostAtCommit {
		return nil
	}
	return completeIndex(ctx, tx)
}

var (
	isPending                 = statements.Text("is_pending")
	findPendingWithoutResults = statements.Text("find_pending_without_results")
)

// setPending sets the indexed paths of the benchmarks that a statement finds.
func setPending(tx *gorm.DB, find string) error {
	var benchmarks []string
	if err := tx.Raw(find).Scan(&benchmarks).Error; err != nil {
		return fmt.Errorf("find changed benchmarks: %w", err)
	}
	for _, id := range benchmarks {
		if err := setLeaves(tx, id); err != nil {
			return fmt.Errorf("set the indexed paths of benchmark %s: %w", id, err)
		}
	}
	return nil
}

// Backfill implements session.Derived: first what other programs changed, then the paths that
// schemas and metrics name, then their values. Each step is a unit of work, so that others who write
// take turns with it.
func (d derivedTables) Backfill(ctx context.Context, database *session.Database) error {
	if err := fillPending(ctx, database); err != nil {
		return err
	}
	err := database.Do(ctx, func(ctx context.Context, in session.Session) error {
		return setPending(in.Query(ctx), "SELECT benchmark_id FROM result_leaf_pending")
	})
	if err != nil {
		return err
	}
	var benchmarks []string
	unfilled := database.DB().WithContext(ctx).Raw("SELECT DISTINCT benchmark_id FROM result_leaf WHERE NOT filled ORDER BY benchmark_id")
	if err := unfilled.Scan(&benchmarks).Error; err != nil {
		return fmt.Errorf("find paths without values: %w", err)
	}
	for _, id := range benchmarks {
		if err := fillBenchmark(ctx, database, id); err != nil {
			return fmt.Errorf("fill the values of benchmark %s: %w", id, err)
		}
	}
	return nil
}

// fillPending writes the rows of results that other programs changed.
func fillPending(ctx context.Context, database *session.Database) error {
	for {
		done := 0
		err := database.Do(ctx, func(ctx context.Context, in session.Session) (err error) {
			done, err = newIndexer(in.ConnPool(ctx)).completeSome(ctx)
			return err
		})
		if err != nil || done < indexBatch {
			return err
		}
	}
}

// setLeaves makes the indexed paths of a benchmark those of its schema and metrics. The values
// of paths that are gone go, too: then all values of the benchmark are written again.
func setLeaves(tx *gorm.DB, benchmarkID string) error {
	var surplus int
	if err := tx.Raw(statements.Text("count_surplus_paths"), benchmarkID, benchmarkID).Scan(&surplus).Error; err != nil {
		return err
	}
	if surplus > 0 {
		for _, statement := range []string{
			"DELETE FROM result_value WHERE leaf IN (SELECT id FROM result_leaf WHERE benchmark_id = ?)",
			"DELETE FROM result_value WHERE leaf IN (SELECT -id FROM result_leaf WHERE benchmark_id = ?)",
			"DELETE FROM result_value_keys WHERE result_id IN (SELECT id FROM result WHERE benchmark_id = ?)",
			"DELETE FROM result_leaf WHERE benchmark_id = ?",
		} {
			if err := tx.Exec(statement, benchmarkID).Error; err != nil {
				return err
			}
		}
	}
	if err := tx.Exec(statements.Text("add_indexed_paths"), benchmarkID).Error; err != nil {
		return err
	}
	return tx.Exec("DELETE FROM result_leaf_pending WHERE benchmark_id = ?", benchmarkID).Error
}

// fillBenchmark writes the rows of all results of a benchmark.
func fillBenchmark(ctx context.Context, database *session.Database, benchmarkID string) error {
	last := ""
	for done := false; !done; {
		var results []changed
		err := database.Do(ctx, func(ctx context.Context, in session.Session) (err error) {
			tx := in.Query(ctx)
			i := newIndexer(tx.Statement.ConnPool)
			if results, err = i.read(ctx, readUnfilled, benchmarkID, last, indexBatch); err != nil {
				return err
			}
			for _, result := range results {
				if err := i.write(ctx, result); err != nil {
					return err
				}
			}
			if err := i.flush(ctx); err != nil {
				return err
			}
			if done = len(results) < indexBatch; !done {
				return nil
			}
			return tx.Exec("UPDATE result_leaf SET filled = 1 WHERE benchmark_id = ?", benchmarkID).Error
		})
		if err != nil {
			return err
		}
		if len(results) > 0 {
			last = results[len(results)-1].id
		}
	}
	return nil
}
