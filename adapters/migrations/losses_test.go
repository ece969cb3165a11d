package migrations

import (
	"errors"
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
		execute(t, db, "UPDATE result SET removed = true, removed_at = '2026-11-24 12:00:00'")
		undo, err := inspected(t, db, revisions).Beyond(revisions, Base)
		if err != nil {
			t.Fatal(err)
		}
		losses, err := schemaOf(db, nil).Losses(t.Context(), undo)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, loss := range losses {
			got = append(got, fmt.Sprint(loss.Revision.ID, " ", loss.What, " ", loss.Rows))
		}
		want := []string{
			idA + " DROP TABLE mine; -1", idA + " DELETE FROM tag; -1",
			deletionRevision + " result.removed_at 1", claimsRevision + " result.removed 1", urlRevision + " benchmark.url 1",
			tablesRevision + " result 1", tablesRevision + " flavor 1", tablesRevision + " site 1", tablesRevision +
				" benchmark 1", tablesRevision + " user 1",
		}
		if !slices.Equal(got, want) {
			t.Errorf("losses\n got %q\nwant %q", got, want)
		}
	})
}

func TestWhatAHeaderDoesNotNameIsFound(t *testing.T) {
	for name, c := range map[string]struct {
		down  string
		drops []string
		want  []string
	}{
		"named":                   {"ALTER TABLE a DROP COLUMN b;\nDROP TABLE c;", []string{"a.b", "c"}, nil},
		"a table besides":         {"ALTER TABLE a DROP COLUMN b; DROP TABLE c;", []string{"a.b"}, []string{"DROP TABLE c;"}},
		"without the word COLUMN": {"alter table only A drop B;", nil, []string{"alter table only A drop B;"}},
		"the second of two": {"ALTER TABLE a DROP b, DROP COLUMN IF EXISTS c", []string{"a.b"},
			[]string{"ALTER TABLE a DROP b, DROP COLUMN IF EXISTS c"}},
		"quoted": {`DROP TABLE IF EXISTS "user";`, []string{"user"}, nil},
		"rows":   {"DELETE FROM a;\nTRUNCATE b", []string{"a", "b"}, []string{"DELETE FROM a;", "TRUNCATE b"}},
		"no data": {"ALTER TABLE a DROP CONSTRAINT b;\nALTER TABLE a ALTER c DROP NOT NULL, ALTER c DROP DEFAULT;\nDROP " +
			"INDEX d;\nDROP FUNCTION e();", nil, nil},
		"a comment": {"-- DROP TABLE a;\nSELECT 1;", nil, nil},
		"a table made anew": {"CREATE TABLE new_a (id int);\nINSERT INTO new_a SELECT id FROM a;\nDROP TABLE a;\nALTER TABLE new_a " +
			"RENAME TO a;", nil, nil},
		"one made anew and one lost": {"DROP TABLE a;\nALTER TABLE new_a RENAME TO a;\nDROP TABLE b;", nil, []string{"DROP TABLE b;"}},
		"over several lines":         {"ALTER TABLE a\n    DROP COLUMN b;", nil, []string{"ALTER TABLE a DROP COLUMN b;"}},
		"a column of another's name": {"ALTER TABLE a DROP COLUMN b;", []string{"c.b"}, []string{"ALTER TABLE a DROP COLUMN b;"}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := unnamed(Revision{Down: []string{c.down}, Drops: c.drops}); !slices.Equal(got, c.want) {
				t.Errorf("%q drops %q, want %q", c.down, got, c.want)
			}
		})
	}
}

// A revision that drops data says so, in words that can be counted.
func TestRevisionsSayWhatTheirUndoingDrops(t *testing.T) {
	for _, dialect := range Dialects() {
		for _, r := range load(t, dialect) {
			if left := unnamed(r); len(left) > 0 {
				t.Errorf("%s: revision %s does not say what is dropped by %q", dialect, r.ID, left)
			}
		}
	}
}

// Between a question and its answer others may change the database.
func TestDowngradesNeedAgreementToWhatIsThereThen(t *testing.T) {
	eachDialect(t, func(t *testing.T, s server) {
		db, revisions := s.open(t), load(t, s.dialect)
		upgrade(t, db, revisions)
		insertBenchmark(t, db)
		refused := errors.New("refused")
		var asked []string
		undone, err := schemaOf(db, revisions).Downgrade(t.Context(), urlRevision, Options{Agree: func(undo []Revision, losses []Loss) error {
			asked = IDs(undo)
			if len(losses) > 0 {
				t.Errorf("losses %v, want none: only the benchmark's table has rows", losses)
			}
			return refused
		}})
		if !errors.Is(err, refused) || len(undone) > 0 || !slices.Equal(asked, after(urlRevision)) {
			t.Errorf("undone %v with the error %v after asking for %v, want nothing", undone, err, asked)
		}
		if got := pending(t, db, revisions); len(got) > 0 {
			t.Errorf("pending %v, want nothing", got)
		}
	})
}
