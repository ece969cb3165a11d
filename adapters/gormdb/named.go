package gormdb

import (
	"context"
	"slices"
	"strings"

	"gorm.io/gorm/clause"
)

// resultPlace is a text in a table that results refer to.
type resultPlace struct {
	table, text string
	// within is the condition on results, its ? the ids of that table.
	within string
}

// mostNames is how many ids a condition lists; if there are more, it says how to
// find them.
const mostNames = 500

// searchNamed demands that each of the terms occurs in one of the resultPlaces at
// least; plain says that each occurs in one column of results only. What has the name
// is looked up first: a database that is given the ids knows how few they are, and
// goes by them and not through all results.
func (s session) searchNamed(ctx context.Context, terms []string) (where conditions, plain bool, err error) {
	plain = true
	err = where.each(terms, func(term string) error {
		single, err := s.searchTerm(ctx, &where, term)
		plain = plain && single
		return err
	})
	return where, plain, err
}

// searchTerm tells whether the term occurs in one column of results only.
func (s session) searchTerm(ctx context.Context, where *conditions, term string) (single bool, err error) {
	occurrence, err := s.store.dialect.Occurrence(ctx, s.query(ctx))
	if err != nil {
		return false, s.failed(ctx, err, "prepare a search")
	}
	var alternatives []string
	var values []any
	for _, p := range resultPlaces {
		having := place{text: p.text}.holds(occurrence)
		var ids []key
		err := s.query(ctx).Table(p.table).Select("id").Where(having, term).Limit(mostNames + 1).Scan(&ids).Error
		switch {
		case err != nil:
			return false, s.failed(ctx, err, "look up a term")
		case len(ids) == 0:
			continue
		case len(ids) > mostNames:
			values = append(values, clause.Expr{SQL: "SELECT id FROM " + p.table + " WHERE " + having, Vars: []any{term}})
		default:
			values = append(values, listed(ids))
		}
		alternatives = append(alternatives, p.within)
	}
	if len(alternatives) == 0 {
		where.nothing()
		return true, nil
	}
	where.add(strings.Join(alternatives, " OR "), values...)
	return len(slices.Compact(alternatives)) == 1 && alternatives[0] != inTags, nil
}

// listed are the ids, to stand between parentheses.
func listed(ids []key) clause.Expr {
	values := make([]any, len(ids))
	for i, id := range ids {
		values[i] = id
	}
	return clause.Expr{SQL: strings.TrimSuffix(strings.Repeat("?,", len(ids)), ","), Vars: values}
}
