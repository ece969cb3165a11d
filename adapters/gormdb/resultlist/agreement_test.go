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
	"github.com/eosc-perf/backend/adapters/gormdb/storetest"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/ports"
	"github.com/eosc-perf/backend/ports/conformance"
)

// For any documents, filters and sorts, PostgreSQL, whose collation is German, and
// SQLite return the same results in the same order.
func TestDatabasesReturnTheSameLists(t *testing.T) {
	stores := []*gormdb.Store{storetest.Postgres(t), storetest.SQLite(t)}
	limits := filter.Limits{SortKeys: 100, PathParts: 16, Exponent: 308, NumberLength: 1000}
	rapid.Check(t, func(t *rapid.T) {
		documents := rapid.SliceOfN(conformance.Documents(), 1, 15).Draw(t, "documents")
		results := drawResults(t, documents)
		for _, store := range stores {
			if err := storetest.Add(t.Context(), store, results); err != nil {
				t.Fatalf("%s: %v", store.DB().Name(), err)
			}
		}
		q := ports.ResultQuery{BenchmarkIDs: []uuid.UUID{results[0].Benchmark.ID}}
		q.Page = domain.PageRequest{Number: rapid.IntRange(1, 3).Draw(t, "page"), Size: rapid.IntRange(1, 15).Draw(t, "size")}
		operator := rapid.SampledFrom([]string{"==", "<", ">", "<=", ">="})
		for range rapid.IntRange(0, 2).Draw(t, "filters") {
			path := conformance.Paths().Draw(t, "path")
			text := fmt.Sprint(path, " ", operator.Draw(t, "operator"), " ", conformance.Operands().Draw(t, "operand"))
			condition, err := filter.ParseCondition(text, limits)
			if err != nil {
				t.Fatalf("filter %q: %v", text, err)
			}
			q.Filters = append(q.Filters, condition)
		}
		jsonField := rapid.Map(conformance.Paths(), func(path string) string { return "json." + path })
		field := rapid.OneOf(rapid.SampledFrom(ports.ResultSort), jsonField)
		var fields []string
		for range rapid.IntRange(0, 3).Draw(t, "sorts") {
			fields = append(fields, rapid.SampledFrom([]string{"+", "-"}).Draw(t, "sign")+field.Draw(t, "field"))
		}
		var err error
		if q.Sort, err = filter.ParseSort(strings.Join(fields, ","), ports.ResultSort, limits); err != nil {
			t.Fatalf("sort %q: %v", fields, err)
		}
		var answers [2][]uuid.UUID
		var totals [2]int
		for i, store := range stores {
			page, err := store.Repos().Results.List(t.Context(), q)
			if err != nil {
				t.Fatalf("%s: %v", store.DB().Name(), err)
			}
			totals[i] = page.Total
			for _, r := range page.Items {
				answers[i] = append(answers[i], r.ID)
			}
		}
		if !slices.Equal(answers[0], answers[1]) || totals[0] != totals[1] {
			t.Errorf("query %+v\npostgres %d: %s\n  sqlite %d: %s", q, totals[0], texts(results, answers[0]), totals[1], texts(results, answers[1]))
		}
	})
}

func drawResults(t *rapid.T, documents []string) []*domain.Result {
	by := domain.UserID{Subject: uuid.NewString(), Issuer: "https://op.example.org"}
	at := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	upload := domain.Upload{Uploader: by, UploadedAt: at}
	benchmark := &domain.Benchmark{ID: uuid.New(), Upload: upload, DockerImage: uuid.NewString(), JSONSchema: []byte(`{}`)}
	word := rapid.StringOfN(rapid.RuneFrom([]rune("aAbB\u00e9-_ ")), 0, 3, -1)
	var flavors []*domain.Flavor
	sites := map[uuid.UUID]*domain.Site{}
	for range rapid.IntRange(1, 3).Draw(t, "sites") {
		site := &domain.Site{ID: uuid.New(), Upload: upload, Name: word.Draw(t, "name") + uuid.NewString(), Address: word.Draw(t, "address")}
		flavors = append(flavors, &domain.Flavor{ID: uuid.New(), Upload: upload, SiteID: site.ID, Name: word.Draw(t, "name")})
		sites[site.ID] = site
	}
	var results []*domain.Result
	for _, document := range documents {
		flavor := rapid.SampledFrom(flavors).Draw(t, "flavor")
		results = append(results, &domain.Result{
			ID: uuid.New(), Upload: upload, ExecutedAt: at.Add(-time.Duration(rapid.IntRange(0, 3).Draw(t, "age")) * time.Microsecond),
			JSON: []byte(document), Benchmark: benchmark, Site: sites[flavor.SiteID], Flavor: flavor,
		})
	}
	return results
}

func texts(results []*domain.Result, ids []uuid.UUID) string {
	var out []string
	for _, id := range ids {
		i := slices.IndexFunc(results, func(r *domain.Result) bool { return r.ID == id })
		out = append(out, string(results[i].JSON))
	}
	return strings.Join(out, "  ")
}
