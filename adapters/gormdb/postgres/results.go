package postgres

import (
	"context"
	"database/sql/driver"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/ports"
)

// resultReader implements gormdb.ResultReader by pgx alone: lists of results are what
// people wait for, and database/sql takes as long to convert them as PostgreSQL to
// find them.
type resultReader struct{ pool *pgxpool.Pool }

// Results implements gormdb.Dialect.
func (d *dialect) Results() gormdb.ResultReader { return resultReader{d.pool} }

// Listed implements gormdb.ResultReader.
func (resultReader) Listed(ids []gormdb.Key) gormdb.Statement {
	list := make([]pgtype.UUID, len(ids))
	for i, id := range ids {
		list[i] = pgtype.UUID{Bytes: id, Valid: true}
	}
	return gormdb.Statement{SQL: "SELECT unnest(CAST($1 AS uuid[])) AS id, CAST(NULL AS bigint) AS total", Values: []any{list}}
}

// The version costs less than a join with what results refer to: the planner would
// read these tables whole.
const (
	beforeIDs = `SELECT r.id, r.uploader_sub, r.uploader_iss, r.upload_datetime, r.execution_datetime, r.json,
		r.benchmark_id, r.site_id, r.flavor_id,
		ARRAY(SELECT t.tag_id FROM result_tags AS t WHERE t.result_id = r.id ORDER BY t.tag_id),
		p.total, (SELECT CAST(coalesce(sum(changes), 0) AS bigint) FROM reference_change)
		FROM (SELECT row_number() OVER () AS n, i.id, i.total FROM (`
	afterIDs = `) AS i) AS p JOIN result AS r ON r.id = p.id ORDER BY p.n`
)

// Read implements gormdb.ResultReader.
func (r resultReader) Read(ctx context.Context, ids gormdb.Statement) ([]gormdb.ResultRow, error) {
	values, err := plain(ids.Values)
	if err != nil {
		return nil, err
	}
	found, err := r.read(ctx, ids.SQL, values)
	// A connection that lay idle may have ended without our knowledge.
	for try := 1; err != nil && pgconn.SafeToRetry(err) && ctx.Err() == nil && try < tries; try++ {
		found, err = r.read(ctx, ids.SQL, values)
	}
	return found, err
}

// tries is how often database/sql tries on a connection that was not closed by us.
const tries = 3

func (r resultReader) read(ctx context.Context, ids string, values []any) ([]gormdb.ResultRow, error) {
	rows, err := r.pool.Query(ctx, beforeIDs+ids+afterIDs, values...)
	if err != nil {
		return nil, err
	}
	room := ports.RoomOf(ctx)
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (gormdb.ResultRow, error) {
		result, err := resultRow(row)
		if err == nil && room != nil {
			err = room.Take(len(result.JSON))
		}
		return result, err
	})
}

// plain are the values as PostgreSQL's own types.
func plain(values []any) ([]any, error) {
	list := make([]any, len(values))
	for i, v := range values {
		list[i] = v
		if own, ok := v.(driver.Valuer); ok {
			value, err := own.Value()
			if err != nil {
				return nil, err
			}
			list[i] = value
		}
	}
	return list, nil
}

func resultRow(rows pgx.CollectableRow) (gormdb.ResultRow, error) {
	var row gormdb.ResultRow
	var uploaded, executed gormdb.Timestamp
	var tags []pgtype.UUID
	err := rows.Scan((*[16]byte)(&row.ID), &row.Upload.Uploader.Subject, &row.Upload.Uploader.Issuer, &uploaded, &executed, (*[]byte)(&row.JSON),
		(*[16]byte)(&row.BenchmarkID), (*[16]byte)(&row.SiteID), (*[16]byte)(&row.FlavorID), &tags, &row.Total, &row.Version)
	row.Upload.UploadedAt, row.ExecutedAt = uploaded.Time, executed.Time
	for _, id := range tags {
		row.TagIDs = append(row.TagIDs, id.Bytes)
	}
	return row, err
}
