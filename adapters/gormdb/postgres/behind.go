package postgres

import (
	"context"
	"database/sql"
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/eosc-perf/backend/adapters/gormdb/session"
)

var findIndexRow = statements.Text("find_index_row")

// indexRow is the row of result_value that a value has to sort by.
type indexRow struct {
	Kind   int
	Exact  bool
	Number *string
	Txt    *string
}

// Behind implements session.ValueIndex. Each range is a range of result_value_idx: first the
// results with the same row, of which those with a shortened value come last, or first if the
// list descends; then those with other rows of the kind, then those of the other kinds.
//
// The same rows are ordered by all columns of the index: the planner does not know that a column
// which is NULL has one value, and would read the whole primary key for the order of the ids.
func (i valueIndex) Behind(ctx context.Context, db *gorm.DB, place session.IndexPlace) ([]session.IndexRange, error) {
	var row indexRow
	if err := db.WithContext(ctx).Raw(findIndexRow, sql.Named("value", place.Value)).Scan(&row).Error; err != nil {
		return nil, err
	}
	after, later := ">", ">"
	if place.Descending {
		after = "<"
	}
	if place.IDDescending {
		later = "<"
	}
	a, by := place.Alias, i.Order(place.Alias, place.Path)
	isLater := expr(a+".result_id "+later+" ?", place.ResultID)
	same := row.where(a, "=")
	whole := func(where clause.Expr) session.IndexRange {
		return session.IndexRange{Where: expr("? AND "+a+".exact AND ?", same, where), By: by[:3], IsSame: true}
	}
	shortened := func(where clause.Expr) session.IndexRange {
		return session.IndexRange{Where: expr("? AND NOT "+a+".exact AND ?", same, where), By: by[3:]}
	}
	var ranges []session.IndexRange
	switch {
	case row.Exact:
		ranges = append(ranges, whole(isLater))
		if !place.Descending {
			ranges = append(ranges, shortened(expr("true")))
		}
	default:
		atoms := expr("(SELECT json_atoms(CAST(? AS jsonb)))", place.Value)
		ranges = append(ranges, shortened(expr("(? "+after+" ? OR ? = ? AND ?)", by[3], atoms, by[3], atoms, isLater)))
		if place.Descending {
			ranges = append(ranges, whole(expr("true")))
		}
	}
	if row.Number != nil || row.Txt != nil {
		ranges = append(ranges, session.IndexRange{Where: row.where(a, after), By: by})
	}
	return append(ranges, session.IndexRange{Where: expr(fmt.Sprintf("%s.kind %s %d", a, after, row.Kind)), By: by}), nil
}

// where chooses the rows of the same kind that compare with the row in this way.
func (r indexRow) where(alias, operator string) clause.Expr {
	kind := fmt.Sprintf("%s.kind = %d AND ", alias, r.Kind)
	switch {
	case r.Number != nil: // txt is NULL in such rows
		return expr(kind+alias+".number "+operator+" CAST(? AS numeric)", *r.Number)
	case r.Txt != nil:
		return expr(kind+alias+".number IS NULL AND "+alias+".txt "+operator+" CAST(? AS text)", *r.Txt)
	default:
		return expr(kind + alias + ".number IS NULL AND " + alias + ".txt IS NULL")
	}
}
