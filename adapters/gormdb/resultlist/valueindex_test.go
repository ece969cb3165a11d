package resultlist_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/adapters/gormdb/resultlist"
	"github.com/eosc-perf/backend/adapters/gormdb/storetest"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/ports"
	"github.com/eosc-perf/backend/ports/conformance"
)

// odd are JSON values that a row of the value index cannot hold whole, and values next
// to them. Without quotes they are operands of filters.
var odd = []string{
	`"` + strings.Repeat("x", 99) + `"`, `"` + strings.Repeat("x", 100) + `"`, `"` + strings.Repeat("x", 101) + `"`,
	`"` + strings.Repeat("x", 100) + `Y"`, `"` + strings.Repeat("\u00e9", 150) + `"`, `"` + strings.Repeat("\u00e9", 3000) + `"`,
	strings.Repeat("9", 400), "-" + strings.Repeat("9", 400), strings.Repeat("9", 399) + "8", "-" + strings.Repeat("9", 399) + "8",
	strings.Repeat("9", 150) + strings.Repeat("0", 250), "-" + strings.Repeat("9", 150) + strings.Repeat("0", 250),
	"1" + strings.Repeat("0", 400), "-1" + strings.Repeat("0", 400), `"` + strings.Repeat("9", 400) + `"`, `"1e-200"`, `"-1e-200"`,
	"7", "-7", "7." + strings.Repeat("0", 150) + "1", "6." + strings.Repeat("9", 151), "-7." + strings.Repeat("0", 150) + "1",
	"1e-151", "-1e-151", "1e-150", "-1e-150", "1e150", "-1e150", "1e300", "0." + strings.Repeat("3", 200), "-0." + strings.Repeat("3", 200),
	"[]", "[1]", "[2]", "[1,1]", "{}", `{"x":1}`, `{"x":2}`, "null", `""`,
}

// schemas generates schemas that name some of the paths of documents, in all the ways in
// which schemas can.
func schemas() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		var names []string
		all := rapid.SampledFrom([]string{"a", "b", "aa", "B", "0", "-1", "\\u00e9", "x.y", ""})
		for _, name := range rapid.SliceOfDistinct(all, rapid.ID).Draw(t, "named") {
			names = append(names, fmt.Sprintf("%q:%s", name, rapid.SampledFrom([]string{
				`{}`, `true`, `{"type":"number"}`, `{"type":"array"}`, `{"$ref":"#/$defs/d"}`, `{"$ref":"#"}`,
				`{"properties":{"a":{},"b":{"type":"string"}}}`,
				`{"anyOf":[{"type":"string"},{"properties":{"b":{}}}]}`,
			}).Draw(t, "schema")))
		}
		return strings.ReplaceAll(`{"$defs":{"d":{"properties":{"a":{},"aa":true}}},"properties":{`+strings.Join(names, ",")+`}}`, `\\u`, `\u`)
	})
}

func oddDocuments() *rapid.Generator[string] {
	return rapid.OneOf(conformance.Documents(), rapid.Map(rapid.SliceOfN(rapid.SampledFrom(odd), 2, 2), func(v []string) string {
		return `{"a":` + v[0] + `,"b":{"a":` + v[1] + `}}`
	}))
}

// inBulk makes lists of any size be read like lists of many results.
func inBulk() gormdb.Option {
	return gormdb.WithLists(func(l *resultlist.Lists) { l.MaxLookups, l.FewLarge = 0, 0 })
}

// For any query the value index gives the answers that the documents give, after any
// change of results and schemas.
func TestValueIndexAnswersLikeTheDocuments(t *testing.T) {
	onEachDatabase(t, valueIndexAnswersLikeTheDocuments)
}

// onEachDatabase runs the test with the plans for few and for many results.
func onEachDatabase(t *testing.T, test func(t *testing.T, store *gormdb.Store)) {
	t.Helper()
	for name, options := range map[string][]gormdb.Option{"few results": nil, "many results": {inBulk()}} {
		t.Run("postgres/"+name, func(t *testing.T) { test(t, storetest.Postgres(t, options...)) })
		t.Run("sqlite/"+name, func(t *testing.T) { test(t, storetest.SQLite(t, options...)) })
	}
}

