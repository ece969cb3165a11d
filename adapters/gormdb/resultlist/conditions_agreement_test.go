package resultlist_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/adapters/gormdb/storetest"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/ports"
	"github.com/eosc-perf/backend/ports/conformance"
)

// For any documents and conditions, both databases return the same results, and a condition
// and its negation divide all results.
func TestDatabasesAgreeOnConditions(t *testing.T) {
	stores := []*gormdb.Store{storetest.Postgres(t, inBulk()), storetest.SQLite(t, inBulk())}
	rapid.Check(t, func(t *rapid.T) {
		all := rapid.OneOf(conformance.Documents(), listDocuments(), rapid.Map(listDocuments(), large))
		documents := rapid.SliceOfN(all, 1, 12).Draw(t, "documents")
		results := drawResults(t, documents)
		units := drawUnits(t, results[0].Benchmark)
		for _, store := range stores {
			if err := storetest.Add(t.Context(), store, results); err != nil {
				t.Fatalf("%s: %v", store.DB().Name(), err)
			}
		}
		e := drawExpression(t, 2)
		var answers []string
		var model []uuid.UUID
		for _, result := range sortedByTime(results) {
			if modelHolds(result, units, e) {
				model = append(model, result.ID)
			}
		}
		answers = append(answers, texts(results, model))
		for _, store := range stores {
			holds, not := matching(t, store, results, e), matching(t, store, results, filter.Not{Of: e})
			if len(holds)+len(not) != len(results) {
				t.Fatalf("%s: %s holds for %d and does not for %d of %d results", store.DB().Name(), e, len(holds), len(not), len(results))
			}
			answers = append(answers, texts(results, holds))
		}
		if answers[0] != answers[1] || answers[0] != answers[2] {
			t.Errorf("condition %s\n   model %s\npostgres %s\n  sqlite %s", e, answers[0], answers[1], answers[2])
		}
	})
}

func matching(t *rapid.T, store *gormdb.Store, results []*domain.Result, e filter.Expression) (ids []uuid.UUID) {
	q := ports.ResultQuery{BenchmarkIDs: []uuid.UUID{results[0].Benchmark.ID}, ListOptions: storetest.PageRequest(1, 100), Where: e}
	page, err := store.Repos().Results.List(t.Context(), q)
	if err != nil {
		t.Fatalf("%s: condition %s: %v", store.DB().Name(), e, err)
	}
	for _, r := range page.Items {
		ids = append(ids, r.ID)
	}
	return ids
}

// drawUnits lets metrics of the benchmark declare units, and returns them by their path.
func drawUnits(t *rapid.T, benchmark *domain.Benchmark) map[string]string {
	units := map[string]string{}
	for _, path := range []string{"b", "a.0.n", "a.0"} {
		if unit := rapid.SampledFrom([]string{"", "s", "KiB", "GHz"}).Draw(t, "unit"); unit != "" {
			units[path] = unit
			benchmark.Metrics = append(benchmark.Metrics, domain.Metric{Path: path, Unit: unit, Better: "lower", Source: "declared"})
		}
	}
	return units
}

// sortedByTime sorts as lists without an order are sorted.
func sortedByTime(results []*domain.Result) []*domain.Result {
	return slices.SortedFunc(slices.Values(results), func(a, b *domain.Result) int { return bytes.Compare(a.ID[:], b.ID[:]) })
}

// listDocuments generates documents with arrays of objects, and quantities.
func listDocuments() *rapid.Generator[string] {
	value := rapid.SampledFrom([]string{
		`1`, `2`, `"1"`, `"a"`, `"A"`, `true`, `null`, `"1 KiB"`, `"8192 b"`, `"1.5 kB"`, `"1 GHz"`, `"1000MHz"`, `"1 s "`, `"2 min"`, `1e400`,
		`[]`, `[1]`,
		`"10e-1"`, `"0.1e1"`, `"1.0"`, `"01"`, `10`, `0`, `"0"`, `"0.0e5"`, `"-0"`, `"2000"`, `"2E3"`, `[[1]]`, `[{"n":1}]`,
		`"1e3 MHz"`, `"-1 s"`, `"01 s"`, `"1 Eb"`, `"1Eb"`, `"1E3b"`,
		`"1.5.2 s"`, `"1 kB/s"`, `"-0 s"`, `"5 %"`, `" 1"`, `"1e3"`, `"1e999"`, `"1e1000"`, `-0.0`, `{"n":1}`,
		`"` + strings.Repeat("1", 999) + `s"`, `"` + strings.Repeat("1", 1000) + `s"`, `"1\n s"`, `"1  s"`,
	})
	object := rapid.Map(rapid.SliceOfN(value, 2, 2), func(v []string) string { return `{"n":` + v[0] + `,"v":` + v[1] + `}` })
	return rapid.Map(rapid.SliceOfN(rapid.OneOf(object, value), 0, 4), func(elements []string) string {
		return `{"a":[` + strings.Join(elements, ",") + `],"b":` + slices.Concat(elements, []string{"1"})[0] + `}`
	})
}

