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
	columns    int
	statements []statementOf
}

// statementOf is a statement that inserts so many rows.
type statementOf struct {
	rows int
	text string
}

// newInsertion returns the insertion whose statement for one row has the name.
func newInsertion(name string) insertion {
	one := statements.Text(name)
	row := one[strings.LastIndex(one, "("):]
	i := insertion{columns: strings.Count(row, "?")}
	for _, rows := range []int{64, 16, 4, 1} {
		i.statements = append(i.statements, statementOf{rows, one + strings.Repeat(", "+row, rows-1)})
	}
	return i
}

// run inserts rows, whose values are one after the other.
func (i insertion) run(ctx context.Context, tx gorm.ConnPool, values []any) error {
	for _, statement := range i.statements {
		for n := statement.rows * i.columns; len(values) >= n; values = values[n:] {
			if _, err := tx.ExecContext(ctx, statement.text, values[:n]...); err != nil {
				return err
			}
		}
	}
	return nil
}
