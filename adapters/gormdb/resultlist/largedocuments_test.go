package resultlist_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/adapters/gormdb/storetest"
	"github.com/eosc-perf/backend/adapters/gormdb/tables"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/ports"
)

// manyLarge are so many results with a large document, whose array has the number of the result
// among sixty, and one without.
func manyLarge(t *testing.T, store *gormdb.Store, count int) []*domain.Result {
	t.Helper()
	var numbers []string
	for n := range 60 {
		numbers = append(numbers, fmt.Sprint(1000+n))
	}
	documents := []string{`{"list": [1], "log": "short"}`}
	for n := range count {
		list := strings.Join(append(slices.Clone(numbers), fmt.Sprint(n)), ",")
		log := fmt.Sprintf("%s %d!", strings.Repeat("line ", 4000), n)
		documents = append(documents, fmt.Sprintf(`{"list": [%s], "jobs": [%s], "log": "%s"}`, list, list, log))
	}
	results := storetest.Results("large", len(documents))
	results[0].Benchmark.JSONSchema = []byte(`{"properties": {"list": {"type": "array", "items": {"type": "number"}}}}`)
	for i, document := range documents {
		results[i].JSON = []byte(document)
	}
	storetest.MustAdd(t, store, results)
	return results
}

// Here the documents are changed behind the back of the triggers, so that the answers tell whether
// they were read.
func TestWhatManyLargeDocumentsSayIsKept(t *testing.T) {
	wanted := map[string]int{
		`json.list[*] = 3`: 1, `json.list[*] < 3`: 4, `json.jobs[*] = 3`: 1, `json.jobs[*] != 3`: 20, `json.log ~ " 1"`: 11,
		`json.jobs[*] > 2 AND json.log ~ "!" AND json.list[*] < 2`: 2, `json.jobs[60] = 7 OR NOT json.log ~ "!"`: 2,
		`site_name = "none" OR json.log !~ "SHORT" AND json.list[*] IN (4, 5)`: 2,
	}
	for name, store := range map[string]*gormdb.Store{"postgres": storetest.Postgres(t), "sqlite": storetest.SQLite(t)} {
		t.Run(name, func(t *testing.T) {
			results := manyLarge(t, store, 20)
			all := ports.ResultQuery{BenchmarkIDs: []uuid.UUID{results[0].Benchmark.ID}, ListOptions: storetest.PageRequest(1, 3)}
			ask := func(when string) {
				t.Helper()
				for condition, want := range wanted {
					q := all
					q.Where = parseWhere(t, condition)
					page := storetest.List(t, store, q)
					part, err := store.Repos().Results.ListAfter(t.Context(), ports.CursorQuery{ResultQuery: q, WithTotal: true})
					if err != nil {
						t.Fatal(err)
					}
					if page.Total != want || part.Total != want || len(page.Items) != min(want, 3) || len(part.Items) != min(want, 3) {
						t.Errorf("%s: %s holds for %d results, behind a cursor for %d, want %d", when, condition, page.Total, part.Total, want)
					}
				}
			}
			ask("at first")
			again := *results[4] // with the number 3
			again.ID = uuid.New()
			storetest.Execute(t, store, "UPDATE result SET deleted = true WHERE id = ?", tables.Key(results[4].ID))
			if err := store.Repos().Results.Add(t.Context(), &again); err != nil {
				t.Fatal(err)
			}
			ask("with another one in the place of a hidden one")
			changeUnseen(t, store)
			ask("of documents that say something else now")
		})
	}
}

func parseWhere(t *testing.T, condition string) filter.Expression {
	t.Helper()
	where, err := filter.ParseWhere(condition, ports.ResultFields, filter.Limits{PathParts: 9, Exponent: 9, NumberLength: 9, Comparisons: 9})
	if err != nil {
		t.Fatal(err)
	}
	return where
}

func TestQuestionAboutManyLargeDocumentsGoesOnWhereItStopped(t *testing.T) {
	storetest.OnEachDatabase(t, func(t *testing.T, store *gormdb.Store) {
		results := manyLarge(t, store, 40)
		q := ports.ResultQuery{BenchmarkIDs: []uuid.UUID{results[0].Benchmark.ID}, ListOptions: storetest.PageRequest(1, 3)}
		q.Where = parseWhere(t, `json.log ~ "!"`)
		ctx, leave := context.WithCancel(t.Context())
		// The first step reads some documents. The asker leaves during the second one.
		steps := 0
		count := func(tx *gorm.DB) {
			if !tx.DryRun && strings.Contains(tx.Statement.SQL.String(), "AND (result.id IN (SELECT listed.id") {
				if steps++; steps == 2 {
					leave()
				}
			}
		}
		if err := store.DB().Callback().Row().After("gorm:row").Register("count", count); err != nil {
			t.Fatal(err)
		}
		if page, err := store.Repos().Results.List(ctx, q); !errors.Is(err, context.Canceled) {
			t.Fatalf("a question whose asker leaves: %d results, %v", page.Total, err)
		}
		// What was not read then says something else now.
		changeUnseen(t, store)
		for range 2 {
			page, err := store.Repos().Results.List(t.Context(), q)
			if err != nil || page.Total < 8 || page.Total == 40 {
				t.Errorf("%d results, %v, want those of the first step, and not all 40", page.Total, err)
			}
		}
		if steps < 3 {
			t.Errorf("the documents were read in %d steps", steps)
		}
	})
}
