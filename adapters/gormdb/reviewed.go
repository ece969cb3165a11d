package gormdb

import (
	"context"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/eosc-perf/backend/adapters/gormdb/query"
	"github.com/eosc-perf/backend/adapters/gormdb/session"
	"github.com/eosc-perf/backend/adapters/gormdb/tables"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// reviewed is the repository of entities that an administrator approves.
type reviewed[R, D any] struct {
	entities[R, D]

	// unused is the condition that no other entity refers to a row.
	unused string
}

// Alike implements the repositories of ports.
func (r reviewed[R, D]) Alike(ctx context.Context, of *D, limit int) ([]ports.Named, error) {
	own := r.nameOf(of)
	return r.alike(ctx, own, limit, func(other string) bool { return other != own.Text })
}

// GetForReview implements the repositories of ports. In SQLite no lock is needed: a
// unit of work keeps everybody else from writing.
func (r reviewed[R, D]) GetForReview(ctx context.Context, id uuid.UUID) (*D, error) {
	return r.take(ctx, r.Query(ctx).Clauses(forUpdate), id)
}

// SetReview implements the repositories of ports.
func (r reviewed[R, D]) SetReview(ctx context.Context, id uuid.UUID, review domain.Review) error {
	return setReview(ctx, r.Session, r.Table, id, review)
}

// Remove implements the repositories of ports.
func (r reviewed[R, D]) Remove(ctx context.Context, id uuid.UUID) error {
	return removeReviewedByID(ctx, r.Session, r.Table, id)
}

// RemoveUnused implements the repositories of ports. It locks the candidates first: nobody
// approves them, or adds an entity that refers to them, before they are removed.
func (r reviewed[R, D]) RemoveUnused(ctx context.Context, uploader domain.UserID, limit int) ([]uuid.UUID, error) {
	var where query.Conditions
	where.Uploader(r.Table, &uploader)
	where.Status(r.Table, domain.OnReview)
	where.Add(r.unused)
	ids, err := lockSome(ctx, r.Session, r.Table, where, limit)
	if err != nil || len(ids) == 0 {
		return nil, r.Failed(ctx, err, "lock the unused %ss of a user", r.Table)
	}
	where.Add(r.Table+".id IN ?", ids)
	_, err = removeReviewed(ctx, r.Session, r.Table, where)
	removed := make([]uuid.UUID, len(ids))
	for i, id := range ids {
		removed[i] = uuid.UUID(id)
	}
	return removed, r.Failed(ctx, err, "remove the unused %ss of a user", r.Table)
}

// HandOver implements the repositories of ports.
func (r reviewed[R, D]) HandOver(ctx context.Context, from, to domain.UserID, limit int) (int, error) {
	return handOver(ctx, r.Session, r.Table, from, to, limit)
}

// The functions below are for all tables with reviews, also for that of claims.

func setReview(ctx context.Context, s session.Session, table string, id uuid.UUID, review domain.Review) error {
	columns := tables.NewReviewColumns(review)
	done := s.Query(ctx).Table(table).Where("id = ?", id).
		Updates(map[string]any{"status": columns.Status, "_submit_report_id": columns.SubmitReportID})
	return s.RequireChanged(ctx, done, "set the review of %s %s", table, id)
}

func handOver(ctx context.Context, s session.Session, table string, from, to domain.UserID, limit int) (int, error) {
	var where query.Conditions
	where.Uploader(table, &from)
	ids, err := lockSome(ctx, s, table, where, limit)
	if err != nil || len(ids) == 0 {
		return 0, s.Failed(ctx, err, "lock the %ss of a user", table)
	}
	err = s.Query(ctx).Table(table).Where("id IN ?", ids).
		Updates(map[string]any{"uploader_sub": to.Subject, "uploader_iss": to.Issuer}).Error
	return len(ids), s.Failed(ctx, err, "hand over the %ss of a user", table)
}

func removeReviewedByID(ctx context.Context, s session.Session, table string, id uuid.UUID) error {
	var where query.Conditions
	where.ID(table+".id", &id)
	removed, err := removeReviewed(ctx, s, table, where)
	if err == nil && removed == 0 {
		err = gorm.ErrRecordNotFound
	}
	return s.Failed(ctx, err, "remove %s %s", table, id)
}

// removeReviewed removes the chosen rows, then their submits. It returns the number of chosen rows.
func removeReviewed(ctx context.Context, s session.Session, table string, where query.Conditions) (removed int, err error) {
	var submitIDs []*tables.Key
	err = s.Query(ctx).Raw("DELETE FROM ? WHERE ? RETURNING _submit_report_id", clause.Table{Name: table}, clause.And(where...)).
		Scan(&submitIDs).Error
	if err != nil {
		return 0, err
	}
	removed = len(submitIDs)
	submitIDs = slices.DeleteFunc(submitIDs, func(id *tables.Key) bool { return id == nil })
	// A statement takes 65,535 values in PostgreSQL, half of that in SQLite.
	for some := range slices.Chunk(submitIDs, 1000) {
		if err := removeSubmits(ctx, s, some); err != nil {
			return removed, err
		}
	}
	return removed, nil
}

// removeSubmits removes those of the submits to which nothing refers any more: the tables allow that
// several entities share one.
func removeSubmits(ctx context.Context, s session.Session, ids []*tables.Key) error {
	unused := s.Query(ctx).Where("id IN ?", ids)
	for _, table := range []string{"benchmark", "site", "flavor", "claim"} {
		unused = unused.Where("NOT EXISTS (SELECT 1 FROM " + table + " WHERE " + table + "._submit_report_id = submit.id)")
	}
	return unused.Delete(&tables.Submit{}).Error
}

var forUpdate = clause.Locking{Strength: clause.LockingStrengthUpdate}

// lockSome locks at most limit of the chosen rows, and returns their ids.
func lockSome(ctx context.Context, s session.Session, table string, where query.Conditions, limit int) (ids []tables.Key, err error) {
	err = s.Query(ctx).Table(table).Select("id").Clauses(where.Where(), forUpdate).Order("id").Limit(limit).Find(&ids).Error
	return ids, err
}

// lock keeps others from the chosen rows until the unit of work ends. Everybody who
// locks several rows locks them in the order of their ids, which prevents deadlocks.
func lock(ctx context.Context, s session.Session, table string, where query.Conditions) error {
	rows := s.Query(ctx).Table(table).Select("id").Clauses(where.Where(), forUpdate).Order("id")
	var count int64
	return s.Query(ctx).Table("(?) AS locked", rows).Count(&count).Error
}
