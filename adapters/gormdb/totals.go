package gormdb

import (
	"context"

	"github.com/google/uuid"
)

// resultCountRow is a part of how many results of a benchmark are not hidden: the
// sum over its rows is all. Triggers keep them, so that whoever writes results is
// counted, and everybody sees what is committed.
type resultCountRow struct {
	BenchmarkID key   `gorm:"not null;index:result_count_idx"`
	Visible     int64 `gorm:"type:bigint;not null"`
}

func (resultCountRow) TableName() string { return "result_count" }

// visibleResults counts those of a benchmark, nil is all, that are not hidden.
func visibleResults(benchmark *uuid.UUID) func(context.Context, session) (int, error) {
	return func(ctx context.Context, s session) (int, error) {
		query := s.query(ctx).Model(&resultCountRow{}).Select("CAST(coalesce(sum(visible), 0) AS bigint)")
		if benchmark != nil {
			query = query.Where("benchmark_id = ?", *benchmark)
		}
		var count int
		err := query.Scan(&count).Error
		return count, err
	}
}
