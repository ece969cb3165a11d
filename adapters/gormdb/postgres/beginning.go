package postgres

import (
	"fmt"

	"gorm.io/gorm/clause"

	"github.com/eosc-perf/backend/core/filter"
)

// shortStored is the size in bytes up to which PostgreSQL stores a document in the row itself.
const shortStored = 2000

// beginningOf is the value at the first n parts of the path of a result's document. It reads no
// large document whose outline has the value.
//
// If the path ends there, an array or object may be another one: it compares with nothing, whatever is
// inside, and is there.
func beginningOf(table string, path filter.Path, n int) clause.Expr {
	inDocument := valueAt(expr(table+".json"), path[:n])
	known, value := "(o.found).known AND (o.found).atoms IS NULL", "(o.found).value"
	if n == len(path) {
		known, value = "(o.found).known", "CASE WHEN (o.found).atoms IS NULL THEN (o.found).value ELSE '{}' END"
	}
	return expr(fmt.Sprintf("CASE WHEN pg_column_size(%s.json) <= %d THEN ? ELSE (SELECT CASE WHEN %s THEN %s ELSE ? END "+
		"FROM (SELECT (SELECT ? FROM result_outline AS l WHERE l.result_id = %s.id) AS found OFFSET 0) AS o) END",
		table, shortStored, known, value, table), inDocument, inDocument, foundIn("l", path[:n]))
}
