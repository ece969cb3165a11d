package gormdb

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm/clause"

	"github.com/eosc-perf/backend/core/domain"
)

// Lock implements ports.Results. In SQLite a unit of work keeps everybody else
// from writing already.
func (r results) Lock(ctx context.Context, id uuid.UUID) (domain.Visibility, error) {
	var row resultRow
	err := r.query(ctx).Select("deleted", "removed", "_claim_report_id").Clauses(forUpdate).Where("id = ?", id).Take(&row).Error
	if err != nil {
		return domain.Visibility{}, r.failed(ctx, err, "lock result %s", id)
	}
	return domain.Visibility{
		Hidden:  row.Deleted,
		Deleted: row.Removed != nil && *row.Removed,
		ClaimID: (*uuid.UUID)(row.ClaimReportID),
	}, nil
}

// SetVisibility implements ports.Results.
func (r results) SetVisibility(ctx context.Context, id uuid.UUID, v domain.Visibility) error {
	done := r.query(ctx).Model(&resultRow{}).Where("id = ?", id).
		Updates(map[string]any{"deleted": v.Hidden, "removed": v.Deleted, "_claim_report_id": keyOf(v.ClaimID)})
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
