package resultlist

import (
	"slices"

	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/ports"
)

// withFilters moves those parts of the expression that say the same as filters to the filters,
// which an index may answer: `json.a > 1 AND json.b BETWEEN 2 AND 3`.
func withFilters(q ports.ResultQuery) ports.ResultQuery {
	if q.Where == nil {
		return q
	}
	q.Filters = slices.Clone(q.Filters)
	var rest []filter.Expression
	var split func(e filter.Expression)
	split = func(e filter.Expression) {
		if all, ok := e.(filter.And); ok {
			for _, part := range all {
				split(part)
			}
			return
		}
		if c, ok := e.(filter.Comparison); ok && isLikeFilters(c) {
			q.Filters = append(q.Filters, conditionsOf(c)...)
			return
		}
		rest = append(rest, e)
	}
	split(q.Where)
	q.Where = filter.All(rest)
	return q
}

// isLikeFilters tells whether filters can say the same as the comparison.
func isLikeFilters(c filter.Comparison) bool {
	conditions, isFilter := conditionOperators[c.Operator]
	// Different elements may satisfy two conditions on any element.
	isFilter = isFilter && (len(conditions) == 1 || !c.Operand.Path.HasAny())
	return isFilter && !c.Negated && c.Operand.Field == filter.JSONField && len(c.Operand.Path) > 0
}

// conditionOperators are the operators of the filters that say the same as a comparison with
// one value after the other.
var conditionOperators = map[filter.Operator][]filter.Operator{
	filter.Equal: {filter.Equal}, filter.Less: {filter.Less}, filter.LessOrEqual: {filter.LessOrEqual},
	filter.Greater: {filter.Greater}, filter.GreaterOrEqual: {filter.GreaterOrEqual},
	filter.Between: {filter.GreaterOrEqual, filter.LessOrEqual},
}

func conditionsOf(c filter.Comparison) (conditions []filter.Condition) {
	for i, operator := range conditionOperators[c.Operator] {
		conditions = append(conditions, filter.Condition{
			Path: c.Operand.Path, Operator: operator, Kind: c.Values[i].Kind, Value: c.Values[i].Text, Unit: c.Values[i].Unit,
		})
	}
	return conditions
}
