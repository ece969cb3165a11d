package gormdb

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/eosc-perf/backend/adapters/gormdb/query"
	"github.com/eosc-perf/backend/adapters/gormdb/references"
	"github.com/eosc-perf/backend/adapters/gormdb/session"
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
	return e.Failed(ctx, err, "add a %s", e.Table)
}

// Update implements the repositories of ports.
func (e entities[R, D]) Update(ctx context.Context, entity *D) error {
	row := e.toRow(entity)
	done := e.Query(ctx).Model(&row).Select(e.writable).Updates(&row)
	return e.RequireChanged(ctx, done, "update a %s", e.Table)
}

// list returns a page of the entities that satisfy the conditions.
func (e entities[R, D]) list(ctx context.Context, where query.Conditions, options ports.ListOptions) (domain.Page[*D], error) {
	return e.Page(ctx, e.Session, query.Selection{
		Table: e.Table, ID: e.Table + ".id", Columns: e.columns, Where: where, ListOptions: options,
	})
}
