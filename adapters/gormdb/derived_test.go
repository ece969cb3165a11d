package gormdb_test

import (
	"testing"

	"gorm.io/gorm"

	"github.com/eosc-perf/backend/adapters/gormdb"
)

func unfilled(t *testing.T, store *gormdb.Store) (count int) {
	t.Helper()
	if err := store.DB().Raw("SELECT count(*) FROM result_leaf WHERE NOT filled").Scan(&count).Error; err != nil {
		t.Fatal(err)
	}
	return count
}

// What a changed schema names is filled in for the results that are there, on a
// connection that is afterwards as it was.
func TestValuesOfAChangedSchemaAreFilledIn(t *testing.T) {
	store, _ := narrow(t, 0)
	results := resultsOf("a", 3)
	add(t, store, results)
	if err := store.DB().Exec(`UPDATE benchmark SET json_schema = '{"properties":{"n":{}}}'`).Error; err != nil {
		t.Fatal(err)
	}
	if got := unfilled(t, store); got != 1 {
		t.Fatalf("%d leaves are to be filled, want 1", got)
	}
	if err := store.FillValues(t.Context()); err != nil {
		t.Fatal(err)
	}
	var values int
	if err := store.DB().Raw("SELECT count(*) FROM result_value").Scan(&values).Error; err != nil {
		t.Fatal(err)
	}
	if got := unfilled(t, store); got != 0 || values != len(results) {
		t.Errorf("%d leaves are to be filled, and there are %d values, want 0 and %d", got, values, len(results))
	}
	wantNothingWrong(t, store, "filling")
}

// Who writes without triggers leaves totals and values wrong: a repair makes them good.
func TestWhatIsDerivedIsRepaired(t *testing.T) {
	store := openPostgres(t)
	results := resultsOf("a", 3)
	results[0].Benchmark.JSONSchema = []byte(`{"properties":{"n":{}}}`)
	add(t, store, results)
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
	wantNothingWrong(t, store, "the repair")
	if got := unfilled(t, store); got != 0 {
		t.Errorf("%d leaves are to be filled after the repair", got)
	}
}
