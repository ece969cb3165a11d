package gormdb

import (
	"context"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/gormdb/query"
	"github.com/eosc-perf/backend/adapters/gormdb/tables"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

var visibilityColumns = []string{
	"id", "deleted", "removed", "removed_at", "withdrawn_at", "withdrawn_by", "state_reason", "_claim_report_id",
}

// Lock implements ports.Results. In SQLite no lock is needed: a unit of work keeps
// everybody else from writing.
func (r results) Lock(ctx context.Context, id uuid.UUID) (domain.Visibility, error) {
	var row tables.Result
	err := r.Query(ctx).Select(visibilityColumns).Clauses(forUpdate).Where("id = ?", id).Take(&row).Error
	if err != nil {
		return domain.Visibility{}, r.Failed(ctx, err, "lock result %s", id)
	}
	return row.Visibility(), nil
}

// Deleted implements ports.Results.
func (r results) Deleted(ctx context.Context, q ports.DeletedQuery) ([]ports.DeletedResult, error) {
	var where query.Conditions
	where.Add("result.deleted AND result.removed")
	where.ID("result.benchmark_id", q.BenchmarkID)
	if q.After != uuid.Nil {
		where.Add("result.id > ?", q.After)
	}
	var rows []tables.Result
	err := r.Query(ctx).Select(visibilityColumns).Clauses(where.Where()).Order("result.id").Limit(q.Limit).Find(&rows).Error
	if err != nil {
		return nil, r.Failed(ctx, err, "list deleted results")
	}
	deleted := make([]ports.DeletedResult, len(rows))
	for i, row := range rows {
		deleted[i] = ports.DeletedResult{ID: uuid.UUID(row.ID), Visibility: row.Visibility()}
	}
	return deleted, nil
}

// SetVisibility implements ports.Results. A result that does not count any more leaves its
// digest to the next upload of the same content; one that counts again takes it back.
func (r results) SetVisibility(ctx context.Context, id uuid.UUID, v domain.Visibility) error {
	changes := map[string]any{
		"deleted": v.Hidden, "removed": v.Deleted, "removed_at": tables.TimestampOrNil(v.DeletedAt),
		"withdrawn_at": nil, "withdrawn_by": nil, "state_reason": tables.TextOrNil(v.Reason),
		"_claim_report_id": tables.KeyOrNil(v.ClaimID),
	}
	if v.Withdrawn != nil {
		changes["withdrawn_at"], changes["withdrawn_by"] = tables.TimestampOf(v.Withdrawn.At), string(v.Withdrawn.By)
	}
	if !v.Counts() {
		changes["digest_holder"] = nil
	}
	done := r.Query(ctx).Model(&tables.Result{}).Where("id = ?", id).Updates(changes)
	return r.RequireChanged(ctx, done, "set the visibility of result %s", id)
}
