package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/core/filter"
)

// values implements gormdb.Values on the tables result_leaf and result_value, which
// triggers keep; the revision that makes them tells what their columns mean.
type values struct{ *dialect }

// Values implements gormdb.Dialect.
func (d *dialect) Values() gormdb.Values { return values{d} }

// prefix is how many characters of a text are in its row.
const prefix = 100

// Leaves implements gormdb.Values. Results are locked first, as TRUNCATE locks them:
// it empties the values while it has them.
func (values) Leaves(ctx context.Context, db *gorm.DB, benchmark *uuid.UUID, paths []string) (map[string][]int, error) {
	if err := db.WithContext(ctx).Exec("LOCK TABLE result IN ACCESS SHARE MODE").Error; err != nil {
		return nil, err
	}
	query := db.WithContext(ctx).Table("result_leaf").Select("path", "id").Where("filled AND path IN ?", paths).Order("id")
	if benchmark != nil {
		query = query.Where("benchmark_id = ?", *benchmark)
	} else {
		query = query.Where(`NOT EXISTS (SELECT FROM result_count AS c WHERE c.visible <> 0 AND NOT EXISTS (
			SELECT FROM result_leaf AS o WHERE o.benchmark_id = c.benchmark_id AND o.path = result_leaf.path AND o.filled))`)
	}
	var rows []struct {
		Path string
		ID   int
	}
	if err := query.Scan(&rows).Error; err != nil {
		return nil, err
	}
	leaves := map[string][]int{}
	for _, row := range rows {
		leaves[row.Path] = append(leaves[row.Path], row.ID)
	}
	return leaves, nil
}

// Holds implements gormdb.Values. The index finds a range that may be too large by
// the values that are equal when they are cut down: each of those is looked at.
func (v values) Holds(alias string, leaves []int, c filter.Condition) clause.Expr {
	condition := fmt.Sprintf("%s.leaf IN (%s) AND ", alias, list(leaves))
	operator := operators[c.Operator]
	within := strings.TrimSuffix(operator, "=") + "="
	whole := expr("(SELECT ? FROM result AS r WHERE r.id = "+alias+".result_id)", v.Condition("r.json", c))
	switch c.Kind {
	case filter.Number:
		return expr(condition+alias+".kind IN (3, 8) AND "+alias+".number "+within+" result_value_floor(CAST(? AS numeric)) AND CASE WHEN "+
			alias+".exact THEN "+alias+".number "+operator+" CAST(? AS numeric) ELSE ? END", c.Value, c.Value, whole)
	case filter.Boolean:
		return expr(condition+alias+".kind = 4 AND "+alias+".number "+operator+" CAST(CAST(CAST(? AS boolean) AS integer) AS numeric)", c.Value)
	default:
		return expr(condition+alias+".kind = 2 AND "+alias+".txt "+within+" CAST(? AS text) AND CASE WHEN "+
			alias+".exact THEN "+alias+".txt "+operator+" CAST(? AS text) ELSE ? END", start(c.Value), c.Value, whole)
	}
}

func list(leaves []int) string {
	return strings.Trim(strings.Join(strings.Fields(fmt.Sprint(leaves)), ", "), "[]")
}

// start is as much of the text as a row has.
func start(text string) string {
	if runes := []rune(text); len(runes) > prefix {
		return string(runes[:prefix])
	}
	return text
}

// Order implements gormdb.Values: of the values that are equal when they are cut
// down, those that are exact come first, then the others by all of them.
func (values) Order(alias string, path filter.Path) []clause.Expr {
	whole := expr("(SELECT json_atoms(?) FROM result AS r WHERE r.id = "+alias+".result_id)", at("r.json", path))
	return []clause.Expr{
		expr(alias + ".kind"), expr(alias + ".number"), expr(alias + ".txt"),
		expr("CASE WHEN "+alias+".exact THEN CAST('{}' AS json_atom[]) ELSE ? END", whole),
	}
}

// Sorting implements gormdb.Values: all but the second row of a string that is a
// number.
func (values) Sorting(alias string, leaf int) string {
	return fmt.Sprintf("%s.leaf = %d AND %s.kind <= 7", alias, leaf, alias)
}

// Hash implements gormdb.Values. The planner would look up one row after another:
// it takes all values for independent, and a page for the first that comes.
func (values) Hash() string { return "SET LOCAL enable_nestloop = off" }

// Walk implements gormdb.Values. The planner would sort, which takes three times as
// long. The hash table has to be in memory: else the planner would look up row by row.
func (values) Walk() string {
	return "SELECT set_config('enable_sort', 'off', true), set_config('work_mem', '64MB', true)"
}

// fillKey is the advisory lock of the one who fills: "perffill" in ASCII.
const fillKey int64 = 0x7065726666696c6c

// Fill implements gormdb.Values.
func (values) Fill(connection *gorm.DB) (err error) {
	var mine bool
	err = connection.Raw("SELECT EXISTS (SELECT FROM result_leaf WHERE NOT filled) AND pg_try_advisory_lock(?)", fillKey).Scan(&mine).Error
	if err != nil || !mine {
		return err
	}
	// The session goes back to the others as it was, also if we were interrupted: a
	// connection that breaks is closed.
	after := connection.WithContext(context.WithoutCancel(connection.Statement.Context))
	defer func() {
		err = errors.Join(err, after.Exec("RESET statement_timeout").Error, after.Exec("SELECT pg_advisory_unlock(?)", fillKey).Error)
	}()
	if err := connection.Exec("SET statement_timeout = 0").Error; err != nil {
		return err
	}
	return connection.Exec("CALL result_value_fill()").Error
}
