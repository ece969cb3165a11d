package session

import (
	"context"
	"database/sql"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"github.com/eosc-perf/backend/adapters/gormdb/tables"
)

// MetricRow is what one result says about a metric. Its bytes are valid until the next row is
// read.
type MetricRow struct {
	ResultID, SiteID, FlavorID uuid.UUID
	// Subject and Issuer are the uploader.
	Subject, Issuer    []byte
	Uploaded, Executed time.Time
	// Digest is that of the image, nil for none.
	Digest []byte
	// Texts are JSON texts, nil for none.
	Texts [][]byte
}

// MetricColumns is the number of columns of a MetricRow before its texts.
const MetricColumns = 8

// MetricRows calls take for each row of the query, whose columns are those of MetricRow and so
// many texts. The first error of take ends the reading.
func (s Session) MetricRows(ctx context.Context, query *gorm.DB, texts int, take func(*MetricRow) error) error {
	statement, err := StatementOf(query)
	if err != nil {
		return err
	}
	if s.connection != nil {
		return s.Dialect.MetricIndex.Rows(ctx, s.connection, s.db.Statement.ConnPool, statement, texts, take)
	}
	return ScanMetricRows(ctx, s.db.Statement.ConnPool, statement, texts, take)
}

// ScanMetricRows reads the rows by database/sql.
func ScanMetricRows(ctx context.Context, from gorm.ConnPool, statement Statement, texts int, take func(*MetricRow) error) error {
	reading, end := Reading(ctx)
	defer end()
	rows, err := from.QueryContext(reading, statement.SQL, statement.Values...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // rows.Err says whether all were read
	var id, site, flavor tables.Key
	var uploaded, executed tables.Timestamp
	row := &MetricRow{Texts: make([][]byte, texts)}
	into := []any{
		&id, &site, &flavor, (*sql.RawBytes)(&row.Subject), (*sql.RawBytes)(&row.Issuer), &uploaded, &executed, (*sql.RawBytes)(&row.Digest),
	}
	for i := range row.Texts {
		into = append(into, (*sql.RawBytes)(&row.Texts[i]))
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		row.ResultID, row.SiteID, row.FlavorID = uuid.UUID(id), uuid.UUID(site), uuid.UUID(flavor)
		row.Uploaded, row.Executed = uploaded.Time, executed.Time
		if err := take(row); err != nil {
			end() // see EachRow
			return err
		}
	}
	return rows.Err()
}
