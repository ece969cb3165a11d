package sqlite

import (
	"context"
	"database/sql"
	"slices"
	"testing"

	"gorm.io/gorm"
)

// recorder notes the numbers of values of statements.
type recorder struct {
	gorm.ConnPool

	numbers []int
	values  []any
}

func (r *recorder) ExecContext(_ context.Context, _ string, values ...any) (sql.Result, error) {
	r.numbers, r.values = append(r.numbers, len(values)), append(r.values, values...)
	return nil, nil //nolint:nilnil // nobody asks
}

// A connection keeps the statements for each number of rows compiled.
func TestManyRowsAreInsertedByFewDifferentStatements(t *testing.T) {
	for rows, want := range map[int][]int{
		0: nil, 1: {2}, 5: {8, 2}, 64: {128}, 150: {128, 128, 32, 8, 2, 2},
	} {
		var values []any
		for i := range 2 * rows {
			values = append(values, i)
		}
		var to recorder
		if err := insertTags.run(t.Context(), &to, values); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(to.numbers, want) {
			t.Errorf("%d rows: statements with %v values, want %v", rows, to.numbers, want)
		}
		if !slices.Equal(to.values, values) {
			t.Errorf("%d rows: the values are %v", rows, to.values)
		}
	}
}
