package gormdb

import (
	"context"
	"errors"
	"slices"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

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
		if err := e.Dialect.Inserts.Events(ctx, e.ConnPool(ctx), rows); err != nil {
			return e.Failed(ctx, err, "add events")
		}
	}
	return nil
}

// allEvents are the events that wait, and those that are entries of the audit trail.
var allEvents = asTable(statements.Text("all_events"), "event")

// List implements ports.Events.
func (e events) List(ctx context.Context, q ports.EventQuery) (list []domain.Event, total int, err error) {
	id := q.ResourceID
	var where query.Conditions
	where.Add("resource_type = ?", string(q.Resource))
	where.ID("resource_id", &id)
	where.Add("action IN ?", q.Actions)
	var rows []tables.AuditEvent
	var count int64
	err = e.Query(ctx).Table(allEvents).Clauses(where.Where()).Count(&count).Error
	if err == nil {
		err = e.Query(ctx).Table(allEvents).Clauses(where.Where()).Order("at, id").Offset(q.Offset).Limit(q.Limit).Find(&rows).Error
	}
	if err != nil {
		return nil, 0, e.Failed(ctx, err, "list the events of %s %s", q.Resource, id)
	}
	for _, row := range rows {
		list = append(list, row.Entity())
	}
	return list, int(count), nil
}

// removedWith are the statements that find what is removed with results, by the resource.
var removedWith = []struct {
	resource domain.Resource
	of       string
}{
	{domain.ClaimResource, "claim WHERE claim.result_id IN (SELECT result.id FROM result WHERE ?)"},
	{domain.ResultResource, "result WHERE ?"},
}

// AddRemoved implements ports.Events. The ids of the events begin with the time, as those of
// other events do.
func (e events) AddRemoved(ctx context.Context, match ports.ResultMatch, event domain.Event) error {
	if !e.InUnitOfWork() {
		return errEventAlone
	}
	where := clause.And(matchingResults(match)...)
	for _, removed := range removedWith {
		if err := e.addEach(ctx, event, removed.resource, removed.of, where); err != nil {
			return err
		}
	}
	if match.SiteID == nil {
		return nil
	}
	return e.addEach(ctx, event, domain.FlavorResource, "flavor WHERE site_id = ?", *match.SiteID)
}

// addEach adds the event once for each row that is found.
func (e events) addEach(ctx context.Context, event domain.Event, resource domain.Resource, of string, bound any) error {
	row := tables.NewAuditEvent(event)
	prefix := event.ID.String()[:uniquePart]
	unique := "CAST(? || substr(CAST(gen_random_uuid() AS text), 16) AS uuid)"
	if e.Query(ctx).Name() == "sqlite" {
		unique = `? || substr(lower(hex(randomblob(8))), 1, 3) || '-8' || substr(lower(hex(randomblob(8))), 1, 3)
			|| '-' || lower(hex(randomblob(6)))`
	}
	db := e.Query(ctx)
	key, timestamp := (tables.Key{}).GormDBDataType(db, nil), (tables.Timestamp{}).GormDBDataType(db, nil)
	err := db.Exec(`INSERT INTO audit_event
			(id, at, actor_role, actor_sub, actor_iss, action, resource_type, resource_id, reason, request_id, address)
		SELECT `+unique+`, CAST(? AS `+timestamp+`), CAST(? AS text), CAST(? AS text), CAST(? AS text), CAST(? AS text), CAST(? AS text),
			CAST(id AS `+key+`), CAST(? AS text), CAST(? AS text), CAST(? AS text) FROM `+of,
		prefix, row.At, row.ActorRole, row.ActorSub, row.ActorIss, row.Action, string(resource), row.Reason, row.RequestID, row.Address,
		bound).Error
	return e.Failed(ctx, err, "add events about what is removed")
}

// uniquePart is the index in the text of a UUID of version 7 behind the time and the version.
const uniquePart = 15

// Forget implements ports.Events. What becomes an entry meanwhile is found among the entries.
func (e events) Forget(ctx context.Context, resource domain.Resource, changes []string, limit int) (total int, err error) {
	for _, table := range []struct {
		name, key string
		texts     map[string]any
	}{
		{"audit_event", "id", map[string]any{"reason": nil, "changes": nil}},
		{"audit_entry", "seq", map[string]any{"reason": nil, "reason_salt": nil, "changes": nil, "changes_salt": nil}},
	} {
		var ids []string
		about := e.Query(ctx).Table(table.name).Select(table.key).Clauses(forUpdate).
			Where("resource_type = ? AND changes IN ?", string(resource), changes)
		if err := about.Order(table.key).Limit(limit - total).Find(&ids).Error; err != nil {
			return 0, e.Failed(ctx, err, "lock the events about a resource")
		}
		if len(ids) == 0 {
			continue
		}
		err := e.Query(ctx).Table(table.name).Where(table.key+" IN ?", ids).Updates(table.texts).Error
		if err != nil {
			return 0, e.Failed(ctx, err, "forget what events say")
		}
		if total += len(ids); total >= limit {
			break
		}
	}
	return total, nil
}

// HandOver implements ports.Events. What becomes an entry meanwhile is found among the entries:
// the lock on the event waits for that.
func (e events) HandOver(ctx context.Context, from, to domain.UserID, limit int) (int, error) {
	var where query.Conditions
	where.Text("actor_sub", &from.Subject)
	where.Text("actor_iss", &from.Issuer)
	own := []string{string(domain.UploaderRole), string(domain.ClaimantRole)}
	total := 0
	for _, table := range []struct {
		name, key        string
		always, ownTexts map[string]any
	}{
		{"audit_event", "id", map[string]any{"address": nil}, map[string]any{"reason": nil, "changes": nil}},
		{
			"audit_entry", "seq", map[string]any{"actor_salt": nil, "address": nil, "address_salt": nil},
			map[string]any{"reason": nil, "reason_salt": nil, "changes": nil, "changes_salt": nil},
		},
	} {
		var ids []string
		theirs := e.Query(ctx).Table(table.name).Select(table.key).Clauses(where.Where(), forUpdate)
		err := theirs.Order(table.key).Limit(limit - total).Find(&ids).Error
		if err != nil {
			return 0, e.Failed(ctx, err, "lock the events of a user")
		}
		if len(ids) == 0 {
			continue
		}
		chosen := e.Query(ctx).Table(table.name).Where(table.key+" IN ?", ids)
		err = chosen.Session(&gorm.Session{}).Where("actor_role IN ?", own).Updates(table.ownTexts).Error
		if err == nil {
			table.always["actor_sub"], table.always["actor_iss"] = to.Subject, to.Issuer
			err = chosen.Session(&gorm.Session{}).Updates(table.always).Error
		}
		if err != nil {
			return 0, e.Failed(ctx, err, "hand over the events of a user")
		}
		if total += len(ids); total >= limit {
			break
		}
	}
	return total, nil
}
