package resultlist_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
)

// The functions of this file say slowly what the contract says about conditions. They share
// nothing with the code that they check but the types of expressions and the table of units.

// modelHolds tells whether the result satisfies the expression. units are those that metrics
// declare, by their path.
func modelHolds(result *domain.Result, units map[string]string, e filter.Expression) bool {
	switch e := e.(type) {
	case filter.And:
		return !slices.ContainsFunc(e, func(part filter.Expression) bool { return !modelHolds(result, units, part) })
	case filter.Or:
		return slices.ContainsFunc(e, func(part filter.Expression) bool { return modelHolds(result, units, part) })
	case filter.Not:
		return !modelHolds(result, units, e.Of)
	default:
		return modelComparison(result, units, e.(filter.Comparison))
	}
}

func modelComparison(result *domain.Result, units map[string]string, c filter.Comparison) bool {
	values, isSeveral := modelOperand(result, c.Operand)
	positive := func(v any) bool {
		holds, _ := modelSatisfies(v, units[c.Operand.Path.String()], c)
		return holds
	}
	if isSeveral || c.Operator == filter.Exists {
		return slices.ContainsFunc(values, positive) != c.Negated
	}
	if len(values) == 0 {
		return false
	}
	holds, isComparable := modelSatisfies(values[0], units[c.Operand.Path.String()], c)
	return isComparable && holds != c.Negated
}

// modelOperand returns the values at the operand, and whether it stands for several.
func modelOperand(result *domain.Result, operand filter.Operand) (values []any, isSeveral bool) {
	switch operand.Field {
	case "site_name":
		return []any{result.Site.Name}, false
	case "flavor_name":
		return []any{result.Flavor.Name}, false
	case "benchmark_name":
		return []any{result.Benchmark.DockerImage + ":" + result.Benchmark.DockerTag}, false
	}
	d := json.NewDecoder(bytes.NewReader(result.JSON))
	d.UseNumber()
	var document any
	if err := d.Decode(&document); err != nil {
		panic(err)
	}
	return modelAt([]any{document}, operand.Path), operand.Path.HasAny()
}

func modelAt(values []any, path filter.Path) []any {
	for _, part := range path {
		var next []any
		for _, value := range values {
			list, _ := value.([]any)
			object, _ := value.(map[string]any)
			switch {
			case part.Any:
				next = append(next, list...)
			case part.Match != nil:
				equal := filter.Comparison{Operator: filter.Equal, Values: []filter.Value{part.Match.Value}}
				i := slices.IndexFunc(list, func(element any) bool {
					object, _ := element.(map[string]any)
					member, ok := object[part.Match.Member]
					holds, _ := modelSatisfies(member, "", equal)
					return ok && holds
				})
				if i >= 0 {
					next = append(next, list[i])
				}
			case object != nil:
				if member, ok := object[part.Name]; ok && part.Name != "" {
					next = append(next, member)
				}
			case strings.Trim(part.Name, "0123456789") == "":
				if i, err := strconv.Atoi(part.Name); err == nil && i < len(list) {
					next = append(next, list[i])
				}
			}
		}
		values = next
	}
	return values
}

// modelSatisfies tells whether the value satisfies the positive form of the comparison, and
// whether it is comparable with one of its values.
func modelSatisfies(value any, declared string, c filter.Comparison) (holds, isComparable bool) {
	if c.Operator == filter.Exists {
		return value != nil, true
	}
	order := func(v filter.Value) (int, bool) { return modelOrder(value, declared, v) }
	first, ok := order(c.Values[0])
	switch c.Operator {
	case filter.Contains:
		text, isText := value.(string)
		return isText && strings.Contains(strings.ToLower(text), strings.ToLower(c.Values[0].Text)), isText
	case filter.In:
		for _, v := range c.Values {
			if compared, ok := order(v); ok {
				isComparable, holds = true, holds || compared == 0
			}
		}
		return holds, isComparable
	case filter.Between:
		last, _ := order(c.Values[1])
		return ok && first >= 0 && last <= 0, ok
	case filter.Equal:
		return ok && first == 0, ok
	case filter.Less:
		return ok && first < 0, ok
	case filter.LessOrEqual:
		return ok && first <= 0, ok
	case filter.Greater:
		return ok && first > 0, ok
	default:
		return ok && first >= 0, ok
	}
}

// modelOrder compares the value with that of a condition; ok is false if they are not
// comparable.
func modelOrder(value any, declared string, v filter.Value) (order int, ok bool) {
	text, isText := value.(string)
	switch {
	case v.Kind == filter.Text:
		return strings.Compare(text, v.Text), isText
	case v.Kind == filter.Boolean:
		b, ok := value.(bool)
		return cmp.Compare(strconv.FormatBool(b), v.Text), ok
	case v.Unit == (filter.Unit{}):
		number, isNumber := value.(json.Number)
		if !isNumber && (!isText || !modelIsNumber(text)) {
			return 0, false
		}
		return rational(string(number) + text).Cmp(rational(v.Text)), true
	}
	number, isNumber := value.(json.Number)
	unit, known := filter.ParseUnit(declared)
	if isText {
		spelling, symbol, _ := strings.Cut(text, " ")
		if i := strings.IndexFunc(text, func(r rune) bool { return !strings.ContainsRune("-+.0123456789eE", r) }); i >= 0 {
			spelling, symbol = text[:i], text[i:]
		}
		for ; spelling != "" && !modelIsNumber(spelling); spelling = spelling[:len(spelling)-1] {
			symbol = spelling[len(spelling)-1:] + symbol
		}
		unit, known = filter.ParseUnit(strings.TrimLeft(symbol, " "))
		known, number = known && spelling != "" && len(text) <= 1000, json.Number(spelling)
	}
	if !isNumber && !isText || !known || unit.Kind != v.Unit.Kind {
		return 0, false
	}
	return inBase(string(number), unit).Cmp(inBase(v.Text, v.Unit)), true
}

// modelIsNumber tells whether a text of a document is compared with numbers.
func modelIsNumber(text string) bool {
	if len(text) > 1000 || text == "" || !json.Valid([]byte(text)) || strings.Trim(text, "-+.0123456789eE") != "" {
		return false
	}
	_, exponent, _ := strings.Cut(strings.ToLower(text), "e")
	return len(strings.TrimLeft(exponent, "+-")) <= 3
}

func rational(text string) *big.Rat {
	r, _ := new(big.Rat).SetString(text)
	return r
}

func inBase(number string, unit filter.Unit) *big.Rat {
	r := new(big.Rat).Mul(rational(number), rational(strconv.Itoa(unit.Factor)+"e"+strconv.Itoa(unit.Exponent)))
	return r.Mul(r, new(big.Rat).SetInt(new(big.Int).Lsh(big.NewInt(1), uint(10*unit.Binary)))) //nolint:gosec // at most 100
}
