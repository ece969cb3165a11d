package resultlist

import (
	"context"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/gormdb/session"
	"github.com/eosc-perf/backend/adapters/gormdb/tables"
	"github.com/eosc-perf/backend/core/domain"
)

// Described returns those of the results that exist, in the order of the ids, without
// their documents and tags: documents of many results may not fit into memory.
func (r Reader) Described(ctx context.Context, ids []tables.Key) ([]*domain.Result, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var found []tables.Result
	if err := r.Query(ctx).Omit("json").Where("id IN ?", ids).Order("id").Find(&found).Error; err != nil {
		return nil, r.Failed(ctx, err, "read what results are about")
	}
	return r.assemble(ctx, nil, each(found, func(row tables.Result) session.ResultRow {
		return session.ResultRow{
			ID: uuid.UUID(row.ID), Upload: row.Upload.Entity(), ExecutedAt: row.ExecutionDatetime.Time,
			BenchmarkID: uuid.UUID(row.BenchmarkID), SiteID: uuid.UUID(row.SiteID), FlavorID: uuid.UUID(row.FlavorID),
		}
	}))
}
