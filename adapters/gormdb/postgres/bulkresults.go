package postgres

import (
	"context"
	"database/sql/driver"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/eosc-perf/backend/adapters/gormdb/session"
	"github.com/eosc-perf/backend/adapters/gormdb/tables"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// bulkResults implements session.BulkResults by pgx alone: most requests are for
// results, and database/sql takes as long to convert them as PostgreSQL to find them.
type bulkResults struct {
	pool     *pgxpool.Pool
	sessions *sessions
}

// sender is the pool, or a transaction.
type sender interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
}

// send lets the function send one statement: behind a transaction pooler in a transaction.
// It does so once more if the statement did not reach the server: an idle connection may
// have ended without the knowledge of the pool.
func (r bulkResults) send(ctx context.Context, statement func(sender) error) error {
	try := func() error {
		if r.sessions.perTransaction() {
			return r.sessions.alone(ctx, r.pool, func(tx pgx.Tx) error { return statement(tx) })
		}
		return statement(r.pool)
	}
	err := try()
	for n := 1; err != nil && pgconn.SafeToRetry(err) && ctx.Err() == nil && n < maxTries; n++ {
		err = try()
	}
	return err
}

// Listed implements session.BulkResults.
func (bulkResults) Listed(ids []tables.Key) session.Statement {
	list := make([]pgtype.UUID, len(ids))
	for i, id := range ids {
		list[i] = pgtype.UUID{Bytes: id, Valid: true}
	}
	return session.Statement{SQL: "SELECT unnest(CAST($1 AS uuid[])) AS id, CAST(NULL AS bigint) AS total", Values: []any{list}}
}

var (
	// beforeIDs and afterIDs are the parts of the statement around that of the ids.
	beforeIDs, afterIDs, _ = strings.Cut(statements.Text("read_results"), "@ids")
	addResult              = statements.Text("add_result")
	addResults             = statements.Text("add_results")
	readReferenceVersion   = statements.Text("read_reference_version")
)

// Read implements session.BulkResults.
func (r bulkResults) Read(ctx context.Context, ids session.Statement) ([]session.ResultRow, error) {
	values, err := driverValues(ids.Values)
	if err != nil {
		return nil, err
	}
	var found []session.ResultRow
	err = r.send(ctx, func(to sender) error {
		found, err = read(ctx, to, ids.SQL, values)
		return err
	})
	return found, err
}

// ReferenceVersion implements session.BulkResults.
func (r bulkResults) ReferenceVersion(ctx context.Context) (v int64, err error) {
	err = r.send(ctx, func(to sender) error { return to.QueryRow(ctx, readReferenceVersion).Scan(&v) })
	return v, err
}

// Add implements session.BulkResults.
func (r bulkResults) Add(ctx context.Context, result *domain.Result, e *domain.Event, use *ports.Use) error {
	tags := make([]pgtype.UUID, len(result.Tags))
	for i, tag := range result.Tags {
		tags[i] = pgtype.UUID{Bytes: tag.ID, Valid: true}
	}
	values := []any{
		result.ID, result.Uploader.Subject, result.Uploader.Issuer, result.UploadedAt.UTC().Truncate(time.Microsecond), []byte(result.JSON),
		result.ExecutedAt.UTC().Truncate(time.Microsecond), result.Benchmark.ID, result.Flavor.ID, result.Site.ID, tags,
		tables.TextOrNil(result.Digest), tables.TextOrNil(result.ImageDigest), tables.TextOrNil(result.Client), result.Supersedes,
	}
	values = append(append(values, eventValues(e)...), useValues(use)...)
	return r.send(ctx, func(to sender) error {
		var added int
		err := to.QueryRow(ctx, addResult, values...).Scan(&added)
		if err == nil && added == 0 {
			err = ports.ErrUsedUp
		}
		return err
	})
}

// AddAll implements session.BulkResults. The order of the rows is that of the list.
func (r bulkResults) AddAll(
	ctx context.Context, list []*domain.Result, events []domain.Event,
) (added []uuid.UUID, err error) {
	values := resultArrays(list, events)
	err = r.send(ctx, func(to sender) error {
		rows, err := to.Query(ctx, addResults, values...)
		if err != nil {
			return err
		}
		added, err = pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
		return err
	})
	return added, err
}

