package gormdb

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/ports"
)

// Values is a table result_value with the values of results that are not hidden, at
// the paths that the schemas of their benchmarks name: the leaves. Filters and sorts
// by these need not read the documents. The answers are the same.
type Values interface {
	// Leaves finds the leaves of each of the paths, one if a benchmark is given. A
	// path is missing where the values of some results could be.
	Leaves(ctx context.Context, db *gorm.DB, benchmark *uuid.UUID, paths []string) (map[string][]int, error)
	// Holds is the condition of a row, under an alias, that it is of one of the
	// leaves, and its value satisfies the condition.
	Holds(alias string, leaves []int, c filter.Condition) clause.Expr
	// Order is what to sort rows of one leaf by; none is NULL.
	Order(alias string, path filter.Path) []clause.Expr
	// Sorting is the condition of a row that it is the one to sort by.
	Sorting(alias string, leaf int) string
	// Derivations are the leaves and the values.
	Derivations() []Derivation
	// Fill fills the leaves that are not filled, on one connection.
	Fill(connection *gorm.DB) error
	// Hash is a statement that has joins of a transaction made by hashing.
	Hash() string
	// Walk is a statement that has a transaction read a list from an index in the
	// order of that, and look up in a hash table whether a row satisfies conditions.
	Walk() string
}

// leaves are those of each path, as it is written.
type leaves map[string][]int

// leavesOf finds what the query may be answered from: nil if that is nothing.
func (s session) leavesOf(ctx context.Context, q ports.ResultQuery) (leaves, error) {
	values := s.store.dialect.Values()
	if values == nil || q.Uploader != nil {
		return nil, nil
	}
	paths := map[string]bool{}
	for _, f := range q.Filters {
		if satisfiable(f) {
			paths[f.Path.String()] = true
		}
	}
	if q.BenchmarkID != nil {
		for _, key := range q.Sort {
			if key.Path != nil && leadsSomewhere(key.Path) {
				paths[key.Path.String()] = true
			}
		}
	}
	if len(paths) == 0 {
		return nil, nil
	}
	wanted := make([]string, 0, len(paths))
	for path := range paths {
		wanted = append(wanted, path)
	}
	slices.Sort(wanted)
	return values.Leaves(ctx, s.query(ctx), q.BenchmarkID, wanted)
}

// filters chooses by the leaves where it can, else by the documents.
func (l leaves) filters(dialect Dialect, where *conditions, filters []filter.Condition) {
	for _, f := range filters {
		if of := l[f.Path.String()]; len(of) > 0 && satisfiable(f) {
			where.add("result.id IN (?)", l.having(dialect.Values(), f))
			continue
		}
		where.filters(dialect, "result.json", []filter.Condition{f})
	}
}

// satisfying chooses the rows of result_value, under the alias v, of all results
// that satisfy the filters; nil if the leaves do not tell.
func (l leaves) satisfying(values Values, filters []filter.Condition) conditions {
	if !l.tell(filters) {
		return nil
	}
	var where conditions
	for i, f := range filters {
		if i == 0 {
			where.add("?", values.Holds("v", l[f.Path.String()], f))
			continue
		}
		where.add("v.result_id IN (?)", l.having(values, f))
	}
	return where
}

// tell is true if the leaves are enough for all of the filters.
func (l leaves) tell(filters []filter.Condition) bool {
	return len(filters) > 0 && !slices.ContainsFunc(filters, func(f filter.Condition) bool {
		return len(l[f.Path.String()]) == 0 || !satisfiable(f)
	})
}

// having selects the ids of the results that satisfy the filter.
func (l leaves) having(values Values, f filter.Condition) clause.Expr {
	return clause.Expr{SQL: "SELECT w.result_id FROM result_value AS w WHERE ?", Vars: []any{values.Holds("w", l[f.Path.String()], f)}}
}

// walk makes a list one of the values that it sorts by, if that is a single path: nil
// otherwise. PostgreSQL has them sorted already. It makes no join of what IS TRUE.
func (l leaves) walk(values Values, q ports.ResultQuery) *selection {
	if len(q.Sort) == 0 || q.Sort[0].Path == nil || slices.ContainsFunc(q.Sort[1:], func(key filter.Key) bool { return key.Field != "id" }) {
		return nil
	}
	of := l[q.Sort[0].Path.String()]
	if len(of) != 1 {
		return nil
	}
	var where conditions
	where.add(values.Sorting(walked, of[0]))
	for _, f := range q.Filters {
		where.add("("+walked+".result_id IN (?)) IS TRUE", l.having(values, f))
	}
	return &selection{
		table: "result_value AS " + walked, id: walked + ".result_id", where: where, leaves: l, ListOptions: q.ListOptions,
		columns: map[string]column{"id": {sql: walked + ".result_id"}, filter.JSONField: {json: true, values: walked}},
	}
}

// walked is the alias of the values that a list is in the order of.
const walked = "s"

