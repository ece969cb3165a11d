package conformance

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/ports"
)

// filtered returns the indexes of the results that satisfy all filters.
func (w *world) filtered(t tester, of []*domain.Result, filters ...string) []int {
	t.Helper()
	q := ports.ResultQuery{}
	for _, f := range filters {
		q.Filters = append(q.Filters, condition(t, f))
	}
	var found []int
	for _, r := range w.results(t, q) {
		i := slices.IndexFunc(of, func(o *domain.Result) bool { return o.ID == r.ID })
		found = append(found, i)
	}
	slices.Sort(found)
	return found
}

func filtersCompareByType(t *testing.T, w *world) {
	values := []string{
		`4`, `"4"`, `4.0`, `4.00000000000000000001`, `40e-1`, `-4`, `"a"`, `"B"`, `""`, `true`, `false`, `"true"`,
		`null`, `[4]`, `{"4":4}`, `12345678901234567890`, `12345678901234567891`,
		`"0x4"`, `" 4"`, `"4 "`, `"04"`, `"+4"`, `"4."`, `".4"`, `"1_0"`,
		`"NaN"`, `"Infinity"`, `"inf"`, `"\u00e9"`, `"a b"`, `"1e3"`,
	}
	var documents []string
	for _, value := range values {
		documents = append(documents, `{"v":`+value+`}`)
	}
	documents = append(documents, `{"w":4}`, `{}`)
	results := w.documents(t, w.place(t), documents...)
	for _, c := range []struct {
		filter string
		want   []string
	}{
		{"v == 4", []string{`4`, `"4"`, `4.0`, `40e-1`}},
		{"v == 4.0", []string{`4`, `"4"`, `4.0`, `40e-1`}},
		{"v == 0.4e1", []string{`4`, `"4"`, `4.0`, `40e-1`}},
		{"v > 4", []string{`4.00000000000000000001`, `12345678901234567890`, `12345678901234567891`, `"1e3"`}},
		{"v > 12345678901234567890", []string{`12345678901234567891`}},
		{"v >= 12345678901234567891", []string{`12345678901234567891`}},
		{"v < 4", []string{`-4`}},
		{"v <= -4", []string{`-4`}},
		{"v == 1000", []string{`"1e3"`}},
		{"v == true", []string{`true`}},
		{"v == False", []string{`false`}},
		{"v < TRUE", []string{`false`}},
		{"v >= false", []string{`true`, `false`}},
		{"v == tRUE", nil},
		{"v == a", []string{`"a"`}},
		{"v == a b", []string{`"a b"`}},
		{"v == A", nil},
		{"v < a", []string{`"4"`, `"B"`, `""`, `"0x4"`, `" 4"`, `"4 "`, `"04"`, `"+4"`, `"4."`, `".4"`, `"1_0"`, `"NaN"`, `"Infinity"`, `"1e3"`}},
		{"v > z", []string{`"\u00e9"`}},
		{"v == ", []string{`""`}},
		{"v <= ", []string{`""`}},
		{"v ==  4", []string{`" 4"`}},
		{"v == 4 ", []string{`"4 "`}},
		{"v == 04", []string{`"04"`}},
		{"v == NaN", []string{`"NaN"`}},
		{"v == inf", []string{`"inf"`}},
		{"v == 0x4", []string{`"0x4"`}},
		{"v == null", nil},
		{"v == [4]", nil},
		{"w == 4", []string{`w`}},
		{"w > -1e308", []string{`w`}},
		{"x == 4", nil},
	} {
		var got []string
		for _, i := range w.filtered(t, results, c.filter) {
			got = append(got, strings.TrimSuffix(strings.TrimPrefix(strings.Replace(documents[i], `{"w":4}`, `w`, 1), `{"v":`), "}"))
		}
		if strings.Join(got, " ") != strings.Join(c.want, " ") && !sameSet(got, c.want) {
			t.Errorf("filter %q\n got %s\nwant %s", c.filter, got, c.want)
		}
	}
	for _, impossible := range []filter.Condition{
		{Path: filter.Names("v"), Operator: filter.Equal, Value: "a\x00"},
		{Path: filter.Names("v"), Operator: filter.Greater, Value: "\xff"},
		{Path: filter.Names("v\x00"), Operator: filter.Equal, Value: "a"},
		{Path: filter.Names("\xff"), Operator: filter.Equal, Value: "a"},
		{Path: filter.Names("v"), Operator: filter.Greater, Kind: filter.Number, Value: "-1e999999"},
		{Path: filter.Names("v"), Operator: filter.Less, Kind: filter.Number, Value: "1e99999999999999999999"},
	} {
		if got := w.results(t, ports.ResultQuery{Filters: []filter.Condition{impossible}}); len(got) > 0 {
			t.Errorf("filter %+v: got %d results, want none", impossible, len(got))
		}
	}
}

