package postgres

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/eosc-perf/backend/adapters/gormdb/session"
	"github.com/eosc-perf/backend/adapters/gormdb/tables"
	"github.com/eosc-perf/backend/core/filter"
)

// valueIndex implements session.ValueIndex on the tables result_leaf and result_value,
// which triggers write. The revision that makes them explains their columns.
type valueIndex struct{}

// maxPrefixLength is how many characters of a text a row holds.
const maxPrefixLength = 100

var (
	findIndexedPaths             = statements.Text("find_indexed_paths")
	findIndexedPathsOfBenchmarks = statements.Text("find_indexed_paths_of_benchmarks")
)

// Key implements session.ValueIndex.
func (valueIndex) Key(path filter.Path) string { return path.String() }

// Table implements session.ValueIndex.
func (valueIndex) Table(path filter.Path) string {
	if path.HasAny() {
		return "result_element"
	}
	return "result_value"
}

// IndexedPaths implements session.ValueIndex. It locks the table result first, as
// TRUNCATE does: TRUNCATE empties the index while it holds that lock.
func (valueIndex) IndexedPaths(
	ctx context.Context, db *gorm.DB, benchmarks []uuid.UUID, paths []string,
) (map[string][]session.IndexedPath, error) {
	if err := db.WithContext(ctx).Exec("LOCK TABLE result IN ACCESS SHARE MODE").Error; err != nil {
		return nil, err
	}
	statement, values := findIndexedPaths, map[string]any{"paths": paths}
	if len(benchmarks) > 0 {
		statement, values["benchmarks"] = findIndexedPathsOfBenchmarks, benchmarks
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

// Conditions implements session.ValueIndex. The index finds a range, in which rows with
// a shortened value may not satisfy the comparison. The condition reads the documents of
// those whose value is equal to that of the comparison, if both are shortened: others compare like
// the shortened ones. Usual values are short: their statement, which PostgreSQL plans each time,
// does not look into documents.
func (valueIndex) Conditions(
	alias string, indexedPaths []int, c filter.Comparison, known func(string, clause.Expr) clause.Expr,
) (conditions []clause.Expr) {
	isIndexed := fmt.Sprintf("%s.leaf IN (%s) AND ", alias, listed(indexedPaths))
	operator := operators[c.Operator]
	within := strings.TrimSuffix(operator, "=") + "="
	inDocument := known(alias+".result_id",
		expr("(SELECT ? FROM result AS r WHERE r.id = "+alias+".result_id)", documents{}.Comparison("r.json", c, "")))
	ofNumber := func(kind, number string) clause.Expr {
		if isNeverShortened(number) {
			return expr(isIndexed+kind+" AND ?", withNumber(alias, c.Operator, number))
		}
		return expr(isIndexed+kind+" AND "+alias+".number "+within+" result_value_floor(CAST(? AS numeric)) AND CASE WHEN "+
			alias+".exact OR "+alias+".number <> result_value_floor(CAST(? AS numeric)) THEN "+
			alias+".number "+operator+" CAST(? AS numeric) ELSE ? END", number, number, number, inDocument)
	}
	switch v := c.Values[0]; {
	case v.Unit != (filter.Unit{}):
		ofText := ofNumber(alias+".kind = 9", v.Plain())
		ofText.SQL += " AND " + alias + ".txt = ?"
		ofText.Vars = append(ofText.Vars, v.Unit.Kind)
		conditions = append(conditions, ofText)
		if c.NumbersIn.Kind == v.Unit.Kind {
			conditions = append(conditions, ofNumber(alias+".kind = 3", v.Unit.In(c.NumbersIn, v.Text)))
		}
	case v.Kind == filter.Number:
		conditions = append(conditions, ofNumber(alias+".kind IN (3, 8)", v.Text))
	case v.Kind == filter.Boolean:
		conditions = append(conditions,
			expr(isIndexed+alias+".kind = 4 AND "+alias+".number "+operator+" CAST(CAST(CAST(? AS boolean) AS integer) AS numeric)", v.Text))
	case len([]rune(v.Text)) < maxPrefixLength: // no shortened text is equal to it
		conditions = append(conditions, expr(isIndexed+alias+".kind = 2 AND "+alias+".txt "+operator+" CAST(? AS text)", v.Text))
	default:
		conditions = append(conditions, expr(isIndexed+alias+".kind = 2 AND "+alias+".txt "+within+" CAST(? AS text) AND CASE WHEN "+
			alias+".exact OR "+alias+".txt <> CAST(? AS text) THEN "+alias+".txt "+operator+" CAST(? AS text) ELSE ? END",
			prefixOf(v.Text), prefixOf(v.Text), v.Text, inDocument))
	}
	if c.Operand.Path.HasAny() {
		conditions = append(conditions, expr(isIndexed+alias+".kind = 10 AND ?", inDocument))
	}
	return conditions
}

// simpleNumber matches numbers that result_value_floor leaves as they are.
var simpleNumber = regexp.MustCompile(`^-?[0-9]{1,100}(\.[0-9]{1,100})?$`)

func isNeverShortened(number string) bool { return simpleNumber.MatchString(number) }

// withNumber chooses rows by such a number, without documents: a value that was shortened is greater than
// what it was shortened to.
func withNumber(alias string, by filter.Operator, number string) clause.Expr {
	compare := func(operator string) string { return alias + ".number " + operator + " CAST(? AS numeric)" }
	switch by {
	case filter.Greater:
		return expr(compare(">=")+" AND ("+compare(">")+" OR NOT "+alias+".exact)", number, number)
	case filter.LessOrEqual:
		return expr(compare("<=")+" AND ("+compare("<")+" OR "+alias+".exact)", number, number)
	case filter.Equal:
		return expr(compare("=")+" AND "+alias+".exact", number)
	default:
		return expr(compare(operators[by]), number)
	}
}

func listed(ids []int) string {
	return strings.Trim(strings.Join(strings.Fields(fmt.Sprint(ids)), ", "), "[]")
}

// prefixOf is the part of the text that a row holds.
func prefixOf(text string) string {
	if runes := []rune(text); len(runes) > maxPrefixLength {
		return string(runes[:maxPrefixLength])
	}
	return text
}

// Order implements session.ValueIndex. Of values that are equal when they are shortened,
// those that were not shortened come first, then the others by their documents.
func (valueIndex) Order(alias string, path filter.Path) []clause.Expr {
	inDocument := expr("(SELECT ? FROM result AS r WHERE r.id = "+alias+".result_id)", atomsOf("r", path))
	return []clause.Expr{
		expr(alias + ".kind"), expr(alias + ".number"), expr(alias + ".txt"),
		expr("CASE WHEN "+alias+".exact THEN CAST('{}' AS json_atom[]) ELSE ? END", inDocument),
	}
}

// SortRow implements session.ValueIndex. A string that is a number has a second row, of
// kind 8, by which it is compared with numbers; it is sorted by the first.
func (valueIndex) SortRow(alias string, indexedPath int) string {
	return fmt.Sprintf("%s.leaf = %d AND %s.kind <= 7", alias, indexedPath, alias)
}

// Join implements session.ValueIndex.
func (i valueIndex) Join(column string, indexedPath int, path filter.Path) (by []clause.Expr, join clause.Expr) {
	alias := fmt.Sprintf("s%d", indexedPath)
	join.SQL = "JOIN result_value AS " + alias + " ON " + alias + ".result_id = " + column + " AND " + i.SortRow(alias, indexedPath)
	return i.Order(alias, path), join
}

// PreferHashJoins implements session.ValueIndex. By itself the planner would look up
// one row after the other: it assumes that all values are independent, and that the
// first rows fill the page.
func (valueIndex) PreferHashJoins() string { return "SET LOCAL enable_nestloop = off" }

// PreferIndexOrder implements session.ValueIndex. By itself the planner would sort,
// which takes three times as long. If the hash table did not fit into memory, the
// planner would look up one row after the other.
func (valueIndex) PreferIndexOrder() string {
	return "SELECT set_config('enable_sort', 'off', true), set_config('work_mem', '64MB', true)"
}
