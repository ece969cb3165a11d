package postgres

import (
	"context"
	"database/sql"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"gorm.io/gorm"

	"github.com/eosc-perf/backend/adapters/gormdb/session"
	"github.com/eosc-perf/backend/adapters/gormdb/tables"
	"github.com/eosc-perf/backend/core/filter"
)

// metricIndex implements session.MetricIndex.
type metricIndex struct{}

// Path implements session.MetricIndex: an array of names. A name that PostgreSQL would take
// for an index, although it is none, is left to the documents.
func (metricIndex) Path(path filter.Path) (written string, ok bool) {
	if !path.IsPlain() || slices.ContainsFunc(path.Names(), looksLikeIndex) {
		return "", false
	}
	return arrayOf(path.Names()), true
}

// Rows implements session.MetricIndex by pgx alone, on the connection of the transaction:
// database/sql takes six times as long to convert the rows.
func (metricIndex) Rows(
	ctx context.Context, connection *sql.Conn, _ gorm.ConnPool, statement session.Statement, texts int, take func(*session.MetricRow) error,
) error {
	values, err := driverValues(statement.Values)
	if err != nil {
		return err
	}
	return connection.Raw(func(own any) error {
		c, err := pgxConn(own)
		if err != nil {
			return err
		}
		reading, end := session.Reading(ctx)
		defer end()
		rows, err := c.Query(reading, statement.SQL, values...)
		if err != nil {
			return err
		}
		defer rows.Close()
		if err = takeMetricRows(rows, texts, take); err != nil {
			end() // see session.EachRow
		}
		return err
	})
}

// takeMetricRows reads the bytes that PostgreSQL sent, without a copy.
func takeMetricRows(rows pgx.Rows, texts int, take func(*session.MetricRow) error) error {
	fields := rows.FieldDescriptions()
	if len(fields) != session.MetricColumns+texts {
		return fmt.Errorf("%d columns instead of %d", len(fields), session.MetricColumns+texts)
	}
	row := &session.MetricRow{}
	for rows.Next() {
		raw := rows.RawValues()
		r := rawRow{fields: fields, raw: raw}
		row.ResultID, row.SiteID, row.FlavorID = r.uuid(0), r.uuid(1), r.uuid(2)
		row.Subject, row.Issuer = raw[3], raw[4]
		row.Uploaded, row.Executed = r.time(5), r.time(6)
		row.Digest, row.Texts = raw[7], raw[session.MetricColumns:]
		if r.err != nil {
			return r.err
		}
		if err := take(row); err != nil {
			return err
		}
	}
	return rows.Err()
}

// rawRow reads single columns, and keeps the first error.
type rawRow struct {
	fields []pgconn.FieldDescription
	raw    [][]byte
	err    error
}

func (r *rawRow) uuid(i int) (id uuid.UUID) {
	var err error
	switch text := r.raw[i]; {
	case r.fields[i].Format == pgx.BinaryFormatCode && len(text) == len(id):
		copy(id[:], text)
	default:
		id, err = uuid.ParseBytes(text)
	}
	if err != nil && r.err == nil {
		r.err = fmt.Errorf("read column %d: %w", i, err)
	}
	return id
}

// epoch is what PostgreSQL counts microseconds from.
var epoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).Unix()

func (r *rawRow) time(i int) time.Time {
	var stamp tables.Timestamp
	var err error
	switch text := r.raw[i]; {
	case r.fields[i].Format == pgx.BinaryFormatCode && len(text) == 8:
		micros := int64(binary.BigEndian.Uint64(text)) //nolint:gosec // the bits of a signed number
		switch micros {
		case math.MaxInt64:
			err = stamp.Scan("infinity")
		case math.MinInt64:
			err = stamp.Scan("-infinity")
		default:
			const second = 1_000_000
			stamp = tables.NearestTimestamp(time.Unix(epoch+micros/second, micros%second*1000).UTC())
		}
	default:
		err = stamp.Scan(string(text))
	}
	if err != nil && r.err == nil {
		r.err = fmt.Errorf("read column %d: %w", i, err)
	}
	return stamp.Time
}
