package gormdb

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/eosc-perf/backend/core/domain"
)

// table is the repository of things D that are rows R.
type table[R, D any] struct {
	session
	// name is the table's, and how errors name a thing.
	name string
	// columns are what lists sort by.
	columns map[string]column
	row     func(*D) R
	thing   func(R) (uuid.UUID, *D)
	kept    kept[D]
	// writable are the columns that Update stores.
	writable []string
}

// Get implements the repositories of ports.
func (t table[R, D]) Get(ctx context.Context, id uuid.UUID) (*D, error) {
	return t.get(ctx, t.query(ctx), id)
}

func (t table[R, D]) get(ctx context.Context, query *gorm.DB, id uuid.UUID) (*D, error) {
	var row R
	if err := query.Where("id = ?", id).Take(&row).Error; err != nil {
		return nil, t.failed(ctx, err, "read %s %s", t.name, id)
	}
	_, thing := t.thing(row)
	return thing, nil
}

// Add implements the repositories of ports.
func (t table[R, D]) Add(ctx context.Context, thing *D) error {
	row := t.row(thing)
	err := t.query(ctx).Omit(clause.Associations).Create(&row).Error
	return t.failed(ctx, err, "add a %s", t.name)
}

// Update implements the repositories of ports.
func (t table[R, D]) Update(ctx context.Context, thing *D) error {
	row := t.row(thing)
	done := t.query(ctx).Model(&row).Select(t.writable).Updates(&row)
	return t.changed(ctx, done, "update a %s", t.name)
}

// all returns those of the things that exist, each once.
func (t table[R, D]) all(ctx context.Context, ids []key) (map[uuid.UUID]*D, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var rows []R
	if err := t.query(ctx).Where("id IN ?", ids).Find(&rows).Error; err != nil {
		return nil, t.failed(ctx, err, "read %ss", t.name)
	}
	things := make(map[uuid.UUID]*D, len(rows))
	for _, row := range rows {
		id, thing := t.thing(row)
		things[id] = thing
	}
	return things, nil
}

// read reads whole rows: there are far fewer than there are results.
func (t table[R, D]) read(ctx context.Context, sel selection) (domain.Page[*D], error) {
	rows, total, err := page(ctx, t.session, sel, scanning[R]())
	if err != nil {
		return domain.Page[*D]{}, t.failed(ctx, err, "list %ss", t.name)
	}
	things := make([]*D, len(rows))
	for i, row := range rows {
		_, things[i] = t.thing(row)
	}
	return pageOf(sel.Page, things, total), nil
}

// inOrder leaves out what went away since the ids were read.
func inOrder[D any](ids []key, things map[uuid.UUID]*D) []*D {
	ordered := make([]*D, 0, len(ids))
	for _, id := range ids {
		if thing := things[uuid.UUID(id)]; thing != nil {
			ordered = append(ordered, thing)
		}
	}
	return ordered
}
