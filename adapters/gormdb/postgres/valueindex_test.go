package postgres_test

import (
	"strings"
	"testing"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/eosc-perf/backend/adapters/gormdb/postgres"
	"github.com/eosc-perf/backend/adapters/gormdb/storetest"
	"github.com/eosc-perf/backend/core/filter"
)

// TestUsualValuesAreComparedWithoutDocuments: a statement that could look into documents takes PostgreSQL longer
// to plan than to execute.
func TestUsualValuesAreComparedWithoutDocuments(t *testing.T) {
	store := storetest.EmptyPostgres(t)
	long := strings.Repeat("1", 101)
	for _, tt := range []struct {
		kind  filter.Kind
		value string
		want  bool
	}{
		{filter.Number, "1000", false}, {filter.Number, "-0.25", false}, {filter.Number, "1e400", true}, {filter.Number, long, true},
		{filter.Text, long[:99], false}, {filter.Text, long[:100], true}, {filter.Boolean, "true", false},
	} {
		for _, operator := range []filter.Operator{filter.Equal, filter.Less, filter.LessOrEqual, filter.Greater, filter.GreaterOrEqual} {
			c := filter.Condition{Path: filter.Names("a"), Operator: operator, Kind: tt.kind, Value: tt.value}
			found := postgres.ValueIndex.Conditions("v", []int{1}, c.Comparison(), func(_ string, read clause.Expr) clause.Expr { return read })
			sql := store.DB().ToSQL(func(tx *gorm.DB) *gorm.DB { return tx.Table("result_value AS v").Where(found[0]).Find(&[]int{}) })
			if got := strings.Contains(sql, "json"); len(found) != 1 || got != tt.want {
				t.Errorf("%s %s: documents %t, want %t, in\n%s", operator, c.Value, got, tt.want, sql)
			}
		}
	}
}
