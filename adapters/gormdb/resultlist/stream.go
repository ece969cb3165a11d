package resultlist

import (
	"context"
	"database/sql"
	"errors"
	"iter"
	"slices"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/gormdb/references"
	"github.com/eosc-perf/backend/adapters/gormdb/session"
	"github.com/eosc-perf/backend/adapters/gormdb/tables"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// streamPart is how many results of a stream are looked up together. Of these only the ids
// and the entities that they refer to are in memory together, and not the documents.
const streamPart = 500

// Stream passes all results that the query chooses, in its order, to read; see
// ports.Results. A cursor sorts and reads ids only: the documents of a part of the ids are
// looked up when their turn comes.
func (r Reader) Stream(ctx context.Context, q ports.ResultQuery, read func(iter.Seq2[*domain.Result, error]) error) error {
	var failed error
	err := r.Snapshot(ctx, func(s session.Session) error {
		failed = read(r.Reader(s).sequence(ctx, q))
		return failed
	})
	if failed != nil {
		return failed
	}
	return r.Failed(ctx, err, "read a stream of results")
}

var errStreamLeft = errors.New("the reader wants no further result")

func (r Reader) sequence(ctx context.Context, q ports.ResultQuery) iter.Seq2[*domain.Result, error] {
	return func(yield func(*domain.Result, error) bool) {
		err := r.stream(ctx, q, func(result *domain.Result) error {
			if !yield(result, nil) {
				return errStreamLeft
			}
			return nil
		})
		if err != nil && !errors.Is(err, errStreamLeft) {
			yield(nil, r.Failed(ctx, err, "read a stream of results"))
		}
	}
}

// streamed is what a cursor reads of a result.
type streamed struct{ id, benchmarkID, siteID, flavorID tables.Key }

func (r Reader) stream(ctx context.Context, q ports.ResultQuery, use func(*domain.Result) error) (err error) {
	cursor, err := r.open(ctx, q)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, cursor.Close()) }()
	var found references.Found
	for {
		part, err := nextPart(ctx, cursor)
		if err != nil || len(part) == 0 {
			return err
		}
		ids := each(part, func(s streamed) tables.Key { return s.id })
		tagIDs, err := r.tagIDs(ctx, ids)
		if err != nil {
			return err
		}
		if found, err = r.refer(ctx, part, tagIDs, found); err != nil {
			return err
		}
		if err := r.documents(ctx, ids, func(row *tables.Result) error {
			result := resultOf(r.rowOf(row, tagIDs[row.ID]), found)
			if result == nil {
				return nil
			}
			return use(result)
		}); err != nil {
			return err
		}
	}
}

// open begins to read the ids of the results.
func (r Reader) open(ctx context.Context, q ports.ResultQuery) (session.Cursor, error) {
	q = withFilters(q)
	paths, err := r.lookUp(ctx, q)
	if err != nil {
		return nil, err
	}
	if paths.sorted, err = r.sortKeysOf(ctx, q, paths, nil); err != nil {
		return nil, err
	}
	sel, err := r.selection(ctx, q, paths)
	if err != nil {
		return nil, err
	}
	ordered, err := sel.Ordered(ctx, r.Session)
	if err != nil {
		return nil, err
	}
	statement, err := session.StatementOf(ordered.Select("result.id, result.benchmark_id, result.site_id, result.flavor_id"))
	if err != nil {
		return nil, err
	}
	return r.Dialect.Streams.Open(ctx, r.Query(ctx), statement)
}

func nextPart(ctx context.Context, cursor session.Cursor) ([]streamed, error) {
	part := make([]streamed, 0, streamPart)
	_, err := cursor.Next(ctx, streamPart, func(row *sql.Rows) error {
		var s streamed
		err := row.Scan(&s.id, &s.benchmarkID, &s.siteID, &s.flavorID)
		part = append(part, s)
		return err
	})
	return part, err
}

// documents reads the rows of these results in the order of the ids, one after the other.
func (r Reader) documents(ctx context.Context, ids []tables.Key, use func(*tables.Result) error) error {
	query := r.Query(ctx).Model(&tables.Result{}).
		Joins("JOIN ? ON listed.id = result.id", r.Dialect.Streams.Listed(ids)).Order("listed.ordinal")
	rows, err := query.Rows()
	if err != nil {
		return err
	}
	// Not EachRow: who leaves a stream may read it again, in the same transaction.
	defer func() { _ = rows.Close() }() // rows.Err has the error
	for rows.Next() {
		var row tables.Result
		if err := r.Query(ctx).ScanRows(rows, &row); err != nil {
			return err
		}
		if err := use(&row); err != nil {
			return err
		}
	}
	return rows.Err()
}

// refer returns the entities that a part of the results refers to. It reads those that the
// part before did not refer to.
func (r Reader) refer(
	ctx context.Context, part []streamed, tagIDs map[tables.Key][]uuid.UUID, before references.Found,
) (found references.Found, err error) {
	cache := r.References
	benchmarks := distinct(each(part, func(s streamed) tables.Key { return s.benchmarkID }))
	if found.Benchmarks, err = after(ctx, r, cache.Benchmarks, benchmarks, before.Benchmarks); err != nil {
		return found, err
	}
	sites := distinct(each(part, func(s streamed) tables.Key { return s.siteID }))
	if found.Sites, err = after(ctx, r, cache.Sites, sites, before.Sites); err != nil {
		return found, err
	}
	flavors := distinct(each(part, func(s streamed) tables.Key { return s.flavorID }))
	if found.Flavors, err = after(ctx, r, cache.Flavors, flavors, before.Flavors); err != nil {
		return found, err
	}
	var tags []tables.Key
	for _, of := range tagIDs {
		tags = append(tags, tables.Keys(of)...)
	}
	found.Tags, err = after(ctx, r, cache.Tags, distinct(tags), before.Tags)
	return found, err
}

// after returns the entities of these ids: those that were found before, and the others
// from the database.
func after[R, D any](
	ctx context.Context, r Reader, entities *references.Entities[R, D], ids []tables.Key, before map[uuid.UUID]*D,
) (map[uuid.UUID]*D, error) {
	found := make(map[uuid.UUID]*D, len(ids))
	var missing []tables.Key
	for _, id := range ids {
		if entity := before[uuid.UUID(id)]; entity != nil {
			found[uuid.UUID(id)] = entity
			continue
		}
		missing = append(missing, id)
	}
	read, err := entities.Read(ctx, r.Session, missing)
	for id, entity := range read {
		found[id] = entity
	}
	return found, err
}

func distinct(ids []tables.Key) []tables.Key {
	slices.SortFunc(ids, func(a, b tables.Key) int { return slices.Compare(a[:], b[:]) })
	return slices.Compact(ids)
}
