package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"github.com/eosc-perf/backend/adapters/gormdb/session"
	"github.com/eosc-perf/backend/adapters/gormdb/tables"
	"github.com/eosc-perf/backend/core/document"
	"github.com/eosc-perf/backend/core/filter"
)

// metricIndex implements session.MetricIndex.
type metricIndex struct{}

// Path implements session.MetricIndex: a path in SQLite's own form. Names that may be indexes
// too, and those that SQLite cannot quote, are left to the documents.
func (metricIndex) Path(path filter.Path) (written string, ok bool) {
	if !path.IsPlain() {
		return "", false
	}
	written = "$"
	for _, name := range path.Names() {
		if _, isIndex := document.ArrayIndex(name); isIndex || strings.ContainsAny(name, "\"\\") {
			return "", false
		}
		written += `."` + name + `"`
	}
	return written, true
}

// The columns of a row are read as one text: to read a column takes the driver several calls into
// SQLite, each of which locks the connection.
const (
	// columnEnd stands between columns. JSON escapes it in strings.
	columnEnd = '\x1f'
	// columnIsNull is what a column has that is NULL.
	columnIsNull = "\x1e"
)

// Rows implements session.MetricIndex. A row that has the separator in one of its columns, which only
// another program can have written, is read by a statement of its own.
func (metricIndex) Rows(
	ctx context.Context, _ *sql.Conn, tx gorm.ConnPool, statement session.Statement, texts int, take func(*session.MetricRow) error,
) error {
	joined, single := joinedColumns(statement.SQL, session.MetricColumns+texts)
	rows, err := tx.QueryContext(ctx, joined, statement.Values...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // rows.Err says whether all were read
	columns := make([][]byte, session.MetricColumns+texts)
	row := &session.MetricRow{}
	var text sql.RawBytes
	for rows.Next() {
		if err := rows.Scan(&text); err != nil {
			return err
		}
		if !splitColumns(text, columns) {
			one := session.Statement{SQL: single, Values: append(slices.Clone(statement.Values), string(columns[0]))}
			if err := session.ScanMetricRows(ctx, tx, one, texts, take); err != nil {
				return err
			}
			continue
		}
		fillMetricRow(row, columns)
		if err := take(row); err != nil {
			return err
		}
	}
	return rows.Err()
}

// joinedColumns returns the statement with its columns joined, and the one for a single row of it,
// whose id is one more value.
func joinedColumns(statement string, n int) (joined, single string) {
	names, values := make([]string, n), make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("c%d", i)
		values[i] = fmt.Sprintf("ifnull(c%d, char(30))", i)
	}
	found := "WITH found (" + strings.Join(names, ", ") + ") AS (" + statement + ") SELECT "
	return found + "concat_ws(char(31), " + strings.Join(values, ", ") + ") FROM found", found + "* FROM found WHERE c0 = ?"
}

// splitColumns splits a text into columns, nil for those that are NULL. ok is false if it has more
// columns or less.
func splitColumns(text []byte, columns [][]byte) (ok bool) {
	last := len(columns) - 1
	for i := range columns {
		end := bytes.IndexByte(text, columnEnd)
		if (end < 0) != (i == last) {
			return false
		}
		if columns[i] = text; end >= 0 {
			columns[i], text = text[:end], text[end+1:]
		}
		if string(columns[i]) == columnIsNull {
			columns[i] = nil
		}
	}
	return true
}

// fillMetricRow reads the columns.
func fillMetricRow(row *session.MetricRow, columns [][]byte) {
	for i, id := range []*uuid.UUID{&row.ResultID, &row.SiteID, &row.FlavorID} {
		*id = tables.ParseKey(columns[i])
	}
	row.Subject, row.Issuer = columns[3], columns[4]
	for i, at := range []*time.Time{&row.Uploaded, &row.Executed} {
		*at = tables.ParseTimestamp(columns[5+i]).Time
	}
	row.Digest, row.Texts = columns[7], columns[session.MetricColumns:]
}
