package resultlist_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/adapters/gormdb/resultlist"
	"github.com/eosc-perf/backend/adapters/gormdb/storetest"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/ports"
)

// A list that is read by cursors, in the order of the index or not, is the list that is read by
// pages from the documents.
func TestCursorsWalkTheIndexInTheOrderOfTheDocuments(t *testing.T) {
	storetest.OnEachDatabase(t, func(t *testing.T, store *gormdb.Store) {
		rapid.Check(t, func(t *rapid.T) {
			results := drawResults(t, rapid.SliceOfN(rapid.OneOf(oddDocuments(), fewValues()), 1, 25).Draw(t, "documents"))
			results[0].Benchmark.JSONSchema = []byte(`{"properties":{"a":{},"b":{"properties":{"a":{}}}}}`)
			if err := storetest.Add(t.Context(), store, results); err != nil {
				t.Fatal(err)
			}
			q := ports.ResultQuery{BenchmarkIDs: []uuid.UUID{results[0].Benchmark.ID}, ListOptions: storetest.PageRequest(1, 100)}
			sort := rapid.SampledFrom([]string{"+json.a", "-json.a", "+json.a,-id", "-json.a,-id", "-json.b.a", "+json.b.a,+id"}).Draw(t, "sort")
			var err error
			if q.Sort, err = filter.ParseSort(sort, ports.ResultSort, filter.Limits{SortKeys: 9, PathParts: 9}); err != nil {
				t.Fatal(err)
			}
			if rapid.Bool().Draw(t, "filtered") {
				q.Filters = []filter.Condition{{Path: filter.Names("a"), Operator: filter.GreaterOrEqual, Kind: filter.Number, Value: "1"}}
			}
			inIndex := answer(t, store, q)
			size := rapid.IntRange(1, 4).Draw(t, "size")
			byCursor := walk(t, store, q, size)
			storetest.Execute(t, store, "UPDATE result_leaf SET filled = false")
			inDocuments, list := answer(t, store, q), walk(t, store, q, 100)
			storetest.Execute(t, store, "UPDATE result_leaf SET filled = true")
			if inIndex != inDocuments || !slices.Equal(byCursor, list) {
				t.Fatalf("%s, parts of %d\n in index %s\ndocuments %s\n parts %s\n  list %s",
					sort, size, inIndex, inDocuments, texts(results, byCursor), texts(results, list))
			}
			for _, table := range []string{"result", "benchmark"} {
				storetest.Execute(t, store, "DELETE FROM "+table)
			}
		})
	})
}

// fewValues generates documents many of which have the same value.
func fewValues() *rapid.Generator[string] {
	return rapid.SampledFrom([]string{`{"a":1}`, `{"a":1.0}`, `{"a":"x"}`, `{}`, `{"a":null}`, `{"a":true}`,
		`{"b":{"a":[1]}}`, `{"b":{"a":2}}`})
}

// walk reads a list by cursors.
func walk(t *rapid.T, store *gormdb.Store, q ports.ResultQuery, size int) (ids []uuid.UUID) {
	q.Page.Size = size
	var after *ports.Position
	for range 100 {
		part, err := store.Repos().Results.ListAfter(t.Context(), ports.CursorQuery{ResultQuery: q, After: after})
		if err != nil {
			t.Fatalf("sort %v behind %+v: %v", q.Sort, after, err)
		}
		for _, r := range part.Items {
			ids = append(ids, r.ID)
		}
		if part.Next == nil {
			return ids
		}
		after = part.Next
	}
	t.Fatal("the list has no end")
	return nil
}

// The results with the value at the place are read in the order of the index of values, and not in
// that of the primary key, which has the ids of all results.
func TestResultsWithTheValueAtAPlaceAreReadByTheIndex(t *testing.T) {
	database := storetest.Database(t)
	store, db := storetest.Connect(t, database), storetest.OpenSQL(t, database)
	results := storetest.Results("a", 300)
	results[0].Benchmark.JSONSchema = []byte(`{"properties":{"a":{}}}`)
	for i, result := range results {
		result.JSON = fmt.Appendf(nil, `{"a":%d}`, i%3)
	}
	storetest.MustAdd(t, store, results)
	if _, err := db.Exec("ANALYZE"); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("SET enable_sort = off"); err != nil {
		t.Fatal(err)
	}
	for _, sort := range []string{"+json.a", "-json.a", "+json.a,-id"} {
		q := ports.CursorQuery{ResultQuery: ports.ResultQuery{
			BenchmarkIDs: []uuid.UUID{results[0].Benchmark.ID}, ListOptions: storetest.PageRequest(1, 10),
		}}
		q.Sort = storetest.SortBy(t, sort)
		part, err := store.Repos().Results.ListAfter(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		q.After = part.Next
		e, err := store.ExplainPart(t.Context(), q)
		if err != nil || e.Plan != string(resultlist.InIndexOrder) {
			t.Fatalf("%s is read %s (%v)", sort, e.Plan, err)
		}
		first, _, _ := strings.Cut(e.Statement, ";\n")
		statement := strings.NewReplacer("$1", q.After.Values[0].Text, "$2", "'"+q.After.ID.String()+"'", "$3", "11").Replace(first)
		rows, err := db.Query("EXPLAIN " + statement)
		if err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
		var plan []string
		for rows.Next() {
			plan = append(plan, "")
			if err := rows.Scan(&plan[len(plan)-1]); err != nil {
				t.Fatal(err)
			}
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			t.Fatal(err)
		}
		if text := strings.Join(plan, "\n"); !strings.Contains(text, " using result_value_idx ") || strings.Contains(text, "Sort") {
			t.Errorf("%s: %s is read by\n%s", sort, statement, text)
		}
	}
}
