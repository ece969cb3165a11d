package dump

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/eosc-perf/backend/core/domain"
)

// oddRows calls each with every row that cannot be restored, or has bytes in the place of a text. SQLite
// stores any value in any column, and PostgreSQL has JSON documents that SQLite does not have.
func (s *snapshot) oddRows(ctx context.Context, each func(domain.Finding) error) error {
	for _, table := range s.tables {
		columns, err := s.columnsOf(ctx, table)
		if err != nil {
			return err
		}
		odd := func(values []sql.RawBytes, problem, remedy string) error {
			return each(domain.Finding{Level: domain.Problem, Table: table, ID: keyOf(columns, values), Problem: problem, Remedy: remedy})
		}
		var row []byte
		err = s.values(ctx, table, columns, func(values []sql.RawBytes) (err error) {
			if row, err = storableRow(row[:0], table, columns, values); err != nil {
				return odd(values, "a value is not what its column holds: "+err.Error(), "correct it in SQL: `admin backup` refuses it")
			}
			return nil
		}, "")
		if err == nil && s.connection.Name() == "sqlite" {
			err = s.values(ctx, table, columns, func(values []sql.RawBytes) error {
				return odd(values, "a value is stored as bytes, not as a text", "correct it in SQL with CAST(... AS TEXT): searches miss it")
			}, whereBytes(columns))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// whereBytes is the condition for the rows that have bytes in a column.
func whereBytes(columns []column) string {
	types := make([]string, len(columns))
	for i, c := range columns {
		types[i] = "typeof(" + quoted(c.name) + ")"
	}
	return " WHERE 'blob' IN (" + strings.Join(types, ", ") + ")"
}

// keyColumns are the columns by which rows are found that have no id.
var keyColumns = []string{"sub", "iss", "kind", "day", "result_id", "tag_id", "name", "seq"}

// keyOf names a row for an operator: its id, or the columns that it is found by.
func keyOf(columns []column, values []sql.RawBytes) string {
	var key []string
	for i, c := range columns {
		switch {
		case c.name == "id":
			return strings.Trim(strconv.QuoteToASCII(string(values[i])), `"`)
		case slices.Contains(keyColumns, c.name):
			key = append(key, fmt.Sprintf("%s %q", c.name, values[i]))
		}
	}
	return strings.Join(key, ", ")
}
