package gormdb

import (
	"bytes"
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

type tags struct {
	table[tagRow, domain.Tag]
}

var tagColumns = map[string]column{
	"id":          {sql: "tag.id"},
	"name":        {sql: "tag.name", text: true},
	"description": {sql: "tag.description", text: true, nullable: true},
}

func newTags(in session) tags {
	return tags{table[tagRow, domain.Tag]{
		session:  in,
		name:     "tag",
		columns:  tagColumns,
		kept:     in.store.shelf.tags,
		row:      newTagRow,
		thing:    tagRow.thing,
		writable: []string{"name", "description"},
	}}
}

// GetAll implements ports.Tags.
func (t tags) GetAll(ctx context.Context, ids []uuid.UUID) ([]*domain.Tag, error) {
	keys := keysOf(inOrderOfIDs(ids))
	found, err := t.all(ctx, keys)
	return inOrder(keys, found), err
}

// inOrderOfIDs has each of the ids once.
func inOrderOfIDs(ids []uuid.UUID) []uuid.UUID {
	ordered := slices.Clone(ids)
	slices.SortFunc(ordered, func(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) })
	return slices.Compact(ordered)
}

// List implements ports.Tags.
func (t tags) List(ctx context.Context, q ports.TagQuery) (domain.Page[*domain.Tag], error) {
	var where conditions
	where.text("tag.name", q.Name)
	if err := t.search(ctx, &where, q.Terms, place{text: "tag.name"}, place{text: "tag.description"}); err != nil {
		return domain.Page[*domain.Tag]{}, err
	}
	return t.list(ctx, where, q.ListOptions)
}

// Remove implements ports.Tags. Its ties to results go with it, by the foreign key.
func (t tags) Remove(ctx context.Context, id uuid.UUID) error {
	return t.changed(ctx, t.query(ctx).Where("id = ?", id).Delete(&tagRow{}), "remove tag %s", id)
}

func newTagRow(t *domain.Tag) tagRow {
	return tagRow{ID: key(t.ID), Name: t.Name, Description: t.Description}
}

func (r tagRow) thing() (uuid.UUID, *domain.Tag) {
	return uuid.UUID(r.ID), &domain.Tag{ID: uuid.UUID(r.ID), Name: r.Name, Description: r.Description}
}
