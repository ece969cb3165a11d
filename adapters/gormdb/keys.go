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

type keys struct{ session.Session }

// Get implements ports.Keys.
func (k keys) Get(ctx context.Context, key string, since time.Time) (ports.KeyedRequest, ports.KeyedAnswer, error) {
	var row tables.IdempotencyKey
	err := k.Query(ctx).Where("name = ? AND created_at >= ?", key, tables.TimestampOf(since)).Take(&row).Error
	if err != nil {
		return ports.KeyedRequest{}, ports.KeyedAnswer{}, k.Failed(ctx, err, "read an idempotency key")
	}
	answer := ports.KeyedAnswer{Status: row.Status, Location: tables.TextOf(row.Location)}
	if row.Body != nil {
		answer.Body = []byte(*row.Body)
	}
	return ports.KeyedRequest{
		Key: row.Name, Fingerprint: row.Fingerprint, At: row.CreatedAt.Time,
		By: domain.UserID{Subject: row.UploaderSub, Issuer: row.UploaderIss},
	}, answer, nil
}

// Claim implements ports.Keys. An older row is replaced.
func (k keys) Claim(ctx context.Context, request ports.KeyedRequest, since time.Time) (ok bool, err error) {
	row := tables.IdempotencyKey{
		Name: request.Key, CreatedAt: tables.TimestampOf(request.At), Fingerprint: request.Fingerprint,
		UploaderSub: request.By.Subject, UploaderIss: request.By.Issuer,
	}
	older := clause.Where{Exprs: []clause.Expression{clause.Lt{
		Column: clause.Column{Table: row.TableName(), Name: "created_at"}, Value: tables.TimestampOf(since),
	}}}
	done := k.Query(ctx).Clauses(clause.OnConflict{
		Columns: []clause.Column{{Name: "name"}}, Where: older, DoUpdates: clause.AssignmentColumns([]string{
			"created_at", "fingerprint", "uploader_sub", "uploader_iss", "status", "location", "body",
		}),
	}).Create(&row)
	return done.RowsAffected > 0, k.Failed(ctx, done.Error, "claim an idempotency key")
}

// SetAnswer implements ports.Keys.
func (k keys) SetAnswer(ctx context.Context, key string, answer ports.KeyedAnswer) error {
	changes := map[string]any{"status": answer.Status, "location": tables.TextOrNil(answer.Location), "body": nil}
	if answer.Body != nil {
		changes["body"] = string(answer.Body)
	}
	done := k.Query(ctx).Model(&tables.IdempotencyKey{}).Where("name = ?", key).Updates(changes)
	return k.RequireChanged(ctx, done, "store the answer to a request")
}

// RemoveBefore implements ports.Keys.
func (k keys) RemoveBefore(ctx context.Context, before time.Time) (int64, error) {
	done := k.Query(ctx).Where("created_at < ?", tables.TimestampOf(before)).Delete(&tables.IdempotencyKey{})
	return done.RowsAffected, k.Failed(ctx, done.Error, "remove old idempotency keys")
}

// RemoveOf implements ports.Keys.
func (k keys) RemoveOf(ctx context.Context, by domain.UserID, limit int) (int, error) {
	var where query.Conditions
	where.Uploader("idempotency_key", &by)
	some := k.Query(ctx).Model(&tables.IdempotencyKey{}).Select("name").Clauses(where.Where()).Limit(limit)
	done := k.Query(ctx).Where("name IN (?)", some).Delete(&tables.IdempotencyKey{})
	return int(done.RowsAffected), k.Failed(ctx, done.Error, "remove the idempotency keys of a user")
}
