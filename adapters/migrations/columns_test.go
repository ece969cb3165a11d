package migrations

import (
	"slices"
	"strings"
	"testing"
)

func TestColumnsAreReadWithTheirKeys(t *testing.T) {
	types := map[string][2]string{postgres: {"uuid", "text"}, sqlite: {"text", "text"}}
	eachDialect(t, func(t *testing.T, s server) {
		db := s.open(t)
		revisions := load(t, s.dialect)
		upgrade(t, db, revisions)
		columns, err := schemaOf(db, revisions).Columns(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []Column{
			{Table: "tag", Name: "id", Type: types[s.dialect][0], Required: true, Primary: true},
			{Table: "tag", Name: "description", Type: types[s.dialect][1]},
			{Table: "flavor", Name: "site_id", Type: types[s.dialect][0], Required: true, Refers: "site.id"},
			{Table: "result_tags", Name: "tag_id", Type: types[s.dialect][0], Required: true, Primary: true, Refers: "tag.id"},
		} {
			if !slices.Contains(columns, want) {
				t.Errorf("the columns lack %+v:\n%+v", want, columns)
			}
		}
		if !slices.IsSortedFunc(columns, func(a, b Column) int { return strings.Compare(a.Table, b.Table) }) {
			t.Errorf("the columns are not in the order of their tables: %+v", columns)
		}
	})
}