func valueIndexAnswersLikeTheDocuments(t *testing.T, store *gormdb.Store) {
	t.Helper()
	rapid.Check(t, func(t *rapid.T) {
		results := drawResults(t, rapid.SliceOfN(oddDocuments(), 1, 15).Draw(t, "documents"))
		results[0].Benchmark.JSONSchema = []byte(schemas().Draw(t, "schema"))
		if err := storetest.Add(t.Context(), store, results); err != nil {
			t.Fatal(err)
		}
		change(t, store, results)
		fill(t, store)
		for range 4 {
			q := drawQuery(t, results[0].Benchmark.ID)
			with := answer(t, store, q)
			storetest.Execute(t, store, "UPDATE result_leaf SET filled = false")
			without := answer(t, store, q)
			storetest.Execute(t, store, "UPDATE result_leaf SET filled = true")
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
		for _, table := range []string{"result", "benchmark"} {
			storetest.Execute(t, store, "DELETE FROM "+table)
		}
	})
}

// Each odd value is compared with each other one, and all are sorted.
func TestValueIndexComparesOddValuesLikeTheDocuments(t *testing.T) {
	onEachDatabase(t, valueIndexComparesOddValuesLikeTheDocuments)
}

func valueIndexComparesOddValuesLikeTheDocuments(t *testing.T, store *gormdb.Store) {
	t.Helper()
	results := storetest.Results("a", len(odd)+1)
	for i, value := range odd {
		results[i].JSON = []byte(`{"a":` + value + `}`)
	}
	results[0].Benchmark.JSONSchema = []byte(`{"properties":{"a":{}}}`)
	storetest.MustAdd(t, store, results)
	if err := store.FillValues(t.Context()); err != nil {
		t.Fatal(err)
	}
	var queries []ports.ResultQuery
	for _, sort := range []string{"+json.a", "-json.a"} {
		all := ports.ResultQuery{BenchmarkIDs: []uuid.UUID{results[0].Benchmark.ID}, ListOptions: storetest.PageRequest(1, 100)}
		all.Sort = storetest.SortBy(t, sort)
		queries = append(queries, all)
		for _, value := range odd {
			for _, operator := range []filter.Operator{filter.Equal, filter.Less, filter.Greater, filter.LessOrEqual, filter.GreaterOrEqual} {
				q := all
				operand := strings.Trim(value, `"`)
				condition := filter.Condition{Path: filter.Names("a"), Operator: operator, Kind: filter.Text, Value: operand}
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
			page := storetest.List(t, store, q)
			out = append(out, fmt.Sprint(page.Total, ": ", storetest.ShortIDs(page.Items)))
		}
		return out
	}
	with, without := answers(true), answers(false)
	for i, q := range queries {
		if with[i] != without[i] {
			t.Errorf("filters %.60v, sort %v\n   values %s\ndocuments %s", q.Filters, q.Sort, with[i], without[i])
		}
	}
	storetest.WantNoDifferences(t, store, "odd values")
}

// The few results that satisfy a filter may all be at the end of the list.
func TestPagesAreFoundAtBothEndsOfTheList(t *testing.T) {
	store := storetest.Postgres(t, inBulk())
	const few = 20
	results := storetest.Results("a", 400)
	results[0].Benchmark.JSONSchema = []byte(`{"properties":{"a":{}}}`)
	for i, result := range results {
		result.ExecutedAt = result.UploadedAt.Add(time.Duration(i) * time.Second)
		result.JSON = fmt.Appendf(nil, `{"a":%d}`, i)
	}
	storetest.MustAdd(t, store, results)
	for _, sort := range []string{"+execution_datetime", "-execution_datetime", "+json.a", "-json.a"} {
		for _, c := range []struct {
			condition filter.Condition
			matching  []*domain.Result
		}{
			{filter.Condition{Path: filter.Names("a"), Operator: filter.Less, Kind: filter.Number, Value: "20"}, results[:few]},
			{filter.Condition{Path: filter.Names("a"), Operator: filter.GreaterOrEqual, Kind: filter.Number, Value: "380"}, results[400-few:]},
		} {
			matching := slices.Clone(c.matching)
			if sort[0] == '-' {
				slices.Reverse(matching)
			}
			for page := 1; page <= 5; page++ {
				q := ports.ResultQuery{
					BenchmarkIDs: []uuid.UUID{results[0].Benchmark.ID}, ListOptions: storetest.PageRequest(page, 5),
					Filters: []filter.Condition{c.condition},
				}
				q.Sort = storetest.SortBy(t, sort)
				list := storetest.List(t, store, q)
				got, want := storetest.ShortIDs(list.Items), storetest.ShortIDs(matching[min(few, 5*(page-1)):min(few, 5*page)])
				if list.Total != few || got != want {
					t.Errorf("%s, %v, page %d: %s of %d, want %s of %d", sort, c.condition, page, got, list.Total, want, few)
				}
			}
		}
	}
}

// change changes some of the results as other programs do.
func change(t *rapid.T, store *gormdb.Store, results []*domain.Result) {
	benchmark := results[0].Benchmark.ID
	for range rapid.IntRange(0, 3).Draw(t, "changes") {
		id := rapid.SampledFrom(results).Draw(t, "changed").ID
		switch rapid.IntRange(0, 5).Draw(t, "change") {
		case 0:
			storetest.Execute(t, store, "UPDATE result SET deleted = NOT deleted WHERE id = ?", id)
		case 1:
			storetest.Execute(t, store, "UPDATE result SET json = ? WHERE id = ?", oddDocuments().Draw(t, "document"), id)
		case 2:
			storetest.Execute(t, store, "DELETE FROM result WHERE id = ?", id)
		case 3:
			another := schemas().Draw(t, "another schema")
			storetest.Execute(t, store, "UPDATE benchmark SET json_schema = ? WHERE id = ?", another, benchmark)
		case 4:
			storetest.Execute(t, store, "UPDATE result SET id = ? WHERE id = ?", uuid.New(), id)
		default:
			fill(t, store)
		}
	}
}

func fill(t *rapid.T, store *gormdb.Store) {
	if err := store.FillValues(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func drawQuery(t *rapid.T, benchmark uuid.UUID) ports.ResultQuery {
	limits := filter.Limits{SortKeys: 100, PathParts: 16, Exponent: 308, NumberLength: 1000}
	paths := rapid.OneOf(rapid.SampledFrom([]string{"a", "b.a", "b", "a.a"}), conformance.Paths())
	operands := rapid.OneOf(conformance.Operands(), rapid.Map(rapid.SampledFrom(odd), func(v string) string { return strings.Trim(v, `"`) }))
	q := ports.ResultQuery{}
	if rapid.IntRange(0, 3).Draw(t, "one benchmark") > 0 {
		q.BenchmarkIDs = []uuid.UUID{benchmark}
	}
	q.Page = domain.PageRequest{Number: rapid.IntRange(1, 2).Draw(t, "page"), Size: rapid.IntRange(1, 15).Draw(t, "size")}
	for range rapid.IntRange(0, 2).Draw(t, "filters") {
		path, operator := paths.Draw(t, "path"), rapid.SampledFrom([]string{"==", "<", ">", "<=", ">="}).Draw(t, "operator")
		text := fmt.Sprint(path, " ", operator, " ", operands.Draw(t, "operand"))
		condition, err := filter.ParseCondition(text, limits)
		if err != nil {
			t.Fatalf("filter %q: %v", text, err)
		}
		q.Filters = append(q.Filters, condition)
	}
	jsonField := rapid.Map(paths, func(path string) string { return "json." + path })
	var fields []string
	for range rapid.IntRange(0, 2).Draw(t, "sorts") {
		field := rapid.OneOf(jsonField, rapid.SampledFrom([]string{"id", "execution_datetime", "site_name", "json"}))
		fields = append(fields, rapid.SampledFrom([]string{"+", "-"}).Draw(t, "sign")+field.Draw(t, "field"))
	}
	if len(fields) == 0 && rapid.Bool().Draw(t, "by time") { // the default order
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
	return fmt.Sprint(page.Total, ": ", storetest.ShortIDs(slices.Clone(page.Items)))
}
