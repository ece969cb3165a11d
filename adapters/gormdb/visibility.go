package gormdb

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm/clause"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// Lock implements ports.Results. In SQLite a unit of work keeps everybody else
// from writing already.
func (r results) Lock(ctx context.Context, id uuid.UUID) (domain.Visibility, error) {
	var row resultRow
	err := r.query(ctx).Select(visibilityColumns).Clauses(forUpdate).Where("id = ?", id).Take(&row).Error
	if err != nil {
		return domain.Visibility{}, r.failed(ctx, err, "lock result %s", id)
	}
	return row.visibility(), nil
}

var visibilityColumns = []string{"id", "deleted", "removed", "removed_at", "_claim_report_id"}

func (r resultRow) visibility() domain.Visibility {
	return domain.Visibility{
		Hidden:    r.Deleted,
		Deleted:   r.Removed != nil && *r.Removed,
		DeletedAt: r.RemovedAt.time(),
		ClaimID:   (*uuid.UUID)(r.ClaimReportID),
	}
}

// Deleted implements ports.Results.
func (r results) Deleted(ctx context.Context, q ports.DeletedQuery) ([]ports.DeletedResult, error) {
	var where conditions
	where.add("result.deleted AND result.removed")
	where.id("result.benchmark_id", q.BenchmarkID)
	if q.After != uuid.Nil {
		where.add("result.id > ?", q.After)
	}
	var rows []resultRow
	err := r.query(ctx).Select(visibilityColumns).Clauses(where.clause()).Order("result.id").Limit(q.Limit).Find(&rows).Error
	if err != nil {
		return nil, r.failed(ctx, err, "list deleted results")
	}
	deleted := make([]ports.DeletedResult, len(rows))
	for i, row := range rows {
		deleted[i] = ports.DeletedResult{ID: uuid.UUID(row.ID), Visibility: row.visibility()}
	}
	return deleted, nil
}

// SetVisibility implements ports.Results.
func (r results) SetVisibility(ctx context.Context, id uuid.UUID, v domain.Visibility) error {
	done := r.query(ctx).Model(&resultRow{}).Where("id = ?", id).
		Updates(map[string]any{"deleted": v.Hidden, "removed": v.Deleted, "removed_at": timestampOrNil(v.DeletedAt), "_claim_report_id": keyOf(v.ClaimID)})
	return r.changed(ctx, done, "set the visibility of result %s", id)
}

// SetTags implements ports.Results.
func (r results) SetTags(ctx context.Context, id uuid.UUID, tagIDs []uuid.UUID) error {
	if err := r.query(ctx).Where("result_id = ?", id).Delete(&resultTagRow{}).Error; err != nil {
		return r.failed(ctx, err, "untie result %s from its tags", id)
	}
	ties := make([]resultTagRow, len(tagIDs))
	for i, tagID := range tagIDs {
		ties[i] = resultTagRow{ResultID: key(id), TagID: key(tagID)}
	}
	return r.tie(ctx, ties)
}

func (r results) tie(ctx context.Context, ties []resultTagRow) error {
	if len(ties) == 0 {
		return nil
	}
	err := r.query(ctx).Omit(clause.Associations).Create(&ties).Error
	return r.failed(ctx, err, "tie a result to its tags")
}
