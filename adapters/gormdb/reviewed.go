package gormdb

import (
	"context"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/eosc-perf/backend/core/domain"
)

// reviewed is a table of what has to be approved.
type reviewed[R, D any] struct {
	table[R, D]
	// unused is the condition that nothing stands on a row.
	unused string
}

// GetForReview implements the repositories of ports. In SQLite a unit of work
// keeps everybody else from writing already.
func (t reviewed[R, D]) GetForReview(ctx context.Context, id uuid.UUID) (*D, error) {
	return t.get(ctx, t.query(ctx).Clauses(forUpdate), id)
}

// SetReview implements the repositories of ports.
func (t reviewed[R, D]) SetReview(ctx context.Context, id uuid.UUID, r domain.Review) error {
	return t.setReview(ctx, t.name, id, r)
}

// Remove implements the repositories of ports.
func (t reviewed[R, D]) Remove(ctx context.Context, id uuid.UUID) error {
	return t.removeReviewedByID(ctx, t.name, id)
}

// RemoveUnused implements the repositories of ports. What is locked first is not
// approved, and gets nothing that stands on it, while we look for that.
func (t reviewed[R, D]) RemoveUnused(ctx context.Context, uploader domain.UserID) error {
	var where conditions
	where.uploader(t.name, &uploader)
	where.status(t.name, domain.OnReview)
	if err := t.lock(ctx, t.name, where); err != nil {
		return t.failed(ctx, err, "lock the %ss of a user", t.name)
	}
	where.add(t.unused)
	_, err := t.removeReviewed(ctx, t.name, where)
	return t.failed(ctx, err, "remove the unused %ss of a user", t.name)
}

// HandOver implements the repositories of ports.
func (t reviewed[R, D]) HandOver(ctx context.Context, from, to domain.UserID) error {
	return t.handOver(ctx, t.name, from, to)
}

// What follows is for every table of what is reviewed, that of claims included.

func (s session) setReview(ctx context.Context, table string, id uuid.UUID, r domain.Review) error {
	columns := newReviewColumns(r)
	done := s.query(ctx).Table(table).Where("id = ?", id).
		Updates(map[string]any{"status": columns.Status, "_submit_report_id": columns.SubmitReportID})
	return s.changed(ctx, done, "set the review of %s %s", table, id)
}

func (s session) handOver(ctx context.Context, table string, from, to domain.UserID) error {
	var where conditions
	where.uploader(table, &from)
	err := s.query(ctx).Table(table).Clauses(where.clause()).
		Updates(map[string]any{"uploader_sub": to.Subject, "uploader_iss": to.Issuer}).Error
	return s.failed(ctx, err, "hand over the %ss of a user", table)
}

func (s session) removeReviewedByID(ctx context.Context, table string, id uuid.UUID) error {
	var where conditions
	where.id(table+".id", &id)
	removed, err := s.removeReviewed(ctx, table, where)
	if err == nil && removed == 0 {
		err = gorm.ErrRecordNotFound
	}
	return s.failed(ctx, err, "remove %s %s", table, id)
}

// removeReviewed removes the chosen rows, then their submits, which nothing
// points to any more, and returns how many rows there were.
func (s session) removeReviewed(ctx context.Context, table string, where conditions) (removed int, err error) {
	var submits []*key
	err = s.query(ctx).Raw("DELETE FROM ? WHERE ? RETURNING _submit_report_id", clause.Table{Name: table}, clause.And(where...)).
		Scan(&submits).Error
	if err != nil {
		return 0, err
	}
	removed = len(submits)
	submits = slices.DeleteFunc(submits, func(id *key) bool { return id == nil })
	// A statement takes 65,535 values in PostgreSQL, half of that in SQLite.
	for some := range slices.Chunk(submits, 1000) {
		if err := s.query(ctx).Where("id IN ?", some).Delete(&submitRow{}).Error; err != nil {
			return removed, err
		}
	}
	return removed, nil
}

var forUpdate = clause.Locking{Strength: clause.LockingStrengthUpdate}

// lock keeps others from the chosen rows until the unit of work ends. All who
// lock several rows do so in the order of their ids.
func (s session) lock(ctx context.Context, table string, where conditions) error {
	rows := s.query(ctx).Table(table).Select("id").Clauses(where.clause(), forUpdate).Order("id")
	var count int64
	return s.query(ctx).Table("(?) AS locked", rows).Count(&count).Error
}
