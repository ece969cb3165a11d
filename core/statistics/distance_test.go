package statistics_test

import (
	"testing"

	"github.com/eosc-perf/backend/core/statistics"
)

func TestDistanceOfANewValueFromOthers(t *testing.T) {
	others := []float64{9, 10, 10.5, 11, 12, 10.2}
	for _, c := range []struct {
		name   string
		others []float64
		value  float64
		far    bool
	}{
		{"like the others", others, 10.7, false},
		{"a hundred times the others", others, 1000, true},
		{"a negative value among positive ones", others, -1000, true},
		{"too few others", others[:5], 1000, false},
		{"others that do not vary", []float64{1, 1, 1, 1, 1, 1}, 2, false},
	} {
		if score, far := statistics.NewNeighbors(c.others).Distance(c.value); far != c.far {
			t.Errorf("%s: far %v (%g), want %v", c.name, far, score, c.far)
		}
	}
}
