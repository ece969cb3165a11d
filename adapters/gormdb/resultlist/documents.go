package resultlist

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/gormdb/query"
	"github.com/eosc-perf/backend/adapters/gormdb/session"
	"github.com/eosc-perf/backend/adapters/gormdb/tables"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/ports"
)

// EachDocument calls yield with the document of each result that the query chooses, or for
// newest > 0 of so many of those that were executed last.
func (r Reader) EachDocument(ctx context.Context, q ports.ResultQuery, newest int, yield func(document []byte) error) error {
	return r.Heavy(ctx, func(ctx context.Context, in Reader) (err error) {
		chosen, err := in.Chosen(ctx, q)
		if err != nil {
			return err
		}
		if newest > 0 {
			chosen = chosen.Order("result.execution_datetime DESC, result.id").Limit(newest)
		}
		rows, err := chosen.Select(documentColumn).Rows()
		if err != nil {
			return in.Failed(ctx, err, "read documents")
		}
		defer func() { err = errors.Join(err, rows.Close()) }()
		for rows.Next() {
			var document sql.RawBytes
			if err := rows.Scan(&document); err != nil {
				return in.Failed(ctx, err, "read a document")
			}
			if err := yield(document); err != nil {
				return err
			}
		}
		return in.Failed(ctx, rows.Err(), "read documents")
	})
}

// Identify calls yield with the id and the time of the upload of each result that the query
// chooses, in the order of the ids.
func (r Reader) Identify(ctx context.Context, q ports.ResultQuery, yield func(id uuid.UUID, uploadedAt time.Time) error) error {
	return r.Heavy(ctx, func(ctx context.Context, in Reader) (err error) {
		chosen, err := in.Chosen(ctx, q)
		if err != nil {
			return err
		}
		rows, err := chosen.Select("result.id, result.upload_datetime").Order("result.id").Rows()
		if err != nil {
			return in.Failed(ctx, err, "read the ids of results")
		}
		defer func() { err = errors.Join(err, rows.Close()) }()
		for rows.Next() {
			var id tables.Key
			var uploadedAt tables.Timestamp
			if err := rows.Scan(&id, &uploadedAt); err != nil {
				return in.Failed(ctx, err, "read the id of a result")
			}
			if err := yield(uuid.UUID(id), uploadedAt.Time); err != nil {
				return err
			}
		}
		return in.Failed(ctx, rows.Err(), "read the ids of results")
	})
}

// Indexed tells for each of the paths whether the value index answers for the benchmarks; none
// stand for all.
func (r Reader) Indexed(ctx context.Context, benchmarks []uuid.UUID, paths []filter.Path) ([]bool, error) {
	indexed := make([]bool, len(paths))
	var keys []string
	for _, path := range paths {
		if key := r.Dialect.ValueIndex.Key(path); key != "" {
			keys = append(keys, key)
		}
	}
	if len(keys) == 0 {
		return indexed, nil
	}
	err := r.Snapshot(ctx, func(s session.Session) error {
		found, err := s.Dialect.ValueIndex.IndexedPaths(ctx, s.Query(ctx), query.Distinct(benchmarks), keys)
		for i, path := range paths {
			indexed[i] = len(found[s.Dialect.ValueIndex.Key(path)]) > 0
		}
		return err
	})
	return indexed, r.Failed(ctx, err, "find indexed paths")
}
