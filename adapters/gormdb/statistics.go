package gormdb

import "context"

var countResultsByState = statements.Text("count_results_by_state")

// CountResults returns how many results are visible, hidden by a claim (claimed), withdrawn
// and deleted. It reads the whole table: half a second for millions.
func (s *Store) CountResults(ctx context.Context) (map[string]float64, error) {
	var rows []struct {
		State string
		Count int64
	}
	if err := s.DB().WithContext(ctx).Raw(countResultsByState).Scan(&rows).Error; err != nil {
		return nil, s.database.Failed(ctx, err, "count the results")
	}
	counts := map[string]float64{"visible": 0, "claimed": 0, "withdrawn": 0, "deleted": 0}
	for _, row := range rows {
		counts[row.State] = float64(row.Count)
	}
	return counts, nil
}
