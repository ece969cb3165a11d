package gormdb

import (
	"context"
	"time"

	"gorm.io/gorm/clause"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

type users struct{ session }

var userColumns = map[string]column{
	"sub":                   {sql: `"user".sub`, text: true},
	"iss":                   {sql: `"user".iss`, text: true},
	"email":                 {sql: `"user".email`, text: true},
	"registration_datetime": {sql: `"user".registration_datetime`},
}

// Get implements ports.Users.
func (u users) Get(ctx context.Context, id domain.UserID) (*domain.User, error) {
	var row userRow
	err := u.query(ctx).Clauses(isUser(id).clause()).Take(&row).Error
	if err != nil {
		return nil, u.failed(ctx, err, "read a user")
	}
	return row.user(), nil
}

func isUser(id domain.UserID) (where conditions) {
	where.text(`"user".sub`, &id.Subject)
	where.text(`"user".iss`, &id.Issuer)
	return where
}

// List implements ports.Users.
func (u users) List(ctx context.Context, q ports.UserQuery) (domain.Page[*domain.User], error) {
	where := matchingUsers(q.UserMatch)
	if err := u.search(ctx, &where, q.Terms, place{text: `"user".email`}); err != nil {
		return domain.Page[*domain.User]{}, err
	}
	rows, total, err := page(ctx, u.session, selection{
		table: "user", id: u.byIssuerAndSubject(), columns: userColumns, where: where, ListOptions: q.ListOptions,
	}, scanning[userRow](`"user".sub, "user".iss, "user".email, "user".registration_datetime`))
	if err != nil {
		return domain.Page[*domain.User]{}, u.failed(ctx, err, "list users")
	}
	return pageOf(q.Page, usersOf(rows), total), nil
}

// matchingUsers leaves out the tombstone.
func matchingUsers(match ports.UserMatch) (where conditions) {
	where.add(`"user".sub <> ? OR "user".iss <> ?`, domain.Tombstone.Subject, domain.Tombstone.Issuer)
	where.text(`"user".sub`, match.Subject)
	where.text(`"user".iss`, match.Issuer)
	where.text(`"user".email`, match.Email)
	return where
}

func (u users) byIssuerAndSubject() string {
	order := u.store.dialect.CodePointOrder()
	return `"user".iss ` + order + `, "user".sub ` + order
}

func usersOf(rows []userRow) []*domain.User {
	users := make([]*domain.User, len(rows))
	for i, row := range rows {
		users[i] = row.user()
	}
	return users
}

// Add implements ports.Users.
func (u users) Add(ctx context.Context, user *domain.User) error {
	row := userRow{
		Sub: user.Subject, Iss: user.Issuer, Email: user.Email, RegistrationDatetime: timestampOf(user.RegisteredAt),
	}
	return u.failed(ctx, u.query(ctx).Create(&row).Error, "add a user")
}

// SetEmail implements ports.Users.
func (u users) SetEmail(ctx context.Context, id domain.UserID, email string) error {
	done := u.query(ctx).Model(&userRow{}).Clauses(isUser(id).clause()).Update("email", email)
	return u.changed(ctx, done, "set a user's e-mail address")
}

// LockAll implements ports.Users. In SQLite a unit of work keeps everybody else
// from writing already.
func (u users) LockAll(ctx context.Context, match ports.UserMatch) ([]*domain.User, error) {
	var rows []userRow
	err := u.query(ctx).Clauses(matchingUsers(match).clause(), forUpdate).Order(u.byIssuerAndSubject()).Find(&rows).Error
	return usersOf(rows), u.failed(ctx, err, "lock users")
}

// Remove implements ports.Users.
func (u users) Remove(ctx context.Context, id domain.UserID) error {
	err := u.query(ctx).Clauses(isUser(id).clause()).Delete(&userRow{}).Error
	return u.failed(ctx, err, "remove a user")
}

// EnsureTombstone implements ports.Users. Of several at once one makes it.
func (u users) EnsureTombstone(ctx context.Context, at time.Time) error {
	row := userRow{Sub: domain.Tombstone.Subject, Iss: domain.Tombstone.Issuer, RegistrationDatetime: timestampOf(at)}
	err := u.query(ctx).Clauses(clause.OnConflict{DoNothing: true}).Create(&row).Error
	return u.failed(ctx, err, "make the tombstone")
}

func (r userRow) user() *domain.User {
	return &domain.User{
		UserID:       domain.UserID{Subject: r.Sub, Issuer: r.Iss},
		Email:        r.Email,
		RegisteredAt: r.RegistrationDatetime.Time,
	}
}
