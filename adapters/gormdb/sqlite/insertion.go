package sqlite

import (
	"context"
	"strings"

	"gorm.io/gorm"
)

// insertion inserts any number of rows by statements for few different numbers, so that all of them
// stay compiled.
type insertion struct {
	// columns is the number of values of a row.
	columns int
	// texts are the statements, by insertedAtOnce.
	texts []string
}

// insertedAtOnce are the numbers of rows that a statement inserts.
var insertedAtOnce = []int{64, 16, 4, 1}

// newInsertion returns the insertion whose statement for one row has the name.
func newInsertion(name string) insertion {
	one := statements.Text(name)
	row := one[strings.LastIndex(one, "("):]
	i := insertion{columns: strings.Count(row, "?")}
	for _, n := range insertedAtOnce {
		i.texts = append(i.texts, one+strings.Repeat(", "+row, n-1))
	}
	return i
}

// run inserts rows, whose values are one after the other.
func (i insertion) run(ctx context.Context, tx gorm.ConnPool, values []any) error {
	for place, rows := range insertedAtOnce {
		for n := rows * i.columns; len(values) >= n; values = values[n:] {
			if _, err := tx.ExecContext(ctx, i.texts[place], values[:n]...); err != nil {
				return err
			}
		}
	}
	return nil
}