// sorts tells whether the leaves are enough to sort by all of the keys.
func (l leaves) sorts(keys []filter.Key) bool {
	return !slices.ContainsFunc(keys, func(key filter.Key) bool {
		return key.Field != "id" && (key.Path == nil || leadsSomewhere(key.Path) && len(l[key.Path.String()]) != 1)
	})
}

const (
	// many is how many results are looked up one by one at most; more are found by
	// hashing all that could be them.
	many = 500
	// walkable is how many results the hash tables of a statement, one for each filter,
	// may have in memory: some 60 bytes for each.
	walkable = 500_000
)

// byValues counts by result_value alone if that tells of all filters, and makes the
// list one of that table if it has all to sort by as well: then the table of results,
// some fifty times as large, is not looked at.
func (r results) byValues(ctx context.Context, list *selection, l leaves, q ports.ResultQuery) (cutter[key], error) {
	values := r.store.dialect.Values()
	where := l.satisfying(values, q.Filters)
	if where == nil || !isCountedUnfiltered(q) {
		return scanning[key](list.id), nil
	}
	found := selection{table: "result_value AS v", id: "v.result_id", where: where, leaves: l, ListOptions: q.ListOptions}
	total, err := r.total(ctx, found)
	if err != nil {
		return nil, err
	}
	list.counted = func(context.Context, session) (int, error) { return total, nil }
	if len(q.Sort) > 0 && l.sorts(q.Sort) {
		if walk := l.walk(values, q); walk != nil && r.store.many < total {
			of, err := visibleResults(q.BenchmarkID)(ctx, r.session)
			if err != nil {
				return nil, err
			}
			if of*len(q.Filters) <= walkable {
				walk.counted = list.counted
				*list = *walk
				return scanning[key](list.id), r.query(ctx).Exec(values.Walk()).Error
			}
		}
		// There are no documents: all keys are leaves.
		found.counted = list.counted
		found.columns = map[string]column{"id": {sql: found.id}, filter.JSONField: {sql: "NULL", json: true}}
		*list = found
	}
	switch {
	case total <= r.store.many:
		return scanning[key](list.id), nil
	case list.table == "result" && isByTime(q.Sort):
		return r.early(ctx, q, total)
	default:
		return hashing(list.id), nil
	}
}

// hashing has joins made by hashing.
func hashing(id string) cutter[key] {
	return func(ctx context.Context, s session, sel selection, offset, size int) ([]key, *int, error) {
		if err := s.query(ctx).Exec(s.store.dialect.Values().Hash()).Error; err != nil {
			return nil, nil, err
		}
		return scanning[key](id)(ctx, s, sel, offset, size)
	}
}

// looked is how many results are looked at, in the order of a list, for those that
// satisfy its filters.
const looked = 5000

// isByTime tells whether an index has the results in this order.
func isByTime(sort []filter.Key) bool {
	return len(sort) > 0 && sort[0].Field == "execution_datetime" && !slices.ContainsFunc(sort[1:], func(key filter.Key) bool { return key.Field != "id" })
}

// early looks for a page among the first results of the list, by their documents, if
// it should be among them by how many satisfy the filters; if it is not, by hashing.
func (r results) early(ctx context.Context, q ports.ResultQuery, total int) (cutter[key], error) {
	of, err := visibleResults(q.BenchmarkID)(ctx, r.session)
	if err != nil {
		return nil, err
	}
	all := q
	all.Filters = nil
	unfiltered, err := r.selection(ctx, all, nil)
	if err != nil {
		return nil, err
	}
	var filters conditions
	filters.filters(r.store.dialect, "result.json", q.Filters)
	return func(ctx context.Context, s session, sel selection, offset, size int) ([]key, *int, error) {
		if size = min(size, total-offset); size <= 0 {
			return nil, nil, nil
		}
		// Twice as many as are expected, and some more for small numbers.
		if among := 2*(offset+size)*of/total + 100; among <= looked {
			first := unfiltered
			first.backwards = sel.backwards
			rows, err := s.ordered(ctx, first)
			if err != nil {
				return nil, nil, err
			}
			first.table, first.where = "(?) AS result", filters
			first.values = []any{rows.Select("result.*").Limit(among)}
			found, _, err := scanning[key](sel.id)(ctx, s, first, offset, size)
			if err != nil || len(found) == size {
				return found, nil, err
			}
		}
		return hashing(sel.id)(ctx, s, sel, offset, size)
	}, nil
}

// sortJoin is the join of the rows to sort by, empty if these are listed, and their
// alias.
func (s session) sortJoin(sel selection, path filter.Path) (alias, join string) {
	if listed := sel.columns[filter.JSONField].values; listed != "" {
		return listed, ""
	}
	of := sel.leaves[path.String()]
	if len(of) != 1 {
		return "", ""
	}
	alias = fmt.Sprintf("s%d", of[0])
	return alias, strings.Join([]string{
		"JOIN result_value AS", alias, "ON", alias + ".result_id =", sel.id, "AND", s.store.dialect.Values().Sorting(alias, of[0]),
	}, " ")
}
