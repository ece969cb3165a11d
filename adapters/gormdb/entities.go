package gormdb

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/eosc-perf/backend/adapters/gormdb/query"
	"github.com/eosc-perf/backend/adapters/gormdb/references"
	"github.com/eosc-perf/backend/adapters/gormdb/session"
	"github.com/eosc-perf/backend/adapters/gormdb/tables"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// entities is the repository of the entities D of one table, whose rows are R.
type entities[R, D any] struct {
	session.Session
	*references.Entities[R, D]

	// columns are those that lists can be sorted by.
	columns map[string]query.Column
	// toRow converts an entity.
	toRow func(*D) R
	// writable are the columns that Update stores.
	writable []string
	// nameOf is the name of an entity.
	nameOf func(*D) references.Name
	// done are the effects of the unit of work.
	done *effects
}

// Get implements the repositories of ports.
func (e entities[R, D]) Get(ctx context.Context, id uuid.UUID) (*D, error) {
	return e.take(ctx, e.Query(ctx), id)
}

func (e entities[R, D]) take(ctx context.Context, rows *gorm.DB, id uuid.UUID) (*D, error) {
	var row R
	if err := rows.Where("id = ?", id).Take(&row).Error; err != nil {
		return nil, e.Failed(ctx, err, "read %s %s", e.Table, id)
	}
	_, entity := e.ToEntity(row)
	return entity, nil
}

// Add implements the repositories of ports.
func (e entities[R, D]) Add(ctx context.Context, entity *D) error {
	row := e.toRow(entity)
	err := e.Query(ctx).Omit(clause.Associations).Create(&row).Error
	if err == nil {
		e.done.named = append(e.done.named, func() { e.Names.Note(e.nameOf(entity)) })
	}
	return e.Failed(ctx, err, "add a %s", e.Table)
}

// Update implements the repositories of ports.
func (e entities[R, D]) Update(ctx context.Context, entity *D) error {
	row := e.toRow(entity)
	e.done.named = append(e.done.named, e.Names.Expire)
	done := e.Query(ctx).Model(&row).Select(e.writable).Updates(&row)
	return e.RequireChanged(ctx, done, "update a %s", e.Table)
}

// alike returns the rows whose names look like this one, in the order of the names, at most limit.
func (e entities[R, D]) alike(ctx context.Context, of references.Name, limit int, isOther func(string) bool) ([]ports.Named, error) {
	ids, err := e.Names.Candidates(ctx, e.Session, of)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	var rows []struct {
		ID   tables.Key
		Name string
	}
	named := e.Query(ctx).Table(e.Table).Select("id, "+e.Names.Name+" AS name").Where("id IN ?", tables.Keys(ids)).Order(e.Names.Order)
	if err := named.Scan(&rows).Error; err != nil {
		return nil, e.Failed(ctx, err, "read the names of %ss", e.Table)
	}
	looks := e.Names.LooksOf(of.Text)
	var found []ports.Named
	for _, row := range rows {
		if len(found) < limit && isOther(row.Name) && e.Names.LooksOf(row.Name).Like(looks) {
			found = append(found, ports.Named{ID: uuid.UUID(row.ID), Name: row.Name})
		}
	}
	return found, nil
}

// list returns a page of the entities that satisfy the conditions.
func (e entities[R, D]) list(ctx context.Context, where query.Conditions, options ports.ListOptions) (domain.Page[*D], error) {
	return e.Page(ctx, e.Session, query.Selection{
		Table: e.Table, ID: e.Table + ".id", Columns: e.columns, Where: where, ListOptions: options,
	})
}