func sameSet(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

func filtersFollowPaths(t *testing.T, w *world) {
	p := w.place(t)
	for _, c := range []struct {
		document, filter string
		want             bool
	}{
		{`{"a":{"b":{"c":1}}}`, "a.b.c == 1", true},
		{`{"a":{"b":{"c":1}}}`, "a.b == 1", false},
		{`{"a":{"b":{"c":1}}}`, "a.b.c.d == 1", false},
		{`{"a":[5,{"b":6}]}`, "a.0 == 5", true},
		{`{"a":[5,{"b":6}]}`, "a.00 == 5", true},
		{`{"a":[5,{"b":6}]}`, "a.1.b == 6", true},
		{`{"a":[5,{"b":6}]}`, "a.2 == 5", false},
		{`{"a":[5,{"b":6}]}`, "a.-1 == 5", false},
		{`{"a":[5,6]}`, "a.-1 == 6", false},
		{`{"a":[5,6]}`, "a.-2 == 5", false},
		{`{"a":[5,6]}`, "a.+0 == 5", false},
		{`{"a":[5,6]}`, "a.-0 == 5", false},
		{`{"a":[5,6]}`, "a.\t0 == 5", false},
		{`{"a":[5,6]}`, "a.\n0 == 5", false},
		{`{"a":[5,6]}`, "a.\v0 == 5", false},
		{`{"a":[5,6]}`, "a.\f\r0 == 5", false},
		{`{"a":[5,6]}`, "a.0x0 == 5", false},
		{`{"a":[5,6]}`, "a.0. == 5", false},
		{`{"a":[5,6]}`, "a.b == 5", false},
		{`{"a":[5,6]}`, "a.99999999999999999999 == 5", false},
		{`{"a":[5,6]}`, "a.4294967296 == 5", false},
		{`{"a":[5,6]}`, "a.18446744073709551616 == 5", false},
		{`{"a":[5,6]}`, "a.\u0660 == 5", false},
		{`{"a":{"0":5}}`, "a.0 == 5", true},
		{`{"a":{"0":5}}`, "a.00 == 5", false},
		{`{"a":{"-1":5}}`, "a.-1 == 5", true},
		{`{"a":{"+1":[{"x-2":[7]}]}}`, "a.+1.0.x-2.0 == 7", true},
		{`{"a":{"\t1":{"b":5}}}`, "a.\t1.b == 5", true},
		{`{"a":{"99999999999999999999":5}}`, "a.99999999999999999999 == 5", true},
		{`{"cpu0":{"1x":[{"x1":5}]}}`, "cpu0.1x.0.x1 == 5", true},
		{`[[1,2],[3]]`, "0.1 == 2", true},
		{`[[1,2],[3]]`, "1.0 == 3", true},
		{`{"":{"a":1}}`, ".a == 1", false},
		{`{"a":{"":1}}`, "a. == 1", false},
		{`{"a":{"":{"b":1}}}`, "a..b == 1", false},
		{`{"":1}`, " == 1", false},
		{`5`, "a == 5", false},
		{`5`, "0 == 5", false},
		{`"5"`, "0 == 5", false},
		{`{"a b":1}`, "a == b == 1", false},
		{`{"$.a":1}`, "$ == 1", false},
		{`{"\"a\"":{"{b,c}":1}}`, `"a".{b,c} == 1`, false},
		{`{"\"a\"":{"{b,c}":1}}`, `"\"a\"".{b,c} == 1`, true},
		{`{"a":{"{b,c}":1}}`, `"a".{b,c} == 1`, true},
		{`{"a.b":{"c d":1}}`, `"a.b"."c d" == 1`, true},
		{`{"a":{"b":{"c d":1}}}`, `"a.b"."c d" == 1`, false},
		{`{"a[":1}`, `a[ == 1`, true},
		{`{"a[0]":1}`, `a[0] == 1`, false},
		{`{"a[0]":1}`, `"a[0]" == 1`, true},
		{`{"a":[5,[6,7]]}`, `a[1][0] == 6`, true},
		{`{"a":{"1":5}}`, `a[1] == 5`, true},
		{`{"a":[{"n":"x","v":1},{"n":"y","v":2},{"n":"y","v":3}]}`, `a[n="y"].v == 2`, true},
		{`{"a":[{"n":"x","v":1},{"n":"y","v":2},{"n":"y","v":3}]}`, `a[n="y"].v == 3`, false},
		{`{"a":[1,{"n":"5","v":1},{"n":5,"v":2}]}`, `a[n=5].v == 1`, true},
		{`{"a":[1,{"n":"5","v":1},{"n":5,"v":2}]}`, `a[n="5"].v == 1`, true},
		{`{"a":[{"n":5,"v":2},{"n":true,"v":3}]}`, `a[n=true].v == 3`, true},
		{`{"a":[{"n":5,"v":2}]}`, `a[n="5"].v == 2`, false},
		{`{"a":{"n":"x","v":1}}`, `a[n="x"].v == 1`, false},
		{`{"a":[{"v":1},{"v":2}]}`, `a[*].v == 2`, true},
		{`{"a":[{"v":1},{"v":2}]}`, `a[*].v > 2`, false},
		{`{"a":[[1,2],[3]]}`, `a[*][*] == 3`, true},
		{`{"a":{"0":{"v":1}}}`, `a[*].v == 1`, false},
		{`{"a'--":1}`, "a'-- == 1", true},
		{`{"?":{"\\":1}}`, `?.\ == 1`, true},
		{`{"\u00e9":{"\ud83d\ude00":1}}`, "\u00e9.\U0001f600 == 1", true},
		{`{"e\u0301":1}`, "\u00e9 == 1", false},
		{`{"a":1,"a":2}`, "a == 2", true},
		{`{"a":1,"a":2}`, "a == 1", false},
		{`{"a":{"b":1},"a":3}`, "a.b == 1", false},
		{`{"a":3,"a":{"b":1,"b":2}}`, "a.b == 2", true},
		{`{"\u0061":1}`, "a == 1", true},
		{`{"a":{"b":null}}`, "a.b == null", false},
	} {
		results := w.documents(t, p, c.document)
		q := ports.ResultQuery{Filters: []filter.Condition{condition(t, c.filter)}, BenchmarkIDs: []uuid.UUID{p.benchmark.ID}}
		found := slices.Contains(resultIDs(w.results(t, q)), results[0].ID)
		if found != c.want {
			t.Errorf("%s with filter %q: found %v, want %v", c.document, c.filter, found, c.want)
		}
		p.benchmark = w.benchmark(t, p.user)
	}
}

func filtersCombine(t *testing.T, w *world) {
	documents := w.documents(t, w.place(t), `{"a":1,"b":"x"}`, `{"a":2,"b":"x"}`, `{"a":3,"b":"y"}`, `{"b":"x"}`)
	for _, c := range []struct {
		filters []string
		want    []int
	}{
		{[]string{"a > 1", "a < 3"}, []int{1}},
		{[]string{"a >= 1", "b == x"}, []int{0, 1}},
		{[]string{"b == x", "b == y"}, nil},
		{[]string{"a > 0", "a. > 0"}, nil},
		{[]string{"a > 0", "a > 0", "b >= "}, []int{0, 1, 2}},
	} {
		if got := w.filtered(t, documents, c.filters...); !slices.Equal(got, c.want) {
			t.Errorf("filters %q: got %v, want %v", c.filters, got, c.want)
		}
	}
}

// ascendingValues are sorted by the order of the contract.
var ascendingValues = []string{
	`[]`, `null`,
	`""`, `" "`, `"10"`, `"9"`, `"B"`, `"a"`, `"a\u0001"`, `"a!"`, `"ab"`, `"b"`, `"\u00e9"`, `"\uffee"`, `"\ud83d\ude00"`,
	`-1e308`, `-12345678901234567891`, `-12345678901234567890`, `-10`, `-2`, `-1.5`, `-1`, `-1e-300`,
	`0`, `1e-300`, `0.1`, `0.3`, `0.30000000000000004`,
	`1`, `1.5`, `2`, `9.99`, `10`, `9007199254740992`, `9007199254740993`, `12345678901234567890`, `12345678901234567891`, `1e308`,
	`false`, `true`,
	`[null]`, `["B"]`, `["a"]`, `[-1]`, `[2]`, `[10]`, `[false]`, `[[]]`, `[[1]]`, `[{}]`, `[1,2]`, `[2,1]`, `[0,0,0]`,
	`{}`, `{"B":1}`, `{"a":null}`, `{"a":"x"}`, `{"a":1}`, `{"a":[]}`, `{"a":{}}`, `{"aa":1}`, `{"b":1}`, `{"\u00e9":1}`,
	`{"B":1,"a":1}`, `{"a":1,"b":1}`, `{"a":1,"b":2}`,
}

func jsonSorts(t *testing.T, w *world) {
	p := w.place(t)
	var below, whole []*domain.Result
	for i := range ascendingValues {
		// Another order than that of ascendingValues.
		value := ascendingValues[(i*29+11)%len(ascendingValues)]
		below = append(below, p.result(`{"x":{"y":[`+value+`]}}`))
	}
	none := p.result(`{"x":1}`)
	w.add(t, append(below, none)...)
	expect := func(wish string, results []*domain.Result, want []string) {
		t.Helper()
		var got []string
		options := ports.ListOptions{Page: wholeList, Sort: sortBy(t, wish, ports.ResultSort)}
		for _, r := range w.results(t, ports.ResultQuery{BenchmarkIDs: []uuid.UUID{p.benchmark.ID}, ListOptions: options}) {
			i := slices.IndexFunc(results, func(o *domain.Result) bool { return o.ID == r.ID })
			got = append(got, string(results[i].JSON))
		}
		if !slices.Equal(got, want) {
			t.Errorf("sort by %s\n got %s\nwant %s", wish, strings.Join(got, "  "), strings.Join(want, "  "))
		}
	}
	var want []string
	for _, value := range ascendingValues {
		want = append(want, `{"x":{"y":[`+value+`]}}`)
	}
	below = append(below, none)
	want = append(want, `{"x":1}`)
	expect("+json.x.y.0", below, want)
	slices.Reverse(want)
	expect("-json.x.y.0", below, want)

	p.benchmark = w.benchmark(t, p.user)
	for i := range ascendingValues {
		whole = append(whole, p.result(ascendingValues[(i*29+11)%len(ascendingValues)]))
	}
	w.add(t, whole...)
	expect("+json", whole, ascendingValues)
	backwards := slices.Clone(ascendingValues)
	slices.Reverse(backwards)
	expect("-json", whole, backwards)
}

// oddValues are values that databases treat differently.
var oddValues = []string{
	`null`, `true`, `false`, `0`, `-0`, `-0.0`, `0e5`, `0.1`, `0.10`, `1e-1`, `1`, `1.0`, `1e0`, `10e-1`, `2`, `10`, `1E1`, `1e+1`,
	`9007199254740992`, `9007199254740993`, `9223372036854775807`, `9223372036854775808`, `12345678901234567890`, `12345678901234567891`,
	`1e300`, `1e308`, `1e309`, `1e400`, `1e401`, `-1e400`, `1e-400`, `-1e-400`, `0.30000000000000004`, `0.3`, `0.3000000000000000000001`,
	`""`, `"5"`, `"5.0"`, `"-5"`, `"a"`, `"B"`, `"b"`, `"\u00e9"`, `"z"`, `"ab"`, `"a\u0001"`, `"\ud83d\ude00"`, `"\uffee"`,
	`"  "`, `" 5 "`, `"5\n"`,
	`"0x10"`, `"1_0"`, `"NaN"`, `"inf"`, `"Infinity"`, `"-inf"`, `"1e400"`, `"1e0400"`, `"1e999999"`,
	`"12345678901234567890"`, `"12345678901234567891"`,
	`"` + strings.Repeat("9", 1000) + `"`, `"` + strings.Repeat("9", 1001) + `"`, `"\u0661"`, `"true"`, `"null"`, `"{}"`,
	`[]`, `[1]`, `[1,2]`, `[2]`, `[[]]`, `[null]`, `{}`, `{"a":1}`, `{"b":1}`, `{"a":1,"b":2}`, `{"b":2,"a":1}`, `{"a":1.0}`, `{"a":1,"a":2}`,
	strings.Repeat("[", 100) + strings.Repeat("]", 100),
}

var oddOperands = []string{
	"4", "5", "0", "-0", "0.1", "0.3", "1", "1e400", "-1e400", "1e-400", "9007199254740993", "12345678901234567890", "12345678901234567891",
	"1e300", "true", "False", "", " ", "a", "B", "\u00e9", "NaN", "inf", "0x10", "1_0", "null", "{}", "[1]", "5 ", "+5", "\U0001f600",
}

func oddValuesAgree(t *testing.T, w *world) {
	p := w.place(t)
	var documents []string
	for _, value := range oddValues {
		documents = append(documents, `{"a":{"b":`+value+`},"c":[`+value+`]}`)
	}
	documents = append(documents, `{}`, `{"a":1}`, `{"c":[]}`)
	agree(t, w, p, documents, []string{"a.b", "c.0", "a", "c", "a.b.a", "c.0.0", "a.b.-1"}, oddOperands)
}

// agree compares filters and sorts by all paths with the model.
func agree(t tester, w *world, p place, documents, paths, operands []string) {
	t.Helper()
	results := w.documents(t, p, documents...)
	decoded := map[uuid.UUID]any{}
	text := map[uuid.UUID]string{}
	for i, r := range results {
		decoded[r.ID], text[r.ID] = decode(t, documents[i]), documents[i]
	}
	for _, path := range paths {
		for _, operand := range operands {
			for _, operator := range []string{"==", ">", "<", ">=", "<="} {
				c := condition(t, path+" "+operator+" "+operand)
				want := where(results, func(r *domain.Result) bool { return matches(decoded[r.ID], c) })
				got := w.results(t, ports.ResultQuery{BenchmarkIDs: []uuid.UUID{p.benchmark.ID}, Filters: []filter.Condition{c}})
				expectDocuments(t, fmt.Sprintf("filter %q", path+" "+operator+" "+operand), resultIDs(got), sorted(resultIDs(want)), text)
			}
		}
		for _, key := range []filter.Key{{Field: filter.JSONField}, {Field: filter.JSONField, Path: filter.Names(strings.Split(path, ".")...)}} {
			for _, key.Descending = range []bool{false, true} {
				want := slices.Clone(results)
				slices.SortFunc(want, func(a, b *domain.Result) int {
					if c := compareAt(decoded[a.ID], decoded[b.ID], key); c != 0 {
						return c
					}
					return byID(a.ID, b.ID)
				})
				options := ports.ListOptions{Page: wholeList, Sort: []filter.Key{key}}
				q := ports.ResultQuery{BenchmarkIDs: []uuid.UUID{p.benchmark.ID}, ListOptions: options}
				expectDocuments(t, fmt.Sprintf("sort by %+v", key), resultIDs(w.results(t, q)), resultIDs(want), text)
				expectDocuments(t, fmt.Sprintf("stream by %+v", key), resultIDs(w.streamed(t, q)), resultIDs(want), text)
			}
		}
	}
}

func expectDocuments(t tester, what string, got, want []uuid.UUID, text map[uuid.UUID]string) {
	t.Helper()
	if slices.Equal(got, want) {
		return
	}
	show := func(ids []uuid.UUID) string {
		var shown []string
		for _, id := range ids {
			shown = append(shown, fmt.Sprintf("%.60s", text[id]))
		}
		return strings.Join(shown, "  ")
	}
	t.Errorf("%s\n got %s\nwant %s", what, show(got), show(want))
}

func anyDocumentsAgree(t *testing.T, w *world) {
	p := w.place(t)
	document, path, operand := Documents(), Paths(), Operands()
	rapid.Check(t, func(t *rapid.T) {
		p.benchmark = w.benchmark(t, p.user)
		agree(t, w, p,
			rapid.SliceOfN(document, 2, 12).Draw(t, "documents"),
			rapid.SliceOfN(path, 1, 2).Draw(t, "paths"),
			rapid.SliceOfN(operand, 1, 2).Draw(t, "operands"))
	})
}
