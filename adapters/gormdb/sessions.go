package gormdb

import (
	"context"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/eosc-perf/backend/adapters/gormdb/query"
	"github.com/eosc-perf/backend/adapters/gormdb/session"
	"github.com/eosc-perf/backend/adapters/gormdb/tables"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

type sessions struct{ session.Session }

// Get implements ports.Sessions.
func (s sessions) Get(ctx context.Context, hash string) (*domain.Session, error) {
	var row tables.BrowserSession
	if err := s.Query(ctx).Where("token_hash = ?", hash).Take(&row).Error; err != nil {
		return nil, s.Failed(ctx, err, "read a session")
	}
	return row.Entity(), nil
}

// Add implements ports.Sessions.
func (s sessions) Add(ctx context.Context, added *domain.Session) error {
	row := tables.NewBrowserSession(added)
	return s.Failed(ctx, s.Query(ctx).Create(&row).Error, "add a session")
}

// Replace implements ports.Sessions.
func (s sessions) Replace(ctx context.Context, hash string, by *domain.Session) error {
	row := tables.NewBrowserSession(by)
	done := s.Query(ctx).Model(&tables.BrowserSession{}).Where("token_hash = ?", hash).Updates(map[string]any{
		"token_hash": row.TokenHash, "seen_at": row.SeenAt, "expires_at": row.ExpiresAt, "data": row.Data,
	})
	return s.RequireChanged(ctx, done, "store a session")
}

// Touch implements ports.Sessions.
func (s sessions) Touch(ctx context.Context, hash string, at time.Time) error {
	err := s.Query(ctx).Model(&tables.BrowserSession{}).Where("token_hash = ?", hash).Update("seen_at", tables.TimestampOf(at)).Error
	return s.Failed(ctx, err, "store when a session was used")
}

// List implements ports.Sessions.
func (s sessions) List(ctx context.Context, match ports.UserMatch) ([]*domain.Session, error) {
	var where query.Conditions
	where.Add("browser_session.sub IS NOT NULL")
	where.Text("browser_session.sub", match.Subject)
	where.Text("browser_session.iss", match.Issuer)
	if match.Email != nil {
		var address query.Conditions
		address.Text(`"user".email`, match.Email)
		where.Add(`EXISTS (SELECT 1 FROM "user" WHERE "user".sub = browser_session.sub AND "user".iss = browser_session.iss AND ?)`,
			clause.And(address...))
	}
	order := s.Dialect.Text.CodePointOrder()
	var rows []tables.BrowserSession
	err := s.Query(ctx).Omit("token_hash", "data", "tokens").Clauses(where.Where()).
		Order("iss " + order + ", sub " + order + ", slot").Find(&rows).Error
	found := make([]*domain.Session, len(rows))
	for i, row := range rows {
		found[i] = row.Entity()
	}
	return found, s.Failed(ctx, err, "list sessions")
}

// CountAnonymous implements ports.Sessions.
func (s sessions) CountAnonymous(ctx context.Context) (count int64, err error) {
	err = s.Query(ctx).Model(&tables.BrowserSession{}).Where("sub IS NULL").Count(&count).Error
	return count, s.Failed(ctx, err, "count sessions")
}

// RemoveIDs implements ports.Sessions.
func (s sessions) RemoveIDs(ctx context.Context, ids []uuid.UUID) (int64, error) {
	if len(ids) == 0 {
		return 0, nil
	}
	done := s.Query(ctx).Where("id IN ?", tables.Keys(ids)).Delete(&tables.BrowserSession{})
	return done.RowsAffected, s.Failed(ctx, done.Error, "remove sessions")
}

// RemoveExpired implements ports.Sessions.
func (s sessions) RemoveExpired(ctx context.Context, now, idleSince time.Time) (int64, error) {
	done := s.Query(ctx).Where("expires_at < ? OR seen_at < ?", tables.TimestampOf(now), tables.TimestampOf(idleSince)).
		Delete(&tables.BrowserSession{})
	return done.RowsAffected, s.Failed(ctx, done.Error, "remove expired sessions")
}

// withTokens selects the session if it has the version of the tokens.
func (s sessions) withTokens(ctx context.Context, id uuid.UUID, version int64) *gorm.DB {
	return s.Query(ctx).Model(&tables.BrowserSession{}).Where("id = ? AND tokens_version = ?", tables.Key(id), version)
}

// LeaseRefresh implements ports.Sessions.
func (s sessions) LeaseRefresh(ctx context.Context, id uuid.UUID, version int64, now, until time.Time) (bool, error) {
	done := s.withTokens(ctx, id, version).Where("refreshing_until IS NULL OR refreshing_until < ?", tables.TimestampOf(now)).
		Update("refreshing_until", tables.TimestampOf(until))
	return done.RowsAffected > 0, s.Failed(ctx, done.Error, "lease the tokens of a session")
}

// EndRefresh implements ports.Sessions.
func (s sessions) EndRefresh(ctx context.Context, id uuid.UUID, version int64) error {
	err := s.withTokens(ctx, id, version).Update("refreshing_until", nil).Error
	return s.Failed(ctx, err, "end the lease of the tokens of a session")
}

// SetTokens implements ports.Sessions.
func (s sessions) SetTokens(ctx context.Context, id uuid.UUID, version int64, sealed string) error {
	done := s.withTokens(ctx, id, version).Updates(map[string]any{
		"tokens": sealed, "tokens_version": version + 1, "refreshing_until": nil,
	})
	return s.RequireChanged(ctx, done, "store the tokens of a session")
}
