package sqlite

import (
	"context"
	"fmt"

	"github.com/go-json-experiment/json/jsontext"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/eosc-perf/backend/adapters/gormdb/session"
)

// Behind implements session.ValueIndex: first the results with the same value, then the others.
// Whole keys that are equal need no look at the documents.
func (i valueIndex) Behind(_ context.Context, _ *gorm.DB, place session.IndexPlace) ([]session.IndexRange, error) {
	var value jsontext.Value
	if place.Value != nil {
		value = jsontext.Value(*place.Value)
	}
	key := sortKeyOf(value)
	by := i.Order(place.Alias, place.Path)
	after, later := ">", ">"
	if place.Descending {
		after = "<"
	}
	if place.IDDescending {
		later = "<"
	}
	same := clause.Expr{
		SQL: fmt.Sprintf("%s.key = ? AND %s.result_id %s ?", place.Alias, place.Alias, later), Vars: []any{cut(key), place.ResultID},
	}
	isWhole := len(key) < maxKeyLength
	equal := session.IndexRange{Where: same}
	if !isWhole {
		equal = session.IndexRange{By: by, Where: clause.Expr{
			SQL:  fmt.Sprintf("%s.key = ? AND (? %s ? OR ? = ? AND %s.result_id %s ?)", place.Alias, after, place.Alias, later),
			Vars: []any{cut(key), by[1], key, by[1], key, place.ResultID},
		}}
	}
	others := session.IndexRange{By: by, Where: clause.Expr{SQL: place.Alias + ".key " + after + " ?", Vars: []any{cut(key)}}}
	return []session.IndexRange{equal, others}, nil
}
