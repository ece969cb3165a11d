package dump

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"gorm.io/gorm"
)

// The rows of a dump are spelled in the same way for both databases.

// spelling is the way in which the values of a column are written in JSON.
type spelling int

const (
	asText spelling = iota
	asTime
	// asInteger is a number of 32 bits, asNumber one of 64.
	asInteger
	asNumber
	asBoolean
)

// spellings are those of types by the names that the databases give to them. Values of all
// other types are texts.
var spellings = map[string]spelling{
	"timestamp": asTime, "integer": asInteger, "int4": asInteger, "bigint": asNumber, "int8": asNumber, "bool": asBoolean,
	"boolean": asBoolean,
}

// column is a column of a table of a dump.
type column struct {
	name     string
	spelling spelling
}

// columnsOf returns the columns of the table, sorted by name: the order of columns in the
// database depends on the revisions that made them.
func columnsOf(db *gorm.DB, table string) ([]column, error) {
	rows, err := db.Raw("SELECT * FROM " + quoted(table) + " LIMIT 0").Rows()
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // there are no rows
	types, err := rows.ColumnTypes()
	if err != nil {
		return nil, err
	}
	columns := make([]column, len(types))
	for i, t := range types {
		columns[i] = column{t.Name(), spellings[strings.ToLower(t.DatabaseTypeName())]}
	}
	slices.SortFunc(columns, func(a, b column) int { return strings.Compare(a.name, b.name) })
	return columns, rows.Err()
}

// selectTexts is a query for the values as texts, cast by the database, which is exact.
func selectTexts(table string, columns []column) string {
	texts := make([]string, len(columns))
	for i, c := range columns {
		texts[i] = "CAST(" + quoted(c.name) + " AS text)"
	}
	return "SELECT " + strings.Join(texts, ", ") + " FROM " + quoted(table)
}

func appendRow(row []byte, columns []column, values []sql.RawBytes) (_ []byte, err error) {
	row = append(row, '{')
	for i, c := range columns {
		if i > 0 {
			row = append(row, ',')
		}
		row = append(append(append(row, '"'), c.name...), `":`...)
		if row, err = c.append(row, values[i]); err != nil {
			return nil, fmt.Errorf("column %q: %w", c.name, err)
		}
	}
	return append(row, '}'), nil
}

// storableRow is appendRow for a row that can be restored.
func storableRow(row []byte, table string, columns []column, values []sql.RawBytes) ([]byte, error) {
	row, err := appendRow(row, columns, values)
	if err == nil {
		_, err = parseRow(table, row, columns)
	}
	return row, err
}

// nameOf names a row in errors, without personal data.
func nameOf(columns []column, values []sql.RawBytes) string {
	for i, c := range columns {
		if c.name == "id" {
			return fmt.Sprintf("row %.36q", values[i])
		}
	}
	return "a row"
}

func (c column) append(row []byte, value sql.RawBytes) ([]byte, error) {
	switch {
	case value == nil:
		return append(row, "null"...), nil
	case c.spelling == asNumber || c.spelling == asInteger:
		return append(row, value...), nil
	case c.spelling == asBoolean:
		switch string(value) {
		case "true", "1":
			return append(row, "true"...), nil
		case "false", "0":
			return append(row, "false"...), nil
		}
		return nil, fmt.Errorf("%.100q is neither true nor false", value)
	case c.spelling == asTime:
		value = sixDigits(value)
	}
	return jsontext.AppendQuote(row, value)
}

// sixDigits adds the zeros that PostgreSQL leaves out at the end of a timestamp, so that
// it is as wide as the texts of SQLite, and leaves out what is finer than a microsecond, which
// PostgreSQL would round. A value without a time of day stays: infinity. A time
// beyond the years 1 to 9999 becomes the nearest one inside, as which the API shows it.
func sixDigits(value []byte) []byte {
	const digits = 6
	switch year := bytes.IndexByte(value, '-'); {
	case !bytes.Contains(value, []byte(":")):
		return value
	case bytes.HasSuffix(value, []byte(" BC")):
		return []byte("0001-01-01 00:00:00.000000")
	case year > len("9999"):
		return []byte("9999-12-31 23:59:59.999999")
	}
	whole, fraction, _ := bytes.Cut(value, []byte("."))
	fraction = fraction[:min(len(fraction), digits)]
	return fmt.Appendf(nil, "%s.%s%s", whole, fraction, strings.Repeat("0", digits-len(fraction)))
}

// parseRow returns the values of the row of the table, in the order of the columns. The row
// must have exactly these columns, and pass the checks of RowCheck.
func parseRow(table string, row []byte, columns []column) ([]any, error) {
	fields, err := readRow(table, row)
	if err != nil {
		return nil, err
	}
	values := make([]any, len(columns))
	for i, c := range columns {
		value, ok := fields[c.name]
		if !ok {
			return nil, fmt.Errorf("a row has no column %s", c.name)
		}
		var err error
		if values[i], err = c.parse(value); err != nil {
			return nil, fmt.Errorf("column %s: %w", c.name, err)
		}
		delete(fields, c.name)
	}
	for name := range fields {
		return nil, fmt.Errorf("a row has the column %.100q, the table does not", name)
	}
	return values, nil
}

func (c column) parse(value any) (any, error) {
	switch v := value.(type) {
	case nil:
		return nil, nil
	case string:
		if c.spelling == asText || c.spelling == asTime {
			return v, nil
		}
	case bool:
		if c.spelling == asBoolean {
			return v, nil
		}
	case json.Number:
		if c.spelling == asInteger {
			return strconv.ParseInt(v.String(), 10, 32)
		}
		if c.spelling == asNumber {
			return v.Int64()
		}
	}
	return nil, fmt.Errorf("%.100v is not what it holds", value)
}