// resultArrays are the values of the statement add_results.
func resultArrays(list []*domain.Result, events []domain.Event) []any {
	var ids, benchmarks, flavors, sites, superseded, tagged, tags []pgtype.UUID
	var uploaded, executed []time.Time
	var documents [][]byte
	var digests, images, clients []*string
	for _, result := range list {
		id := uuidOf(&result.ID)
		ids, superseded = append(ids, id), append(superseded, uuidOf(result.Supersedes))
		benchmarks, flavors = append(benchmarks, uuidOf(&result.Benchmark.ID)), append(flavors, uuidOf(&result.Flavor.ID))
		sites, documents = append(sites, uuidOf(&result.Site.ID)), append(documents, result.JSON)
		uploaded = append(uploaded, result.UploadedAt.UTC().Truncate(time.Microsecond))
		executed = append(executed, result.ExecutedAt.UTC().Truncate(time.Microsecond))
		digests, images = append(digests, tables.TextOrNil(result.Digest)), append(images, tables.TextOrNil(result.ImageDigest))
		clients = append(clients, tables.TextOrNil(result.Client))
		for _, tag := range result.Tags {
			tagged, tags = append(tagged, id), append(tags, uuidOf(&tag.ID))
		}
	}
	by := list[0].Uploader
	values := []any{
		ids, uploaded, documents, executed, benchmarks, flavors, sites, digests, images, superseded, by.Subject, by.Issuer, clients, tagged, tags,
	}
	return append(values, eventArrays(events)...)
}

func uuidOf(id *uuid.UUID) pgtype.UUID {
	if id == nil {
		return pgtype.UUID{}
	}
	return pgtype.UUID{Bytes: *id, Valid: true}
}

// eventColumns is the number of columns of events.
const eventColumns = 12

// eventValues are the values of the event in the statement add_result, NULL for none.
func eventValues(e *domain.Event) []any {
	if e == nil {
		return make([]any, eventColumns)
	}
	row := tables.NewAuditEvent(*e)
	return []any{
		e.ID, e.At.UTC().Truncate(time.Microsecond), row.ActorRole, row.ActorSub, row.ActorIss, row.Action,
		row.ResourceType, e.ResourceID, row.Reason, row.RequestID, row.Address, row.Changes,
	}
}

// useColumns is the number of columns of a use.
const useColumns = 4

// useValues are the values of a use in the statement add_result, NULL for none.
func useValues(use *ports.Use) []any {
	if use == nil {
		return make([]any, useColumns)
	}
	return []any{use.Kind, use.Day, use.N, use.Limit}
}

// eventArrays are the values of the events in the statement add_results: ids, changes, requests
// and addresses, and what they have in common.
func eventArrays(events []domain.Event) []any {
	n := len(events)
	ids, changes, requests, addresses := make([]pgtype.UUID, n), make([]*string, n), make([]*string, n), make([]*string, n)
	for i := range events {
		ids[i], changes[i] = uuidOf(&events[i].ID), tables.TextOrNil(events[i].Changes)
		requests[i], addresses[i] = tables.TextOrNil(events[i].RequestID), tables.TextOrNil(events[i].Address)
	}
	var common tables.AuditEvent
	if n > 0 {
		common = tables.NewAuditEvent(events[0])
	}
	return []any{ids, changes, common.ActorRole, common.Action, common.ResourceType, requests, addresses}
}

// maxTries is how often database/sql tries on connections that others closed.
const maxTries = 3

func read(ctx context.Context, from sender, ids string, values []any) ([]session.ResultRow, error) {
	reading, end := session.Reading(ctx)
	defer end()
	rows, err := from.Query(reading, beforeIDs+ids+afterIDs, values...)
	if err != nil {
		return nil, err
	}
	share := ports.ShareOf(ctx)
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (session.ResultRow, error) {
		result, err := resultRow(row)
		if err == nil && share != nil {
			err = share.Take(ctx, len(result.JSON))
		}
		if err != nil {
			end() // see session.EachRow
		}
		return result, err
	})
}

// driverValues converts the values to types that pgx knows.
func driverValues(values []any) ([]any, error) {
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

func resultRow(found pgx.CollectableRow) (session.ResultRow, error) {
	var row session.ResultRow
	var uploaded, executed tables.Timestamp
	var tags []pgtype.UUID
	err := found.Scan(
		(*[16]byte)(&row.ID), &row.Upload.Uploader.Subject, &row.Upload.Uploader.Issuer, &uploaded, &executed, (*[]byte)(&row.JSON),
		(*[16]byte)(&row.BenchmarkID), (*[16]byte)(&row.SiteID), (*[16]byte)(&row.FlavorID), &tags, &row.Total, &row.ReferenceVersion,
	)
	row.Upload.UploadedAt, row.ExecutedAt = uploaded.Time, executed.Time
	for _, id := range tags {
		row.TagIDs = append(row.TagIDs, id.Bytes)
	}
	return row, err
}
