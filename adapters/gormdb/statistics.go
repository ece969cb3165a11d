package gormdb

import (
	"context"

	"github.com/eosc-perf/backend/adapters/gormdb/tables"
)

// resultState is the reason why a result is hidden, or "visible". Rows of the earlier
// program have no reason (removed is null): a result that no claim names was deleted.
const resultState = `CASE WHEN NOT deleted THEN 'visible' WHEN coalesce(removed, _claim_report_id IS NULL) THEN 'deleted' ELSE 'claimed' END`

// CountResults returns how many results are visible, hidden by a claim (claimed)
// and deleted. It reads the whole table: half a second for millions.
func (s *Store) CountResults(ctx context.Context) (map[string]float64, error) {
	var rows []struct {
		State string
		Count int64
	}
	err := s.DB().WithContext(ctx).Model(&tables.Result{}).Select(resultState + " AS state, count(*) AS count").Group("state").Scan(&rows).Error
	if err != nil {
		return nil, s.database.Failed(ctx, err, "count the results")
	}
	counts := map[string]float64{"visible": 0, "claimed": 0, "deleted": 0}
	for _, row := range rows {
		counts[row.State] = float64(row.Count)
	}
	return counts, nil
}
