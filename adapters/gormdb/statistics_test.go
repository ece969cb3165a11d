package gormdb_test

import (
	"maps"
	"strconv"
	"testing"

	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/adapters/gormdb/storetest"
)

// Rows of the earlier program have no value in the column removed.
func TestResultsAreCountedByState(t *testing.T) {
	storetest.OnEachDatabase(t, func(t *testing.T, store *gormdb.Store) {
		expect := func(when string, want map[string]float64) {
			t.Helper()
			if got, err := store.CountResults(t.Context()); err != nil || !maps.Equal(got, want) {
				t.Errorf("%s: got %v, %v, want %v", when, got, err, want)
			}
		}
		expect("empty", map[string]float64{"visible": 0, "claimed": 0, "withdrawn": 0, "deleted": 0})
		insertReferences(t, store)
		storetest.ExecuteAll(t, store, insertClaim("1", "'on_review'", "NULL", "NULL"))
		claim := quoted("1")
		for i, row := range []struct{ deleted, removed, claim string }{
			// visible
			{"false", "NULL", "NULL"}, {"false", "false", "NULL"}, {"false", "false", "NULL"},
			// claimed
			{"true", "false", claim}, {"true", "NULL", claim},
			// deleted
			{"true", "true", "NULL"}, {"true", "true", claim}, {"true", "NULL", "NULL"}, {"true", "NULL", "NULL"},
		} {
			digit := strconv.Itoa(i)
			storetest.ExecuteAll(t, store, insertResult(digit, row.deleted, "'{}'"),
				"UPDATE result SET removed = "+row.removed+", _claim_report_id = "+row.claim+" WHERE id = "+quoted(digit))
		}
		for i, removed := range []string{"false", "false", "true"} { // two are withdrawn, and one is deleted besides
			digit := string(rune('a' + i))
			storetest.ExecuteAll(t, store, insertResult(digit, "true", "'{}'"), "UPDATE result SET removed = "+removed+
				", withdrawn_at = '2026-11-23 12:00:00.000000', withdrawn_by = 'uploader' WHERE id = "+quoted(digit))
		}
		expect("all kinds", map[string]float64{"visible": 3, "claimed": 2, "withdrawn": 2, "deleted": 5})
		if err := store.Close(); err != nil {
			t.Fatal(err)
		}
		_, err := store.CountResults(t.Context())
		storetest.WantUnavailable(t, "closed", err)
	})
}
