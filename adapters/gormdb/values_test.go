package gormdb_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/ports"
	"github.com/eosc-perf/backend/ports/conformance"
)

// odd are JSON values that a row of result_value cannot hold whole, and those next
// to them; as operands of filters, without quotes.
var odd = []string{
	`"` + strings.Repeat("x", 99) + `"`, `"` + strings.Repeat("x", 100) + `"`, `"` + strings.Repeat("x", 101) + `"`,
	`"` + strings.Repeat("x", 100) + `Y"`, `"` + strings.Repeat("\u00e9", 150) + `"`, `"` + strings.Repeat("\u00e9", 3000) + `"`,
	strings.Repeat("9", 400), "-" + strings.Repeat("9", 400), strings.Repeat("9", 399) + "8", "-" + strings.Repeat("9", 399) + "8",
	strings.Repeat("9", 150) + strings.Repeat("0", 250), "-" + strings.Repeat("9", 150) + strings.Repeat("0", 250),
	"1" + strings.Repeat("0", 400), "-1" + strings.Repeat("0", 400), `"` + strings.Repeat("9", 400) + `"`, `"1e-200"`, `"-1e-200"`,
	"1e-151", "-1e-151", "1e-150", "-1e-150", "1e150", "-1e150", "1e300", "0." + strings.Repeat("3", 200), "-0." + strings.Repeat("3", 200),
	"[]", "[1]", "[2]", "[1,1]", "{}", `{"x":1}`, `{"x":2}`, "null", `""`,
}

// schemas names some of the paths of documents, in the ways that schemas can.
func schemas() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		var names []string
		for _, name := range rapid.SliceOfDistinct(rapid.SampledFrom([]string{"a", "b", "aa", "B", "0", "-1", "\\u00e9", "x.y", ""}), rapid.ID).Draw(t, "named") {
			names = append(names, fmt.Sprintf("%q:%s", name, rapid.SampledFrom([]string{
				`{}`, `true`, `{"type":"number"}`, `{"type":"array"}`, `{"$ref":"#/$defs/d"}`, `{"$ref":"#"}`, `{"properties":{"a":{},"b":{"type":"string"}}}`,
				`{"anyOf":[{"type":"string"},{"properties":{"b":{}}}]}`,
			}).Draw(t, "schema")))
		}
		return strings.ReplaceAll(`{"$defs":{"d":{"properties":{"a":{},"aa":true}}},"properties":{`+strings.Join(names, ",")+`}}`, `\\u`, `\u`)
	})
}

func documents() *rapid.Generator[string] {
	return rapid.OneOf(conformance.Documents(), rapid.Map(rapid.SliceOfN(rapid.SampledFrom(odd), 2, 2), func(v []string) string {
		return `{"a":` + v[0] + `,"b":{"a":` + v[1] + `}}`
	}))
}

// Whatever is asked, the table of values gives the answers that the documents give,
// however the results and the schema changed before.
func TestValuesAnswerAsTheDocumentsDo(t *testing.T) { valuesAnswerAsTheDocumentsDo(t, openPostgres(t)) }

func TestValuesOfManyAnswerAsTheDocumentsDo(t *testing.T) {
	store := openPostgres(t)
	gormdb.ReadInBulk(store)
	valuesAnswerAsTheDocumentsDo(t, store)
}

