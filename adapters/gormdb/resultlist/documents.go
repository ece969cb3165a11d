package resultlist

import (
	"context"
	"database/sql"
	"errors"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/gormdb/query"
	"github.com/eosc-perf/backend/adapters/gormdb/session"
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
