package sqlite

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/eosc-perf/backend/adapters/gormdb/session"
	"github.com/eosc-perf/backend/adapters/gormdb/tables"
	"github.com/eosc-perf/backend/core/filter"
)

// valueIndex implements session.ValueIndex on the tables result_leaf, result_value and
// result_value_keys, which indexer writes.
type valueIndex struct{}

var (
	findIndexedPaths             = statements.Text("find_indexed_paths")
	findIndexedPathsOfBenchmarks = statements.Text("find_indexed_paths_of_benchmarks")
)

// Key implements session.ValueIndex.
func (valueIndex) Key(path filter.Path) string { return path.String() }

// Table implements session.ValueIndex.
func (valueIndex) Table(filter.Path) string { return "result_value" }

// IndexedPaths implements session.ValueIndex.
func (valueIndex) IndexedPaths(
	ctx context.Context, db *gorm.DB, benchmarks []uuid.UUID, paths []string,
) (map[string][]session.IndexedPath, error) {
	statement, values := findIndexedPaths, map[string]any{"paths": paths}
	if len(benchmarks) > 0 {
		statement, values["benchmarks"] = findIndexedPathsOfBenchmarks, tables.Keys(benchmarks)
	}
	var rows []struct {
		Path      string
		ID        int
		Benchmark tables.Key
	}
	if err := db.WithContext(ctx).Raw(statement, values).Scan(&rows).Error; err != nil {
		return nil, err
	}
	found := map[string][]session.IndexedPath{}
	for _, row := range rows {
		found[row.Path] = append(found[row.Path], session.IndexedPath{ID: row.ID, Benchmark: row.Benchmark})
	}
	maps.DeleteFunc(found, func(_ string, of []session.IndexedPath) bool { return len(of) < len(benchmarks) })
	return found, nil
}

// Conditions implements session.ValueIndex. The index has the range of the keys that satisfy
// the comparison, and are of its kind.
func (valueIndex) Conditions(
	alias string, indexedPaths []int, c filter.Comparison, known func(string, clause.Expr) clause.Expr,
) []clause.Expr {
	ids := slices.Clone(indexedPaths)
	var others []int
	for _, id := range ids {
		others = append(others, -id)
	}
	key := valueKey(c.Values[0])
	inDocument := known(alias+".result_id", clause.Expr{
		SQL:  "(SELECT ? FROM result AS r WHERE r.id = " + alias + ".result_id)",
		Vars: []any{documents{}.Comparison("r.json", c, "")},
	})
	within := func(ids []int, key []byte, first, end []byte) clause.Expr {
		return keysWithin(alias, ids, c.Operator, key, first, end, inDocument)
	}
	var conditions []clause.Expr
	switch v := c.Values[0]; {
	case v.Unit != (filter.Unit{}):
		first := quantityPrefix(v.Unit.Kind)
		end := append(slices.Clone(first[:len(first)-1]), 1)
		conditions = append(conditions, within(others, slices.Concat(first, key), first, end))
		if c.NumbersIn.Kind == v.Unit.Kind {
			number := appendNumber(nil, v.Unit.In(c.NumbersIn, v.Text))
			conditions = append(conditions, within(ids, number, []byte{numberRank}, []byte{numberRank + 1}))
		}
	case v.Kind == filter.Number:
		conditions = append(conditions, within(append(ids, others...), key, []byte{numberRank}, []byte{numberRank + 1}))
	case v.Kind == filter.Boolean:
		conditions = append(conditions, within(ids, key, []byte{booleanRank}, []byte{booleanRank + 1}))
	default:
		conditions = append(conditions, within(ids, key, []byte{stringRank}, []byte{stringRank + 1}))
	}
	if c.Operand.Path.HasAny() {
		conditions = append(conditions, clause.Expr{
			SQL:  alias + ".leaf IN (" + listed(indexedPaths) + ") AND " + alias + ".key = ? AND ?",
			Vars: []any{[]byte{moreRank}, inDocument},
		})
	}
	return conditions
}

// keysWithin chooses the keys that compare with the key as the comparison says, from first up to
// the end. A key that was cut and the beginning of the other key may be equal: then the document
// decides.
func keysWithin(alias string, ids []int, by filter.Operator, key, first, end []byte, inDocument clause.Expr) clause.Expr {
	operator := operators[by]
	where := clause.Expr{SQL: alias + ".leaf IN (" + listed(ids) + ") AND "}
	// One bound is the key, the other that of all keys of the kind.
	switch within := strings.TrimSuffix(operator, "=") + "="; {
	case by == filter.Equal:
		where.SQL, where.Vars = where.SQL+alias+".key = ?", []any{cut(key)}
	case operator[0] == '>':
		where.SQL, where.Vars = where.SQL+alias+".key "+within+" ? AND "+alias+".key < ?", []any{cut(key), end}
	default:
		where.SQL, where.Vars = where.SQL+alias+".key "+within+" ? AND "+alias+".key >= ?", []any{cut(key), first}
	}
	if len(key) < maxKeyLength {
		if by == filter.Less || by == filter.Greater {
			where.SQL, where.Vars = where.SQL+" AND "+alias+".key <> ?", append(where.Vars, key)
		}
		return where
	}
	where.SQL += fmt.Sprintf(" AND CASE WHEN length(%s.key) < %d THEN %s.key %s ? ELSE ? END", alias, maxKeyLength, alias, operator)
	where.Vars = append(where.Vars, key, inDocument)
	return where
}

func listed(ids []int) string {
	return strings.Trim(strings.Join(strings.Fields(fmt.Sprint(ids)), ", "), "[]")
}

// Order implements session.ValueIndex. Keys that were cut, and are equal, are sorted by the
// documents.
func (valueIndex) Order(alias string, path filter.Path) []clause.Expr {
	whole := documents{}.keyOf("r.json", path)
	return []clause.Expr{{SQL: alias + ".key"}, {
		SQL: fmt.Sprintf("CASE WHEN length(%s.key) >= %d THEN (SELECT ? FROM result AS r WHERE r.id = %s.result_id) END",
			alias, maxKeyLength, alias),
		Vars: []any{whole},
	}}
}

// SortRow implements session.ValueIndex.
func (valueIndex) SortRow(alias string, indexedPath int) string {
	return fmt.Sprintf("%s.leaf = %d", alias, indexedPath)
}

// Join implements session.ValueIndex: all keys of a result are in one row.
func (i valueIndex) Join(column string, indexedPath int, path filter.Path) (by []clause.Expr, join clause.Expr) {
	alias := fmt.Sprintf("s%d", indexedPath)
	join.SQL = "JOIN result_value_keys AS " + alias + " ON " + alias + ".result_id = " + column
	key := fmt.Sprintf("%s(%s.keys, %d)", valueFunction, alias, indexedPath)
	return []clause.Expr{{SQL: key}, {
		SQL: fmt.Sprintf("CASE WHEN length(%s) >= %d THEN (SELECT ? FROM result AS r WHERE r.id = %s.result_id) END",
			key, maxKeyLength, alias),
		Vars: []any{documents{}.keyOf("r.json", path)},
	}}, join
}

// PreferHashJoins implements session.ValueIndex: there is nothing to prefer.
func (valueIndex) PreferHashJoins() string { return "" }

// PreferIndexOrder implements session.ValueIndex: SQLite does so by itself.
func (valueIndex) PreferIndexOrder() string { return "" }
