package address

import (
	"slices"
	"strings"

	"github.com/eosc-perf/backend/core/filter"
)

// limits bound the conditions of an address.
var limits = filter.Limits{PathParts: 32, Exponent: 308, NumberLength: 1000, Comparisons: 100}

// Where are the conditions on values inside of the documents as one expression, nil for none.
// What cannot be a condition is ignored.
func (q Query) Where() (filter.Expression, []Ignored) {
	var all []filter.Expression
	var ignored []Ignored
	for _, value := range q.Values {
		path, err := filter.ParsePath(value.Path, limits.PathParts)
		if err != nil || path.LeadsNowhere() {
			ignored = append(ignored, Ignored{jsonPrefix + value.Path, strings.Join(value.Texts, ", "), "It is no path of a value."})
			continue
		}
		operand := filter.Operand{Field: filter.JSONField, Path: path}
		var anyOf []filter.Expression
		for _, text := range value.Texts {
			comparisons, reason := condition(operand, text)
			switch {
			case reason != "":
				ignored = append(ignored, Ignored{jsonPrefix + value.Path, text, reason})
			case strings.HasPrefix(text, "!"):
				all = append(all, comparisons)
			default:
				anyOf = append(anyOf, comparisons)
			}
		}
		switch len(anyOf) {
		case 0:
		case 1:
			all = append(all, anyOf[0])
		default:
			all = append(all, filter.Or(anyOf))
		}
	}
	return filter.All(all), ignored
}

// condition is one condition on a value: `8`, `4..16`, `..9`, `!x`, `~part`, `*`, `"literal"`.
func condition(operand filter.Operand, text string) (filter.Expression, string) {
	c := filter.Comparison{Operand: operand, Operator: filter.Equal}
	if text == "*" {
		c.Operator = filter.Exists
		return c, ""
	}
	if rest, negated := strings.CutPrefix(text, "!"); negated {
		c.Negated, text = true, rest
		if text == "*" {
			c.Operator = filter.Exists
			return c, ""
		}
	}
	if part, contains := strings.CutPrefix(text, "~"); contains {
		c.Operator, c.Values = filter.Contains, []filter.Value{{Kind: filter.Text, Text: part}}
		return c, noValue(part)
	}
	if low, high, isRange := strings.Cut(text, ".."); isRange && !strings.HasPrefix(text, `"`) {
		return interval(c, low, high)
	}
	value, reason := valueOf(text)
	c.Values = []filter.Value{value}
	return c, reason
}

func noValue(text string) string {
	if text == "" {
		return "It names no value."
	}
	return ""
}

const badRange = "A range is one of numbers, such as 4..16, 4.. or ..16."

func interval(c filter.Comparison, low, high string) (filter.Expression, string) {
	for _, end := range []string{low, high} {
		if end != "" && !filter.IsNumber(end) {
			return nil, badRange
		}
		if _, reason := valueOf(end); end != "" && reason != "" {
			return nil, reason
		}
	}
	number := func(text string) filter.Value { return filter.Value{Kind: filter.Number, Text: text} }
	switch {
	case low == "" && high == "":
		return nil, badRange
	case low == "":
		c.Operator, c.Values = filter.LessOrEqual, []filter.Value{number(high)}
	case high == "":
		c.Operator, c.Values = filter.GreaterOrEqual, []filter.Value{number(low)}
	default:
		c.Operator, c.Values = filter.Between, []filter.Value{number(low), number(high)}
	}
	if c.Negated && c.Operator != filter.Between {
		c.Negated = false
		return filter.Not{Of: c}, ""
	}
	return c, ""
}

// valueOf is a value: a number, true or false, or a text, which may stand in quotes.
func valueOf(text string) (filter.Value, string) {
	if len(text) >= 2 && strings.HasPrefix(text, `"`) && strings.HasSuffix(text, `"`) {
		return filter.Value{Kind: filter.Text, Text: text[1 : len(text)-1]}, ""
	}
	switch {
	case filter.IsNumber(text):
		if _, err := filter.ParseCondition("x == "+text, limits); err != nil {
			return filter.Value{}, "The number is too large."
		}
		return filter.Value{Kind: filter.Number, Text: text}, ""
	case slices.Contains([]string{"true", "false"}, text):
		return filter.Value{Kind: filter.Boolean, Text: text}, ""
	}
	return filter.Value{Kind: filter.Text, Text: text}, noValue(text)
}

// Exactly is the text of a condition that holds for this value alone: what links of the pages
// write. A text that would be read as something else stands in quotes.
func Exactly(text string, isText bool) string {
	if !isText {
		return text
	}
	value, reason := valueOf(text)
	special := strings.ContainsAny(text[:min(1, len(text))], `!~*"`) || strings.Contains(text, "..") || strings.TrimSpace(text) != text
	if reason != "" || special || value.Kind != filter.Text {
		return `"` + text + `"`
	}
	return text
}
