package gormdb

import (
	"context"
	"errors"
	"slices"

	"github.com/eosc-perf/backend/adapters/gormdb/query"
	"github.com/eosc-perf/backend/adapters/gormdb/session"
	"github.com/eosc-perf/backend/adapters/gormdb/tables"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

type events struct{ session.Session }

var errEventAlone = errors.New("an event can be added in a unit of work only")

// Add implements ports.Events.
func (e events) Add(ctx context.Context, event domain.Event) error {
	return e.AddAll(ctx, []domain.Event{event})
}

// eventBatch is how many rows one statement adds: see outboxBatch.
const eventBatch = 1000

// AddAll implements ports.Events.
func (e events) AddAll(ctx context.Context, list []domain.Event) error {
	if !e.InUnitOfWork() {
		return errEventAlone
	}
	for some := range slices.Chunk(list, eventBatch) {
		rows := make([]tables.AuditEvent, len(some))
		for i, event := range some {
			rows[i] = tables.NewAuditEvent(event)
		}
		if err := e.Query(ctx).Create(&rows).Error; err != nil {
			return e.Failed(ctx, err, "add events")
		}
	}
	return nil
}

// List implements ports.Events.
func (e events) List(ctx context.Context, q ports.EventQuery) (list []domain.Event, total int, err error) {
	id := q.ResourceID
	var where query.Conditions
	where.Add("resource_type = ?", string(q.Resource))
	where.ID("resource_id", &id)
	where.Add("action IN ?", q.Actions)
	var rows []tables.AuditEvent
	var count int64
	err = e.Query(ctx).Model(&tables.AuditEvent{}).Clauses(where.Where()).Count(&count).Error
	if err == nil {
		err = e.Query(ctx).Clauses(where.Where()).Order("at, id").Offset(q.Offset).Limit(q.Limit).Find(&rows).Error
	}
	if err != nil {
		return nil, 0, e.Failed(ctx, err, "list the events of %s %s", q.Resource, id)
	}
	for _, row := range rows {
		list = append(list, row.Entity())
	}
	return list, int(count), nil
}

// HandOver implements ports.Events.
func (e events) HandOver(ctx context.Context, from, to domain.UserID, limit int) (int, error) {
	const table = "audit_event"
	var where query.Conditions
	where.Text("actor_sub", &from.Subject)
	where.Text("actor_iss", &from.Issuer)
	ids, err := lockSome(ctx, e.Session, table, where, limit)
	if err != nil || len(ids) == 0 {
		return 0, e.Failed(ctx, err, "lock the events of a user")
	}
	own := []string{string(domain.UploaderRole), string(domain.ClaimantRole)}
	err = e.Query(ctx).Table(table).Where("id IN ? AND actor_role IN ?", ids, own).
		Updates(map[string]any{"reason": nil}).Error
	if err == nil {
		err = e.Query(ctx).Table(table).Where("id IN ?", ids).Updates(map[string]any{"actor_sub": to.Subject, "actor_iss": to.Issuer}).Error
	}
	return len(ids), e.Failed(ctx, err, "hand over the events of a user")
}
