package gormdb

import (
	"context"
	"errors"

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
	if !e.InUnitOfWork() {
		return errEventAlone
	}
	row := tables.NewAuditEvent(event)
	return e.Failed(ctx, e.Query(ctx).Create(&row).Error, "add an event")
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
func (e events) HandOver(ctx context.Context, from, to domain.UserID) error {
	var where query.Conditions
	where.Text("actor_sub", &from.Subject)
	where.Text("actor_iss", &from.Issuer)
	own := append(query.Conditions{}, where...)
	own.Add("actor_role IN ?", []string{string(domain.UploaderRole), string(domain.ClaimantRole)})
	err := e.Query(ctx).Model(&tables.AuditEvent{}).Clauses(own.Where()).Updates(map[string]any{"reason": nil}).Error
	if err == nil {
		err = e.Query(ctx).Model(&tables.AuditEvent{}).Clauses(where.Where()).
			Updates(map[string]any{"actor_sub": to.Subject, "actor_iss": to.Issuer}).Error
	}
	return e.Failed(ctx, err, "hand over the events of a user")
}