func valuesAnswerAsTheDocumentsDo(t *testing.T, store *gormdb.Store) {
	t.Helper()
	rapid.Check(t, func(t *rapid.T) {
		results := drawResults(t, rapid.SliceOfN(documents(), 1, 15).Draw(t, "documents"))
		results[0].Benchmark.JSONSchema = []byte(schemas().Draw(t, "schema"))
		if err := addResults(t.Context(), store, results); err != nil {
			t.Fatal(err)
		}
		change(t, store, results)
		fill(t, store)
		for range 4 {
			q := drawQuery(t, results[0].Benchmark.ID)
			with := answer(t, store, q)
			mustExec(t, store, "UPDATE result_leaf SET filled = false")
			without := answer(t, store, q)
			mustExec(t, store, "UPDATE result_leaf SET filled = true")
			if with != without {
				t.Fatalf("query %+v\n   values %s\ndocuments %s", q, with, without)
			}
		}
		differences, err := store.CheckDerived(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range differences {
			if d.Count != 0 {
				t.Fatalf("%s: %d", d.What, d.Count)
			}
		}
		mustExec(t, store, "TRUNCATE result, result_tags, claim, benchmark")
	})
}

// Each odd value is compared with each other, and all are sorted, as by the documents.
func TestOddValuesAnswerAsTheDocumentsDo(t *testing.T) {
	oddValuesAnswerAsTheDocumentsDo(t, openPostgres(t))
}

func TestManyOddValuesAnswerAsTheDocumentsDo(t *testing.T) {
	store := openPostgres(t)
	gormdb.ReadInBulk(store)
	oddValuesAnswerAsTheDocumentsDo(t, store)
}

func oddValuesAnswerAsTheDocumentsDo(t *testing.T, store *gormdb.Store) {
	t.Helper()
	results := resultsOf("a", len(odd)+1)
	for i, value := range odd {
		results[i].JSON = []byte(`{"a":` + value + `}`)
	}
	results[0].Benchmark.JSONSchema = []byte(`{"properties":{"a":{}}}`)
	add(t, store, results)
	var queries []ports.ResultQuery
	for _, sort := range []string{"+json.a", "-json.a"} {
		all := ports.ResultQuery{BenchmarkID: &results[0].Benchmark.ID, ListOptions: pageRequest(1, 100)}
		all.Sort = sortBy(t, sort)
		queries = append(queries, all)
		for _, value := range odd {
			for _, operator := range []filter.Operator{filter.Equal, filter.Less, filter.Greater, filter.LessOrEqual, filter.GreaterOrEqual} {
				q := all
				operand := strings.Trim(value, `"`)
				condition := filter.Condition{Path: filter.Path{"a"}, Operator: operator, Kind: filter.Text, Value: operand}
				if filter.IsNumber(operand) {
					condition.Kind = filter.Number
				}
				q.Filters = []filter.Condition{condition}
				queries = append(queries, q)
			}
		}
	}
	answers := func(filled bool) (out []string) {
		if err := store.DB().Exec("UPDATE result_leaf SET filled = ?", filled).Error; err != nil {
			t.Fatal(err)
		}
		for _, q := range queries {
			page := listed(t, store, q)
			out = append(out, fmt.Sprint(page.Total, ": ", ids(page.Items)))
		}
		return out
	}
	with, without := answers(true), answers(false)
	for i, q := range queries {
		if with[i] != without[i] {
			t.Errorf("filters %.60v, sort %v\n   values %s\ndocuments %s", q.Filters, q.Sort, with[i], without[i])
		}
	}
	wantNothingWrong(t, store, "odd values")
}

// The few results that satisfy a filter may all be at the end of a list.
func TestPagesAreFoundWhereverTheirResultsAre(t *testing.T) {
	store := openPostgres(t)
	gormdb.ReadInBulk(store)
	const few = 20
	results := resultsOf("a", 400)
	results[0].Benchmark.JSONSchema = []byte(`{"properties":{"a":{}}}`)
	for i, result := range results {
		result.ExecutedAt = result.UploadedAt.Add(time.Duration(i) * time.Second)
		result.JSON = fmt.Appendf(nil, `{"a":%d}`, i)
	}
	add(t, store, results)
	for _, sort := range []string{"+execution_datetime", "-execution_datetime", "+json.a", "-json.a"} {
		for operator, matching := range map[filter.Operator][]*domain.Result{filter.Less: results[:few], filter.GreaterOrEqual: results[400-few:]} {
			matching = slices.Clone(matching)
			if sort[0] == '-' {
				slices.Reverse(matching)
			}
			for page := 1; page <= 5; page++ {
				q := ports.ResultQuery{BenchmarkID: &results[0].Benchmark.ID, ListOptions: pageRequest(page, 5), Filters: []filter.Condition{{
					Path: filter.Path{"a"}, Operator: operator, Kind: filter.Number, Value: map[filter.Operator]string{filter.Less: "20", filter.GreaterOrEqual: "380"}[operator],
				}}}
				q.Sort = sortBy(t, sort)
				want := matching[min(few, 5*(page-1)):min(few, 5*page)]
				if got := listed(t, store, q); got.Total != few || fmt.Sprint(ids(got.Items)) != fmt.Sprint(ids(want)) {
					t.Errorf("%s, %s, page %d: %v of %d, want %v of %d", sort, operator, page, ids(got.Items), got.Total, ids(want), few)
				}
			}
		}
	}
}

// change changes some of the results behind the store's back.
func change(t *rapid.T, store *gormdb.Store, results []*domain.Result) {
	benchmark := results[0].Benchmark.ID
	for range rapid.IntRange(0, 3).Draw(t, "changes") {
		id := rapid.SampledFrom(results).Draw(t, "changed").ID
		switch rapid.IntRange(0, 5).Draw(t, "change") {
		case 0:
			mustExec(t, store, "UPDATE result SET deleted = NOT deleted WHERE id = ?", id)
		case 1:
			mustExec(t, store, "UPDATE result SET json = CAST(? AS jsonb) WHERE id = ?", documents().Draw(t, "document"), id)
		case 2:
			mustExec(t, store, "DELETE FROM result WHERE id = ?", id)
		case 3:
			mustExec(t, store, "UPDATE benchmark SET json_schema = CAST(? AS json) WHERE id = ?", schemas().Draw(t, "another schema"), benchmark)
		case 4:
			mustExec(t, store, "UPDATE result SET id = gen_random_uuid() WHERE id = ?", id)
		default:
			fill(t, store)
		}
	}
}

func fill(t *rapid.T, store *gormdb.Store) { mustExec(t, store, "CALL result_value_fill()") }

// testingT is of the testing package or of rapid.
type testingT interface {
	Helper()
	Fatalf(format string, args ...any)
}

func mustExec(t testingT, store *gormdb.Store, statement string, args ...any) {
	t.Helper()
	if err := store.DB().Exec(statement, args...).Error; err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

func drawQuery(t *rapid.T, benchmark uuid.UUID) ports.ResultQuery {
	limits := filter.Limits{SortKeys: 100, PathParts: 16, Exponent: 308, NumberLength: 1000}
	paths := rapid.OneOf(rapid.SampledFrom([]string{"a", "b.a", "b", "a.a"}), conformance.Paths())
	operands := rapid.OneOf(conformance.Operands(), rapid.Map(rapid.SampledFrom(odd), func(v string) string { return strings.Trim(v, `"`) }))
	q := ports.ResultQuery{}
	if rapid.IntRange(0, 3).Draw(t, "one benchmark") > 0 {
		q.BenchmarkID = &benchmark
	}
	q.Page = domain.PageRequest{Number: rapid.IntRange(1, 2).Draw(t, "page"), Size: rapid.IntRange(1, 15).Draw(t, "size")}
	for range rapid.IntRange(0, 2).Draw(t, "filters") {
		text := fmt.Sprint(paths.Draw(t, "path"), " ", rapid.SampledFrom([]string{"==", "<", ">", "<=", ">="}).Draw(t, "operator"), " ", operands.Draw(t, "operand"))
		condition, err := filter.ParseCondition(text, limits)
		if err != nil {
			t.Fatalf("filter %q: %v", text, err)
		}
		q.Filters = append(q.Filters, condition)
	}
	var fields []string
	for range rapid.IntRange(0, 2).Draw(t, "sorts") {
		field := rapid.OneOf(rapid.Map(paths, func(path string) string { return "json." + path }), rapid.SampledFrom([]string{"id", "execution_datetime", "site_name", "json"}))
		fields = append(fields, rapid.SampledFrom([]string{"+", "-"}).Draw(t, "sign")+field.Draw(t, "field"))
	}
	if len(fields) == 0 && rapid.Bool().Draw(t, "by time") { // as whoever asks for no order gets it
		fields = []string{"+execution_datetime"}
	}
	var err error
	if q.Sort, err = filter.ParseSort(strings.Join(fields, ","), ports.ResultSort, limits); err != nil {
		t.Fatalf("sort %q: %v", fields, err)
	}
	return q
}

func answer(t *rapid.T, store *gormdb.Store, q ports.ResultQuery) string {
	page, err := store.Repos().Results.List(t.Context(), q)
	if err != nil {
		t.Fatalf("query %+v: %v", q, err)
	}
	return fmt.Sprint(page.Total, ": ", ids(slices.Clone(page.Items)))
}
