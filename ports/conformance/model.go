package conformance

import (
	"cmp"
	"encoding/json"
	"maps"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/eosc-perf/backend/core/filter"
)

// The model defines the meaning of filters and sorts, on decoded documents.

func decode(t tester, document string) any {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(document))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		t.Fatalf("decode %s: %v", document, err)
	}
	return value
}

// valueAt returns the value at the path, and whether the path exists.
func valueAt(value any, path filter.Path) (any, bool) {
	if path.LeadsNowhere() {
		return nil, false
	}
	for _, part := range path.Names() {
		switch v := value.(type) {
		case map[string]any:
			member, ok := v[part]
			if !ok {
				return nil, false
			}
			value = member
		case []any:
			i, err := strconv.ParseUint(part, 10, 31)
			if err != nil || i >= uint64(len(v)) {
				return nil, false
			}
			value = v[i]
		default:
			return nil, false
		}
	}
	return value, true
}

func rational(spelling string) *big.Rat {
	r, _ := new(big.Rat).SetString(spelling)
	return r
}

// matches is true if the document satisfies the condition.
func matches(document any, c filter.Condition) bool {
	value, _ := valueAt(document, c.Path)
	order, comparable := 0, false
	switch v := value.(type) {
	case json.Number:
		if comparable = c.Kind == filter.Number; comparable {
			order = rational(v.String()).Cmp(rational(c.Value))
		}
	case string:
		switch {
		case c.Kind == filter.Text:
			order, comparable = strings.Compare(v, c.Value), true
		case c.Kind == filter.Number && filter.IsNumericString(v):
			order, comparable = rational(v).Cmp(rational(c.Value)), true
		}
	case bool:
		if comparable = c.Kind == filter.Boolean; comparable {
			order = compareValues(v, c.Value == "true")
		}
	}
	if !comparable {
		return false
	}
	return map[filter.Operator]bool{
		filter.Equal: order == 0, filter.Greater: order > 0, filter.Less: order < 0,
		filter.GreaterOrEqual: order >= 0, filter.LessOrEqual: order <= 0,
	}[c.Operator]
}

// compareAt orders documents by the value at the key's path, in the key's direction.
func compareAt(a, b any, key filter.Key) int {
	valueA, hasA := valueAt(a, key.Path)
	valueB, hasB := valueAt(b, key.Path)
	order := 0
	switch {
	case hasA && hasB:
		order = compareTop(valueA, valueB)
	case hasA:
		order = -1
	case hasB:
		order = 1
	}
	if key.Descending {
		return -order
	}
	return order
}

// compareTop orders values, the empty array before all others.
func compareTop(a, b any) int {
	last := func(v any) int {
		if array, ok := v.([]any); ok && len(array) == 0 {
			return 0
		}
		return 1
	}
	return cmp.Or(cmp.Compare(last(a), last(b)), compareValues(a, b))
}

func rank(v any) int {
	switch v.(type) {
	case string:
		return 2
	case json.Number:
		return 3
	case bool:
		return 4
	case []any:
		return 5
	case map[string]any:
		return 6
	default:
		return 1
	}
}

func compareValues(a, b any) int {
	if c := cmp.Compare(rank(a), rank(b)); c != 0 {
		return c
	}
	switch a := a.(type) {
	case string:
		return strings.Compare(a, b.(string))
	case json.Number:
		return rational(a.String()).Cmp(rational(b.(json.Number).String()))
	case bool:
		number := map[bool]int{true: 1}
		return cmp.Compare(number[a], number[b.(bool)])
	case []any:
		return compareLists(a, b.([]any))
	case map[string]any:
		return compareLists(pairs(a), pairs(b.(map[string]any)))
	default:
		return 0
	}
}

func compareLists(a, b []any) int {
	return cmp.Or(cmp.Compare(len(a), len(b)), slices.CompareFunc(a, b, compareValues))
}

// pairs returns the keys and values of an object (key, value, key, value) in the order of
// jsonb. Objects with equally many keys have lists of the same length.
func pairs(object map[string]any) []any {
	keys := slices.SortedFunc(maps.Keys(object), func(a, b string) int {
		return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b))
	})
	var list []any
	for _, key := range keys {
		list = append(list, key, object[key])
	}
	return list
}
