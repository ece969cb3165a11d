package derived_test

import (
	"log/slog"
	"testing"

	"gorm.io/gorm"

	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/adapters/gormdb/storetest"
)

// missingPaths counts the indexed paths that lack values of old results.
func missingPaths(t *testing.T, store *gormdb.Store) int {
	t.Helper()
	return storetest.Query[int](t, store, "SELECT count(*) FROM result_leaf WHERE NOT filled")[0]
}

func TestBackfillWritesTheValuesOfOldResults(t *testing.T) {
	store := storetest.Postgres(t)
	results := storetest.Results("a", 3)
	storetest.MustAdd(t, store, results)
	storetest.Execute(t, store, `UPDATE benchmark SET json_schema = '{"properties":{"n":{}}}'`)
	if got := missingPaths(t, store); got != 1 {
		t.Fatalf("%d indexed paths lack values, want 1", got)
	}
	if err := store.FillValues(t.Context()); err != nil {
		t.Fatal(err)
	}
	values := storetest.Query[int](t, store, "SELECT count(*) FROM result_value")[0]
	if got := missingPaths(t, store); got != 0 || values != len(results) {
		t.Errorf("%d indexed paths lack values, and there are %d values, want 0 and %d", got, values, len(results))
	}
	storetest.WantNoDifferences(t, store, "filling")
}

// A program that writes without triggers leaves wrong counts and values behind.
func TestRepairCorrectsEveryDerivedTable(t *testing.T) {
	store := storetest.Postgres(t)
	results := storetest.Results("a", 3)
	results[0].Benchmark.JSONSchema = []byte(`{"properties":{"n":{"metric":{}}}}`)
	storetest.MustAdd(t, store, results)
	if err := store.DeriveMetrics(t.Context(), slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	err := store.DB().Transaction(func(tx *gorm.DB) error {
		for _, statement := range []string{
			"SET LOCAL session_replication_role = replica",
			"DELETE FROM result WHERE id = (SELECT min(id::text)::uuid FROM result)",
			`UPDATE result SET json = '{"n":5}'`,
			`UPDATE benchmark SET json_schema = '{"properties":{"n":{},"m":{}}}'`,
		} {
			if err := tx.Exec(statement).Error; err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	differences, err := store.CheckDerived(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range differences {
		if d.Count == 0 {
			t.Errorf("%s: none, want some", d.What)
		}
	}
	if err := store.RepairDerived(t.Context()); err != nil {
		t.Fatal(err)
	}
	storetest.WantNoDifferences(t, store, "the repair")
	if got := missingPaths(t, store); got != 0 {
		t.Errorf("%d indexed paths lack values after the repair", got)
	}
}
