package resultlist

import (
	"context"
	"database/sql"
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
	return r.Heavy(ctx, func(ctx context.Context, in Reader) error {
		chosen, err := in.Chosen(ctx, q)
		if err != nil {
			return err
		}
		if newest > 0 {
			chosen = chosen.Order("result.execution_datetime DESC, result.id").Limit(newest)
		}
		var document sql.RawBytes
		return in.EachRow(ctx, chosen.Select(documentColumn), "read documents",
			func(row *sql.Rows) error { return row.Scan(&document) },
			func() error { return yield(document) })
	})
}

// Identify calls yield with the id and the time of the upload of each result that the query
// chooses, in the order of the ids.
func (r Reader) Identify(ctx context.Context, q ports.ResultQuery, yield func(id uuid.UUID, uploadedAt time.Time) error) error {
	return r.Heavy(ctx, func(ctx context.Context, in Reader) error {
		chosen, err := in.Chosen(ctx, q)
		if err != nil {
			return err
		}
		var id tables.Key
		var uploadedAt tables.Timestamp
		return in.EachRow(ctx, chosen.Select("result.id, result.upload_datetime").Order("result.id"), "read the ids of results",
			func(row *sql.Rows) error { return row.Scan(&id, &uploadedAt) },
			func() error { return yield(uuid.UUID(id), uploadedAt.Time) })
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
