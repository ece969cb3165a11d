package postgres

import (
	"slices"

	"github.com/eosc-perf/backend/core/filter"
)

// metricIndex implements session.MetricIndex.
type metricIndex struct{}

// Path implements session.MetricIndex: an array of names. A name that PostgreSQL would take
// for an index, although it is none, is left to the documents.
func (metricIndex) Path(path filter.Path) (written string, ok bool) {
	if !path.IsPlain() || slices.ContainsFunc(path.Names(), looksLikeIndex) {
		return "", false
	}
	return arrayOf(path.Names()), true
}
