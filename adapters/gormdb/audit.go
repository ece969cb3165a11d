package gormdb

import (
	"bytes"
	"context"
	"slices"
	"time"

	"gorm.io/gorm/clause"

	"github.com/eosc-perf/backend/adapters/gormdb/query"
	"github.com/eosc-perf/backend/adapters/gormdb/session"
	"github.com/eosc-perf/backend/adapters/gormdb/tables"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

type audit struct{ session.Session }

// Lock implements ports.Audit. In SQLite no lock is needed: a unit of work keeps everybody
// else from writing.
func (a audit) Lock(ctx context.Context) (domain.AuditHead, error) {
	head := tables.AuditHead{Name: tables.AuditHeadName}
	read := a.Query(ctx).Where("name = ?", head.Name)
	if a.InUnitOfWork() {
		none := head
		if err := a.Query(ctx).Clauses(clause.OnConflict{DoNothing: true}).Create(&none).Error; err != nil {
			return domain.AuditHead{}, a.Failed(ctx, err, "begin the audit trail")
		}
		read = read.Clauses(forUpdate)
	}
	err := read.Limit(1).Find(&head).Error
	return domain.AuditHead{Seq: head.Seq, Hash: head.Hash}, a.Failed(ctx, err, "read the end of the audit trail")
}

var takeEvents = statements.Text("take_events")

// Take implements ports.Audit.
func (a audit) Take(ctx context.Context, limit int) ([]domain.Event, error) {
	var rows []tables.AuditEvent
	err := a.Query(ctx).Raw(takeEvents, map[string]any{"limit": limit}).Scan(&rows).Error
	if err != nil {
		return nil, a.Failed(ctx, err, "take events")
	}
	slices.SortFunc(rows, func(x, y tables.AuditEvent) int { return bytes.Compare(x.ID[:], y.ID[:]) })
	taken := make([]domain.Event, len(rows))
	for i, row := range rows {
		taken[i] = row.Entity()
	}
	return taken, nil
}

// Append implements ports.Audit.
func (a audit) Append(ctx context.Context, entries []domain.AuditEntry) error {
	for some := range slices.Chunk(entries, eventBatch) {
		rows := make([]tables.AuditEntry, len(some))
		for i, entry := range some {
			rows[i] = tables.NewAuditEntry(entry)
		}
		if err := a.Dialect.Inserts.Entries(ctx, a.ConnPool(ctx), rows); err != nil {
			return a.Failed(ctx, err, "append to the audit trail")
		}
		last := some[len(some)-1]
		changed := a.Query(ctx).Model(&tables.AuditHead{}).Where("name = ?", tables.AuditHeadName).
			Updates(map[string]any{"seq": last.Seq, "hash": last.Hash})
		if err := a.RequireChanged(ctx, changed, "move the end of the audit trail"); err != nil {
			return err
		}
	}
	return nil
}

// Waiting implements ports.Audit.
func (a audit) Waiting(ctx context.Context) (waits bool, err error) {
	err = a.Query(ctx).Raw("SELECT EXISTS (SELECT 1 FROM audit_event)").Scan(&waits).Error
	return waits, a.Failed(ctx, err, "look for events that wait")
}

// listedEntry is an entry, and the person who acted.
type listedEntry struct {
	tables.AuditEntry

	Email                *string
	RegistrationDatetime *tables.Timestamp
}

const entriesWithPeople = `audit_entry
	LEFT JOIN "user" AS person ON person.sub = audit_entry.actor_sub AND person.iss = audit_entry.actor_iss`

// List implements ports.Audit.
func (a audit) List(ctx context.Context, q ports.AuditQuery) (domain.Page[ports.ListedEntry], error) {
	var where query.Conditions
	where.Text("audit_entry.actor_sub", q.ActorSubject)
	where.Text("audit_entry.actor_iss", q.ActorIssuer)
	where.Text("audit_entry.action", q.Action)
	where.Text("audit_entry.resource_type", q.ResourceType)
	where.ID("audit_entry.resource_id", q.ResourceID)
	if q.Since != nil {
		where.Add("audit_entry.at >= ?", tables.NearestTimestamp(q.Since.Add(time.Microsecond-1)))
	}
	where.Window("audit_entry.at", ports.Window{Before: q.Before})
	rows, total, err := query.Page(ctx, a.Session, query.Selection{
		Table: entriesWithPeople, ID: "audit_entry.seq", Columns: map[string]query.Column{"id": {SQL: "audit_entry.seq"}},
		Where: where, ListOptions: q.ListOptions,
	}, query.Scan[listedEntry]("audit_entry.*", "person.email", "person.registration_datetime"))
	if err != nil {
		return domain.Page[ports.ListedEntry]{}, a.Failed(ctx, err, "list the audit trail")
	}
	items := make([]ports.ListedEntry, len(rows))
	for i, row := range rows {
		items[i] = ports.ListedEntry{AuditEntry: row.Entity()}
		if row.RegistrationDatetime != nil && items[i].Actor != nil {
			items[i].Person = &domain.User{
				UserID: *items[i].Actor, Email: tables.TextOf(row.Email), RegisteredAt: row.RegistrationDatetime.Time,
			}
		}
	}
	return query.PageOf(q.Page, items, total), nil
}

// After implements ports.Audit.
func (a audit) After(ctx context.Context, seq int64, limit int) ([]domain.AuditEntry, error) {
	var rows []tables.AuditEntry
	err := a.Query(ctx).Where("seq > ?", seq).Order("seq").Limit(limit).Find(&rows).Error
	entries := make([]domain.AuditEntry, len(rows))
	for i, row := range rows {
		entries[i] = row.Entity()
	}
	return entries, a.Failed(ctx, err, "read the audit trail")
}

// Checkpoints implements ports.Audit.
func (a audit) Checkpoints(ctx context.Context) ([]domain.AuditCheckpoint, error) {
	var rows []tables.AuditCheckpoint
	err := a.Query(ctx).Order("seq, kind").Find(&rows).Error
	found := make([]domain.AuditCheckpoint, len(rows))
	for i, row := range rows {
		found[i] = row.Entity()
	}
	return found, a.Failed(ctx, err, "read the checkpoints of the audit trail")
}

// AddCheckpoint implements ports.Audit.
func (a audit) AddCheckpoint(ctx context.Context, c domain.AuditCheckpoint) error {
	row := tables.NewAuditCheckpoint(c)
	err := a.Query(ctx).Clauses(clause.OnConflict{DoNothing: true}).Create(&row).Error
	return a.Failed(ctx, err, "store a checkpoint of the audit trail")
}

// Addresses implements ports.Audit.
func (a audit) Addresses(ctx context.Context, before time.Time, limit int) (found []string, err error) {
	old := a.Query(ctx).Model(&tables.AuditEntry{}).Where("address_salt IS NOT NULL AND at < ?", tables.TimestampOf(before))
	err = old.Distinct("address").Limit(limit).Pluck("address", &found).Error
	return found, a.Failed(ctx, err, "look for old addresses in the audit trail")
}

// ReplaceAddress implements ports.Audit.
func (a audit) ReplaceAddress(ctx context.Context, address, by string, before time.Time) error {
	old := a.Query(ctx).Model(&tables.AuditEntry{}).Where("address_salt IS NOT NULL AND at < ?", tables.TimestampOf(before))
	err := old.Where("address = ?", address).Updates(map[string]any{"address": by, "address_salt": nil}).Error
	return a.Failed(ctx, err, "truncate an address in the audit trail")
}

// LastBefore implements ports.Audit.
func (a audit) LastBefore(ctx context.Context, before time.Time) (domain.AuditHead, error) {
	var rows []tables.AuditEntry
	later := a.Query(ctx).Model(&tables.AuditEntry{}).Select("min(seq)").Where("at >= ?", tables.TimestampOf(before))
	err := a.Query(ctx).Select("seq", "hash").Where("seq < (?) OR NOT EXISTS (SELECT 1 FROM audit_entry AS later WHERE later.at >= ?)",
		later, tables.TimestampOf(before)).Order("seq DESC").Limit(1).Find(&rows).Error
	if err != nil || len(rows) == 0 {
		return domain.AuditHead{}, a.Failed(ctx, err, "look for old entries of the audit trail")
	}
	return domain.AuditHead{Seq: rows[0].Seq, Hash: rows[0].Hash}, nil
}

// RemoveTo implements ports.Audit.
func (a audit) RemoveTo(ctx context.Context, seq int64, limit int) (int, error) {
	oldest := a.Query(ctx).Model(&tables.AuditEntry{}).Select("seq").Where("seq <= ?", seq).Order("seq").Limit(limit)
	done := a.Query(ctx).Where("seq IN (?)", oldest).Delete(&tables.AuditEntry{})
	return int(done.RowsAffected), a.Failed(ctx, done.Error, "remove old entries of the audit trail")
}

// RemoveCheckpoints implements ports.Audit.
func (a audit) RemoveCheckpoints(ctx context.Context, seq int64) error {
	done := a.Query(ctx).Where("seq < ?", seq).Delete(&tables.AuditCheckpoint{})
	return a.Failed(ctx, done.Error, "remove old checkpoints of the audit trail")
}

type dailyUse struct{ session.Session }

var addDailyUse = statements.Text("add_daily_use")

// Add implements ports.DailyUse.
func (d dailyUse) Add(ctx context.Context, use ports.Use) (bool, error) {
	done := d.Query(ctx).Exec(addDailyUse, map[string]any{
		"sub": use.By.Subject, "iss": use.By.Issuer, "kind": use.Kind, "day": use.Day, "n": use.N, "limit": use.Limit,
	})
	return done.RowsAffected > 0, d.Failed(ctx, done.Error, "count the use of a quota")
}

// take is Add, with the error ErrUsedUp.
func (d dailyUse) take(ctx context.Context, use ports.Use) error {
	ok, err := d.Add(ctx, use)
	if err == nil && !ok {
		err = ports.ErrUsedUp
	}
	return err
}

// RemoveBefore implements ports.DailyUse.
func (d dailyUse) RemoveBefore(ctx context.Context, day string) error {
	return d.Failed(ctx, d.Query(ctx).Where("day < ?", day).Delete(&tables.DailyUse{}).Error, "remove the use of quotas")
}

// RemoveOf implements ports.DailyUse.
func (d dailyUse) RemoveOf(ctx context.Context, by domain.UserID) error {
	err := d.Query(ctx).Where("sub = ? AND iss = ?", by.Subject, by.Issuer).Delete(&tables.DailyUse{}).Error
	return d.Failed(ctx, err, "remove the use of quotas of a user")
}
