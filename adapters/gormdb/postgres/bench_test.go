package postgres

import (
	"testing"

	"gorm.io/gorm"

	"github.com/eosc-perf/backend/core/filter"
)

// BenchmarkTranslation writes the SQL of a filter and a sort, without a database.
func BenchmarkTranslation(b *testing.B) {
	store, err := Open(b.Context(), Config{Host: "127.0.0.1", Port: 1})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = store.Close() })
	db := store.DB().Session(&gorm.Session{DryRun: true})
	condition := filter.Condition{Path: filter.Names("machine", "cpu", "count"), Operator: filter.Greater, Kind: filter.Number, Value: "4"}
	var ids []string
	b.ReportAllocs()
	for b.Loop() {
		query := db.Table("result").Select("id").Where(documents{}.Comparison("json", condition.Comparison(), ""))
		by, join := documents{}.Order("json", filter.Names("result", "score"), "score")
		query = query.Joins(join.SQL, join.Vars...)
		for _, order := range by {
			query = query.Order(order)
		}
		if query = query.Find(&ids); query.Error != nil || query.Statement.SQL.Len() == 0 {
			b.Fatal(query.Error)
		}
	}
}
