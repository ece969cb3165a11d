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
func (valueIndex) Key(path filter.Path) string {
	if path.HasAny() {
		return ""
	}
	return path.String()
}

// IndexedPaths implements session.ValueIndex.
func (valueIndex) IndexedPaths(ctx context.Context, db *gorm.DB, benchmarks []uuid.UUID, paths []string) (map[string][]int, error) {
	statement, values := findIndexedPaths, map[string]any{"paths": paths}
	if len(benchmarks) > 0 {
		statement, values["benchmarks"] = findIndexedPathsOfBenchmarks, tables.Keys(benchmarks)
	}
	var rows []struct {
		Path string
		ID   int
	}
	if err := db.WithContext(ctx).Raw(statement, values).Scan(&rows).Error; err != nil {
		return nil, err
	}
	found := map[string][]int{}
	for _, row := range rows {
		found[row.Path] = append(found[row.Path], row.ID)
	}
	maps.DeleteFunc(found, func(_ string, ids []int) bool { return len(ids) < len(benchmarks) })
	return found, nil
}

// Condition implements session.ValueIndex. The index has the range of the keys that satisfy
// the condition, and are of its kind. A key that was cut and the beginning of the key of the
// condition may be equal: then the document decides.
func (valueIndex) Condition(alias string, indexedPaths []int, c filter.Condition) clause.Expr {
	ids := slices.Clone(indexedPaths)
	rank := byte(stringRank)
	switch c.Kind {
	case filter.Number:
		rank = numberRank
		for _, id := range indexedPaths {
			ids = append(ids, -id)
		}
	case filter.Boolean:
		rank = booleanRank
	case filter.Text:
	}
	comparison := c.Comparison()
	key, operator := valueKey(comparison.Values[0]), operators[c.Operator]
	where := clause.Expr{SQL: alias + ".leaf IN (" + listed(ids) + ") AND "}
	// One bound is the key, the other that of all keys of the kind.
	switch within := strings.TrimSuffix(operator, "=") + "="; {
	case c.Operator == filter.Equal:
		where.SQL, where.Vars = where.SQL+alias+".key = ?", []any{cut(key)}
	case operator[0] == '>':
		where.SQL, where.Vars = where.SQL+alias+".key "+within+" ? AND "+alias+".key < ?", []any{cut(key), []byte{rank + 1}}
	default:
		where.SQL, where.Vars = where.SQL+alias+".key "+within+" ? AND "+alias+".key >= ?", []any{cut(key), []byte{rank}}
	}
	if len(key) < maxKeyLength {
		if c.Operator == filter.Less || c.Operator == filter.Greater {
			where.SQL, where.Vars = where.SQL+" AND "+alias+".key <> ?", append(where.Vars, key)
		}
		return where
	}
	where.SQL += fmt.Sprintf(
		" AND CASE WHEN length(%s.key) < %d THEN %s.key %s ? ELSE (SELECT ? FROM result AS r WHERE r.id = %s.result_id) END",
		alias, maxKeyLength, alias, operator, alias,
	)
	where.Vars = append(where.Vars, key, documents{}.Comparison("r.json", comparison, ""))
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
