package migrations

import (
	"fmt"
	"slices"
	"testing"
)

func TestWhatADowngradeWouldDropIsCounted(t *testing.T) {
	eachDialect(t, func(t *testing.T, s server) {
		db := s.open(t)
		revisions := extended(t, s.dialect,
			file(idA, headRevision, 1, "CREATE TABLE mine (id int)")+"DROP TABLE mine;\n-- a comment\nDELETE\tFROM tag;\n",
			file(idB, idA, 2, "")+"UPDATE tag SET name = name;\n")
		upgrade(t, db, revisions)
		insertBenchmark(t, db)
		insertResult(t, db)
		execute(t, db, "UPDATE result SET removed = true")
		undo, err := inspected(t, db, revisions).Beyond(revisions, Base)
		if err != nil {
			t.Fatal(err)
		}
		losses, err := Losses(t.Context(), db, undo)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, loss := range losses {
			got = append(got, fmt.Sprint(loss.Revision.ID, " ", loss.What, " ", loss.Rows))
		}
		want := []string{
			idA + " DROP TABLE mine; -1", idA + " DELETE\tFROM tag; -1",
			totalsRevision + " result_count 1", claimsRevision + " result.removed 1", urlRevision + " benchmark.url 1",
			tablesRevision + " result 1", tablesRevision + " flavor 1", tablesRevision + " site 1", tablesRevision + " benchmark 1", tablesRevision + " user 1",
		}
		if !slices.Equal(got, want) {
			t.Errorf("losses\n got %q\nwant %q", got, want)
		}
	})
}

// A revision that drops data says so, or nobody would be asked.
func TestRevisionsSayWhatTheirUndoingDrops(t *testing.T) {
	for _, dialect := range Dialects() {
		for _, r := range load(t, dialect) {
			for _, script := range r.Down {
				if removing.MatchString(script) && len(r.Drops) == 0 {
					t.Errorf("%s: revision %s does not say what is dropped by %q", dialect, r.ID, script)
				}
			}
		}
	}
}