func drawExpression(t *rapid.T, depth int) filter.Expression {
	kind := 0
	if depth > 0 {
		kind = rapid.IntRange(0, 5).Draw(t, "kind")
	}
	switch kind {
	case 1:
		return filter.And{drawExpression(t, depth-1), drawExpression(t, depth-1)}
	case 2:
		return filter.Or{drawExpression(t, depth-1), drawExpression(t, depth-1)}
	case 3:
		return filter.Not{Of: drawExpression(t, depth-1)}
	default:
		return drawComparison(t)
	}
}

func drawComparison(t *rapid.T) filter.Comparison {
	written := rapid.OneOf(conformance.Paths(), rapid.SampledFrom([]string{
		"a", "b", "a[*]", "a[*].n", "a[*].v", "a[0].n", `a[n=1].v`, `a[n="1"].v`, `a[n=true].v`, `a[v="a"].n`, "a[*][*]", "b.n", "b[0]", "a[n=1]",
		"a[0]", `a[v="1 KiB"].n`, "a[n=1.0][0]", "a[*].n[0]", "a[*].n[*]", "a[n=null].v", "a[0][n=1]",
	})).Draw(t, "path")
	path, err := filter.ParsePath(written, 100)
	if err != nil {
		t.Fatal(err)
	}
	c := filter.Comparison{Operand: filter.Operand{Field: filter.JSONField, Path: path}}
	c.Operator = rapid.SampledFrom([]filter.Operator{
		filter.Equal, filter.Less, filter.LessOrEqual, filter.Greater, filter.GreaterOrEqual, filter.Contains,
		filter.In, filter.Between, filter.Exists,
	}).Draw(t, "operator")
	if slices.Contains([]filter.Operator{filter.Equal, filter.Contains, filter.In, filter.Between, filter.Exists}, c.Operator) {
		c.Negated = rapid.Bool().Draw(t, "negated")
	}
	switch c.Operator {
	case filter.Exists:
	case filter.Contains:
		c.Values = []filter.Value{{Kind: filter.Text, Text: rapid.SampledFrom([]string{"", "a", "A", "1", "%", "\u00e9"}).Draw(t, "text")}}
	case filter.In:
		c.Values = rapid.SliceOfN(rapid.Custom(drawValue), 1, 3).Draw(t, "values")
	case filter.Between:
		low := drawValue(t)
		high := low
		if rapid.Bool().Draw(t, "a range") {
			high.Text = map[filter.Kind]string{filter.Number: "2e3", filter.Text: "b", filter.Boolean: "true"}[low.Kind]
		}
		c.Values = []filter.Value{low, high}
	default:
		c.Values = []filter.Value{drawValue(t)}
	}
	return c
}

func drawValue(t *rapid.T) filter.Value {
	switch rapid.IntRange(0, 3).Draw(t, "value") {
	case 0:
		return filter.Value{Kind: filter.Text, Text: rapid.SampledFrom([]string{"", "a", "A", "1", "1 KiB", "true"}).Draw(t, "text")}
	case 1:
		return filter.Value{Kind: filter.Boolean, Text: rapid.SampledFrom([]string{"true", "false"}).Draw(t, "boolean")}
	case 2:
		unit, _ := filter.ParseUnit(rapid.SampledFrom([]string{"KiB", "b", "GHz", "s", "min", "Eb", "ks"}).Draw(t, "unit"))
		return filter.Value{Kind: filter.Number, Text: rapid.SampledFrom([]string{"1", "2", "1.5", "8192", "-1"}).Draw(t, "number"), Unit: unit}
	default:
		return filter.Value{Kind: filter.Number, Text: rapid.SampledFrom([]string{"1", "1.0", "2", "0", "-1e2"}).Draw(t, "number")}
	}
}
