package gormdb

import (
	"context"
	"database/sql"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/eosc-perf/backend/adapters/gormdb/query"
	"github.com/eosc-perf/backend/adapters/gormdb/session"
	"github.com/eosc-perf/backend/adapters/gormdb/tables"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

type removals struct{ session.Session }

var countUploads = statements.Text("count_uploads")

// Add implements ports.Removals.
func (r removals) Add(ctx context.Context, removal *domain.Removal) error {
	id := removal.User.UserID
	err := r.Query(ctx).Raw(countUploads, sql.Named("sub", id.Subject), sql.Named("iss", id.Issuer)).Scan(&removal.Total).Error
	if err != nil {
		return r.Failed(ctx, err, "count the uploads of a user")
	}
	row := tables.NewRemoval(removal)
	err = r.Query(ctx).Clauses(clause.OnConflict{DoNothing: true}).Create(&row).Error
	return r.Failed(ctx, err, "begin the removal of a user")
}

var countHoldings = statements.Text("count_holdings")

// Holdings implements ports.Removals.
func (r removals) Holdings(ctx context.Context, id domain.UserID) (holdings domain.Holdings, err error) {
	err = r.Query(ctx).Raw(countHoldings, sql.Named("sub", id.Subject), sql.Named("iss", id.Issuer),
		sql.Named("waiting", tables.Status(domain.OnReview)), sql.Named("approved", tables.Status(domain.Approved))).Scan(&holdings).Error
	return holdings, r.Failed(ctx, err, "count the uploads of a user")
}

// Take implements ports.Removals. In SQLite no lock is needed: a unit of work keeps
// everybody else from writing.
func (r removals) Take(ctx context.Context, match ports.UserMatch) (*domain.Removal, error) {
	var rows []tables.Removal
	err := r.matching(ctx, match).Clauses(skipLocked).Limit(1).Find(&rows).Error
	if err == nil && len(rows) == 0 {
		err = gorm.ErrRecordNotFound
	}
	if err != nil {
		return nil, r.Failed(ctx, err, "take the removal of a user")
	}
	removal := rows[0].Entity()
	// Another program may have removed the person meanwhile.
	var people []tables.User
	err = r.Query(ctx).Clauses(isUser(removal.User.UserID).Where(), forUpdate).Find(&people).Error
	if len(people) > 0 {
		removal.User = *people[0].Entity()
	}
	return removal, r.Failed(ctx, err, "lock a user who is being removed")
}

// matching selects the removals of people who match, the oldest first.
func (r removals) matching(ctx context.Context, match ports.UserMatch) *gorm.DB {
	var where query.Conditions
	where.Text("removal.sub", match.Subject)
	where.Text("removal.iss", match.Issuer)
	if match.Email != nil {
		var address query.Conditions
		address.Text(`"user".email`, match.Email)
		where.Add(`EXISTS (SELECT 1 FROM "user" WHERE "user".sub = removal.sub AND "user".iss = removal.iss AND ?)`, clause.And(address...))
	}
	rows := r.Query(ctx).Model(&tables.Removal{}).Order("removal.requested_at, removal.iss, removal.sub")
	if len(where) > 0 {
		rows = rows.Clauses(where.Where())
	}
	return rows
}

// List implements ports.Removals.
func (r removals) List(ctx context.Context, match ports.UserMatch) ([]*domain.Removal, error) {
	var rows []struct {
		tables.Removal
		Email                *string
		RegistrationDatetime *tables.Timestamp
	}
	err := r.matching(ctx, match).Select(`removal.*, person.email, person.registration_datetime`).
		Joins(`LEFT JOIN "user" AS person ON person.sub = removal.sub AND person.iss = removal.iss`).Find(&rows).Error
	if err != nil {
		return nil, r.Failed(ctx, err, "list the removals of users")
	}
	found := make([]*domain.Removal, len(rows))
	for i, row := range rows {
		found[i] = row.Entity()
		if row.Email != nil && row.RegistrationDatetime != nil {
			found[i].User.Email, found[i].User.RegisteredAt = *row.Email, row.RegistrationDatetime.Time
		}
	}
	return found, nil
}

// SetDone implements ports.Removals.
func (r removals) SetDone(ctx context.Context, id domain.UserID, done int64) error {
	changed := r.Query(ctx).Model(&tables.Removal{}).Where("sub = ? AND iss = ?", id.Subject, id.Issuer).Update("done_rows", done)
	return r.RequireChanged(ctx, changed, "store how far the removal of a user is")
}

// Remove implements ports.Removals.
func (r removals) Remove(ctx context.Context, id domain.UserID) error {
	err := r.Query(ctx).Where("sub = ? AND iss = ?", id.Subject, id.Issuer).Delete(&tables.Removal{}).Error
	return r.Failed(ctx, err, "end the removal of a user")
}

type blocks struct{ session.Session }

// Contains implements ports.Blocks.
func (b blocks) Contains(ctx context.Context, id domain.UserID) (bool, error) {
	var count int64
	err := b.Query(ctx).Model(&tables.BlockedPerson{}).Clauses(isBlocked(id).Where()).Count(&count).Error
	return count > 0, b.Failed(ctx, err, "look for the block of a person")
}

func isBlocked(id domain.UserID) (where query.Conditions) {
	where.Text("blocked_person.sub", &id.Subject)
	where.Text("blocked_person.iss", &id.Issuer)
	return where
}

// List implements ports.Blocks.
func (b blocks) List(ctx context.Context) ([]*domain.Block, error) {
	var rows []tables.BlockedPerson
	order := b.Dialect.Text.CodePointOrder()
	err := b.Query(ctx).Order("iss " + order + ", sub " + order).Find(&rows).Error
	found := make([]*domain.Block, len(rows))
	for i, row := range rows {
		found[i] = row.Entity()
	}
	return found, b.Failed(ctx, err, "list the blocked people")
}

// Put implements ports.Blocks.
func (b blocks) Put(ctx context.Context, block *domain.Block) error {
	row := tables.NewBlockedPerson(block)
	err := b.Query(ctx).Clauses(clause.OnConflict{UpdateAll: true}).Create(&row).Error
	return b.Failed(ctx, err, "block a person")
}

// Remove implements ports.Blocks.
func (b blocks) Remove(ctx context.Context, id domain.UserID) error {
	done := b.Query(ctx).Clauses(isBlocked(id).Where()).Delete(&tables.BlockedPerson{})
	return b.RequireChanged(ctx, done, "unblock a person")
}
