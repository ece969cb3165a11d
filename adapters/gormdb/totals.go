package gormdb

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm/clause"
)

// resultCountRow is a part of how many results of a benchmark are not hidden: the
// sum over its rows is all. Triggers keep them, so that whoever writes results is
// counted, and everybody sees what is committed.
type resultCountRow struct {
	BenchmarkID key   `gorm:"not null;index:result_count_idx"`
	Visible     int64 `gorm:"type:bigint;not null"`
}

func (resultCountRow) TableName() string { return "result_count" }

// visible is the number of those of a benchmark, nil is all, that are not hidden.
func visible(benchmark *uuid.UUID) clause.Expr {
	sum := clause.Expr{SQL: "SELECT CAST(coalesce(sum(visible), 0) AS bigint) FROM result_count"}
	if benchmark != nil {
		sum.SQL, sum.Vars = sum.SQL+" WHERE benchmark_id = ?", []any{*benchmark}
	}
	return sum
}

func visibleResults(benchmark *uuid.UUID) func(context.Context, session) (int, error) {
	return func(ctx context.Context, s session) (int, error) {
		var count int
		err := s.query(ctx).Raw("?", visible(benchmark)).Scan(&count).Error
		return count, err
	}
}
