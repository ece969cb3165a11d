package resultlist_test

import (
	"fmt"
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
)

// Paths into arrays and quantities, which schemas and metrics name, are answered as the slow
// model says, with the values of the index and by the documents.
func TestValueIndexAnswersForArraysAndUnitsLikeTheModel(t *testing.T) {
	onEachDatabase(t, valueIndexAnswersForArraysAndUnitsLikeTheModel)
}

func valueIndexAnswersForArraysAndUnitsLikeTheModel(t *testing.T, store *gormdb.Store) {
	t.Helper()
	rapid.Check(t, func(t *rapid.T) {
		results := drawResults(t, rapid.SliceOfN(rapid.OneOf(listDocuments(), longLists()), 1, 12).Draw(t, "documents"))
		benchmark := results[0].Benchmark
		benchmark.JSONSchema = []byte(rapid.SampledFrom([]string{
			`{"properties":{"a":{"type":"array","items":{"properties":{"n":{},"v":{"type":"string"}}}},"b":{}}}`,
			`{"properties":{"a":{"type":"array","items":{"items":{}}},"b":{"properties":{"n":{}}}}}`,
			`{"properties":{"a":{"items":{"$ref":"#/$defs/d"}}},"$defs":{"d":{"type":["string","number"]}}}`,
			`{}`,
		}).Draw(t, "schema"))
		units := drawUnits(t, benchmark)
		for _, path := range []string{`a[n=1].v`, `a[v="1 KiB"].n`, `a.1.n`} {
			benchmark.Metrics = append(benchmark.Metrics, domain.Metric{Path: path, Better: domain.LowerBetter, Source: domain.DeclaredMetric})
		}
		if err := storetest.Add(t.Context(), store, results); err != nil {
			t.Fatal(err)
		}
		fill(t, store)
		for range 6 {
			var parts filter.And
			for range rapid.IntRange(2, 3).Draw(t, "comparisons") {
				parts = append(parts, drawComparison(t))
			}
			var model []string
			for _, result := range results {
				if modelHolds(result, units, parts) {
					model = append(model, result.ID.String()[:8])
				}
			}
			slices.Sort(model)
			want := fmt.Sprint(len(model), ": ", strings.Join(model, " "))
			q := ports.ResultQuery{BenchmarkIDs: []uuid.UUID{benchmark.ID}, ListOptions: storetest.PageRequest(1, 100), Where: parts}
			if rapid.Bool().Draw(t, "any benchmark") {
				q.BenchmarkIDs = nil
			}
			with := answer(t, store, q)
			storetest.Execute(t, store, "UPDATE result_leaf SET filled = false")
			without := answer(t, store, q)
			storetest.Execute(t, store, "UPDATE result_leaf SET filled = true")
			if with != want || without != want {
				t.Fatalf("condition %s\n    model %s\n   values %s\ndocuments %s", parts, want, with, without)
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

// longLists generates documents with more elements than the index holds.
func longLists() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		var elements []string
		for i := range rapid.IntRange(45, 60).Draw(t, "elements") {
			elements = append(elements, fmt.Sprintf(`{"n":%d,"v":"%d s"}`, i*7%53, i))
		}
		document := `{"a":[` + strings.Join(elements, ",") + `],"b":"1 GHz"}`
		if rapid.Bool().Draw(t, "large") {
			return large(document)
		}
		return document
	})
}

// large makes the document, an object with members, large enough for an outline.
func large(document string) string {
	return `{"pad":"` + strings.Repeat("x", 16_000) + `",` + document[1:]
}
