package resultlist

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/gormdb/references"
	"github.com/eosc-perf/backend/adapters/gormdb/session"
	"github.com/eosc-perf/backend/adapters/gormdb/tables"
	"github.com/eosc-perf/backend/core/domain"
)

// Results returns those of the results that exist, in the order of the ids. An entity
// that several of them refer to is read once.
func (r Reader) Results(ctx context.Context, ids []tables.Key) ([]*domain.Result, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	if bulk := r.BulkResults(); bulk != nil {
		rows, err := bulk.Read(ctx, bulk.Listed(ids))
		if err != nil || len(rows) == 0 {
			return nil, r.Failed(ctx, err, "read results")
		}
		return r.assemble(ctx, &rows[0].ReferenceVersion, rows)
	}
	rows, err := r.rows(ctx, ids)
	if err != nil {
		return nil, err
	}
	version, err := references.Version(ctx, r.Session)
	if err != nil {
		return nil, err
	}
	return r.assemble(ctx, version, rows)
}

// rows reads by GORM what BulkResults reads faster.
func (r Reader) rows(ctx context.Context, ids []tables.Key) ([]session.ResultRow, error) {
	var found []tables.Result
	if err := r.Query(ctx).Where("id IN ?", ids).Find(&found).Error; err != nil {
		return nil, r.Failed(ctx, err, "read results")
	}
	tagIDs, err := r.tagIDs(ctx, ids)
	if err != nil {
		return nil, err
	}
	byID := make(map[tables.Key]*tables.Result, len(found))
	for i := range found {
		byID[found[i].ID] = &found[i]
	}
	rows := make([]session.ResultRow, 0, len(found))
	for _, id := range ids {
		if row := byID[id]; row != nil {
			rows = append(rows, r.rowOf(row, tagIDs[id]))
		}
	}
	return rows, nil
}

// rowOf converts a row of the table result.
func (r Reader) rowOf(row *tables.Result, tagIDs []uuid.UUID) session.ResultRow {
	text := row.JSON
	if r.Dialect.AnyDocuments {
		text = row.DocumentOrDamaged()
	}
	return session.ResultRow{
		ID: uuid.UUID(row.ID), Upload: row.Upload.Entity(), ExecutedAt: row.ExecutionDatetime.Time, JSON: json.RawMessage(text),
		BenchmarkID: uuid.UUID(row.BenchmarkID), SiteID: uuid.UUID(row.SiteID), FlavorID: uuid.UUID(row.FlavorID), TagIDs: tagIDs,
	}
}

// tagIDs returns the ids of the tags of each of the results, in their order.
func (r Reader) tagIDs(ctx context.Context, ids []tables.Key) (map[tables.Key][]uuid.UUID, error) {
	var rows []tables.ResultTag
	if err := r.Query(ctx).Where("result_id IN ?", ids).Order("tag_id").Find(&rows).Error; err != nil {
		return nil, r.Failed(ctx, err, "read the tags of results")
	}
	tagIDs := map[tables.Key][]uuid.UUID{}
	for _, row := range rows {
		tagIDs[row.ResultID] = append(tagIDs[row.ResultID], uuid.UUID(row.TagID))
	}
	return tagIDs, nil
}

// assemble makes results of rows, in their order. The version is that of the entities
// that the rows refer to, nil if it is not known.
func (r Reader) assemble(ctx context.Context, version *int64, rows []session.ResultRow) ([]*domain.Result, error) {
	found, err := r.References.Find(ctx, r.Session, version, references.IDs{
		Benchmarks: each(rows, func(row session.ResultRow) uuid.UUID { return row.BenchmarkID }),
		Sites:      each(rows, func(row session.ResultRow) uuid.UUID { return row.SiteID }),
		Flavors:    each(rows, func(row session.ResultRow) uuid.UUID { return row.FlavorID }),
		Tags:       slices.Concat(each(rows, func(row session.ResultRow) []uuid.UUID { return row.TagIDs })...),
	})
	if err != nil {
		return nil, err
	}
	results := make([]*domain.Result, 0, len(rows))
	for _, row := range rows {
		if result := resultOf(row, found); result != nil {
			results = append(results, result)
		}
	}
	return results, nil
}

// resultOf makes a result of a row and the entities that it refers to. It returns nil if one
// of them is missing. An entity is missing only if it was removed, together with the
// result, since the result was read.
func resultOf(row session.ResultRow, found references.Found) *domain.Result {
	result := &domain.Result{
		ID: row.ID, Upload: row.Upload, ExecutedAt: row.ExecutedAt, JSON: row.JSON,
		Benchmark: found.Benchmarks[row.BenchmarkID], Site: found.Sites[row.SiteID], Flavor: found.Flavors[row.FlavorID],
	}
	for _, id := range row.TagIDs {
		if tag := found.Tags[id]; tag != nil {
			result.Tags = append(result.Tags, tag)
		}
	}
	if result.Benchmark == nil || result.Site == nil || result.Flavor == nil {
		return nil
	}
	return result
}

func each[R, T any](rows []R, value func(R) T) []T {
	values := make([]T, len(rows))
	for i, row := range rows {
		values[i] = value(row)
	}
	return values
}
