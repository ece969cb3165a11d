package gormdb

import (
	"context"
	"time"

	"gorm.io/gorm/clause"

	"github.com/eosc-perf/backend/adapters/gormdb/query"
	"github.com/eosc-perf/backend/adapters/gormdb/session"
	"github.com/eosc-perf/backend/adapters/gormdb/tables"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

type users struct{ session.Session }

var userColumns = map[string]query.Column{
	"sub":                   {SQL: `"user".sub`, IsText: true},
	"iss":                   {SQL: `"user".iss`, IsText: true},
	"email":                 {SQL: `"user".email`, IsText: true},
	"registration_datetime": {SQL: `"user".registration_datetime`},
}

// person is a user, and whether the user is blocked.
type person struct {
	tables.User
	Blocked bool
}

var personColumns = []string{
	`"user".sub`, `"user".iss`, `"user".email`, `"user".registration_datetime`,
	`EXISTS (SELECT 1 FROM blocked_person WHERE blocked_person.sub = "user".sub AND blocked_person.iss = "user".iss) AS blocked`,
}

func (p person) user() *domain.User {
	user := p.Entity()
	user.Blocked = p.Blocked
	return user
}

// Get implements ports.Users.
func (u users) Get(ctx context.Context, id domain.UserID) (*domain.User, error) {
	where := isUser(id)
	where.Add(notRemoved)
	var row person
	err := u.Query(ctx).Table("user").Select(personColumns).Clauses(where.Where()).Take(&row).Error
	if err != nil {
		return nil, u.Failed(ctx, err, "read a user")
	}
	return row.user(), nil
}

// notRemoved is the condition that the removal of a user has not begun.
const notRemoved = `NOT EXISTS (SELECT 1 FROM removal WHERE removal.sub = "user".sub AND removal.iss = "user".iss)`

func isUser(id domain.UserID) (where query.Conditions) {
	where.Text(`"user".sub`, &id.Subject)
	where.Text(`"user".iss`, &id.Issuer)
	return where
}

// List implements ports.Users.
func (u users) List(ctx context.Context, q ports.UserQuery) (domain.Page[*domain.User], error) {
	where := matchingUsers(q.UserMatch)
	if err := where.Search(ctx, u.Session, q.Terms, `"user".email`); err != nil {
		return domain.Page[*domain.User]{}, err
	}
	rows, total, err := query.Page(ctx, u.Session, query.Selection{
		Table: "user", ID: u.issuerAndSubject(), Columns: userColumns, Where: where, ListOptions: q.ListOptions,
	}, query.Scan[person](personColumns...))
	if err != nil {
		return domain.Page[*domain.User]{}, u.Failed(ctx, err, "list users")
	}
	return query.PageOf(q.Page, usersOf(rows), total), nil
}

// matchingUsers leaves out the tombstone, and users whose removal has begun.
func matchingUsers(match ports.UserMatch) (where query.Conditions) {
	where.Add(`"user".sub <> ? OR "user".iss <> ?`, domain.Tombstone.Subject, domain.Tombstone.Issuer)
	where.Text(`"user".sub`, match.Subject)
	where.Text(`"user".iss`, match.Issuer)
	where.Text(`"user".email`, match.Email)
	where.Add(notRemoved)
	return where
}

// issuerAndSubject is the order by issuer and subject.
func (u users) issuerAndSubject() string {
	order := u.Dialect.Text.CodePointOrder()
	return `"user".iss ` + order + `, "user".sub ` + order
}

func usersOf(rows []person) []*domain.User {
	found := make([]*domain.User, len(rows))
	for i, row := range rows {
		found[i] = row.user()
	}
	return found
}

// Add implements ports.Users.
func (u users) Add(ctx context.Context, user *domain.User) error {
	row := tables.NewUser(user)
	return u.Failed(ctx, u.Query(ctx).Create(&row).Error, "add a user")
}

// SetEmail implements ports.Users.
func (u users) SetEmail(ctx context.Context, id domain.UserID, email string) error {
	done := u.Query(ctx).Model(&tables.User{}).Clauses(isUser(id).Where()).Update("email", email)
	return u.RequireChanged(ctx, done, "set a user's e-mail address")
}

// Lock implements ports.Users. In SQLite no lock is needed: a unit of work keeps
// everybody else from writing.
func (u users) Lock(ctx context.Context, match ports.UserMatch, limit int) ([]*domain.User, error) {
	var rows []person
	err := u.Query(ctx).Table("user").Select(personColumns).Clauses(matchingUsers(match).Where(), forUpdate).
		Order(u.issuerAndSubject()).Limit(limit).Find(&rows).Error
	return usersOf(rows), u.Failed(ctx, err, "lock users")
}

// Remove implements ports.Users.
func (u users) Remove(ctx context.Context, id domain.UserID) error {
	err := u.Query(ctx).Clauses(isUser(id).Where()).Delete(&tables.User{}).Error
	return u.Failed(ctx, err, "remove a user")
}

// EnsureTombstone implements ports.Users. If several requests do it at once, one of
// them adds the row.
func (u users) EnsureTombstone(ctx context.Context, at time.Time) error {
	row := tables.NewUser(&domain.User{UserID: domain.Tombstone, RegisteredAt: at})
	err := u.Query(ctx).Clauses(clause.OnConflict{DoNothing: true}).Create(&row).Error
	return u.Failed(ctx, err, "add the tombstone")
}
