package gormdb

import (
	"bytes"
	"context"
	"database/sql"
	"slices"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/gormdb/query"
	"github.com/eosc-perf/backend/adapters/gormdb/references"
	"github.com/eosc-perf/backend/adapters/gormdb/session"
	"github.com/eosc-perf/backend/adapters/gormdb/tables"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

type tags struct {
	entities[tables.Tag, domain.Tag]
}

var tagColumns = map[string]query.Column{
	"id":          {SQL: "tag.id"},
	"name":        {SQL: "tag.name", IsText: true},
	"description": {SQL: "tag.description", IsText: true, IsNullable: true},
}

func newTags(in session.Session, cache *references.Cache, done *effects) tags {
	return tags{entities[tables.Tag, domain.Tag]{
		Session:  in,
		Entities: cache.Tags,
		columns:  tagColumns,
		toRow:    tables.NewTag,
		writable: []string{"name", "description"},
		nameOf:   func(t *domain.Tag) references.Name { return references.Name{ID: t.ID, Text: t.Name} },
		done:     done,
	}}
}

// GetLocked implements ports.Tags. In SQLite no lock is needed: a unit of work keeps everybody
// else from writing.
func (t tags) GetLocked(ctx context.Context, id uuid.UUID) (*domain.Tag, error) {
	return t.take(ctx, t.Query(ctx).Clauses(forUpdate), id)
}

// GetAll implements ports.Tags.
func (t tags) GetAll(ctx context.Context, ids []uuid.UUID) ([]*domain.Tag, error) {
	keys := tables.Keys(sortedDistinct(ids))
	found, err := t.Read(ctx, t.Session, keys)
	return references.InOrder(keys, found), err
}

// sortedDistinct returns each of the IDs once, in their order.
func sortedDistinct(ids []uuid.UUID) []uuid.UUID {
	sorted := slices.Clone(ids)
	slices.SortFunc(sorted, func(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) })
	return slices.Compact(sorted)
}

// List implements ports.Tags.
func (t tags) List(ctx context.Context, q ports.TagQuery) (domain.Page[*domain.Tag], error) {
	var where query.Conditions
	where.Text("tag.name", q.Name)
	if err := where.Search(ctx, t.Session, q.Terms, "tag.name", "tag.description"); err != nil {
		return domain.Page[*domain.Tag]{}, err
	}
	return t.list(ctx, where, q.ListOptions)
}

// Alike implements ports.Tags.
func (t tags) Alike(ctx context.Context, name string, limit int) ([]ports.Named, error) {
	return t.alike(ctx, references.Name{Text: name}, limit, func(string) bool { return true })
}

// Names implements ports.Tags.
func (t tags) Names(ctx context.Context, limit int, each func(id uuid.UUID, name string)) error {
	named := t.Query(ctx).Table(t.Table).Select("id, name").Order("id").Limit(limit)
	var id uuid.UUID
	var name string
	return t.EachRow(ctx, named, "read the names of tags",
		func(row *sql.Rows) error { return row.Scan(&id, &name) },
		func() error {
			each(id, name)
			return nil
		})
}

// HandOver implements ports.Tags.
func (t tags) HandOver(ctx context.Context, from, to domain.UserID, limit int) (int, error) {
	return handOver(ctx, t.Session, t.Table, from, to, limit)
}

// Remove implements ports.Tags. A foreign key removes the tag from all results.
func (t tags) Remove(ctx context.Context, id uuid.UUID) error {
	done := t.Query(ctx).Where("id = ?", id).Delete(&tables.Tag{})
	return t.RequireChanged(ctx, done, "remove tag %s", id)
}
