package gormdb

import "context"

// resultState is what hides a result, if anything does. Rows of the earlier
// program do not tell (removed is null): what no claim hides was deleted.
const resultState = `CASE WHEN NOT deleted THEN 'visible' WHEN coalesce(removed, _claim_report_id IS NULL) THEN 'deleted' ELSE 'claimed' END`

// CountResults returns how many results are visible, hidden by a claim (claimed)
// and deleted. It reads the whole table: half a second for millions.
func (s *Store) CountResults(ctx context.Context) (map[string]float64, error) {
	var rows []struct {
		State string
		Count int64
	}
	err := s.db.WithContext(ctx).Model(&resultRow{}).Select(resultState + " AS state, count(*) AS count").Group("state").Scan(&rows).Error
	if err != nil {
		return nil, wrap(s.translate(ctx, err), "count the results")
	}
	counts := map[string]float64{"visible": 0, "claimed": 0, "deleted": 0}
	for _, row := range rows {
		counts[row.State] = float64(row.Count)
	}
	return counts, nil
}
