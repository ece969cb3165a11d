package resultlist_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/adapters/gormdb/references"
	"github.com/eosc-perf/backend/adapters/gormdb/resultlist"
	"github.com/eosc-perf/backend/adapters/gormdb/storetest"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/ports"
)

// counted are results 0 to 19 of a benchmark whose schema names their number n.
func counted(t *testing.T, store *gormdb.Store) []*domain.Result {
	t.Helper()
	results := storetest.Results("counted", 20)
	results[0].Benchmark.JSONSchema = []byte(`{"properties": {"n": {}}}`)
	for i, result := range results {
		result.JSON = fmt.Appendf(nil, `{"n": %d, "m": %d}`, i, i)
	}
	storetest.MustAdd(t, store, results)
	return results
}

// another is one more result for the benchmark of the first one.
func another(like *domain.Result, n int) *domain.Result {
	more := *like
	more.ID, more.JSON = uuid.New(), fmt.Appendf(nil, `{"n": %d, "m": %d}`, n, n)
	return &more
}

// wantLarge checks the total of the results with n > 9, and m > 9, which no index has.
func wantLarge(ctx context.Context, t *testing.T, repos ports.Repos, benchmark uuid.UUID, want int, when string) {
	t.Helper()
	wantLargeAt(ctx, t, repos, benchmark, []string{"n", "m"}, want, when)
}

func wantLargeAt(ctx context.Context, t *testing.T, repos ports.Repos, benchmark uuid.UUID, names []string, want int, when string) {
	t.Helper()
	for _, name := range names {
		page, err := repos.Results.List(ctx, ports.ResultQuery{
			BenchmarkIDs: []uuid.UUID{benchmark}, ListOptions: storetest.PageRequest(1, 5),
			Filters: []filter.Condition{{Path: filter.Names(name), Operator: filter.Greater, Kind: filter.Number, Value: "9"}},
		})
		if err != nil {
			t.Fatal(err)
		}
		if page.Total != want {
			t.Errorf("%s: total of %s %d, want %d", when, name, page.Total, want)
		}
	}
}

// The total of a filtered list is that of the results there are, after any change.
func TestTotalsFollowTheResults(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, store *gormdb.Store) {
		results := counted(t, store)
		ctx, repos, benchmark := t.Context(), store.Repos(), results[0].Benchmark.ID
		wantLarge(ctx, t, repos, benchmark, 10, "the first time")
		if err := repos.Results.Add(ctx, another(results[0], 10)); err != nil {
			t.Fatal(err)
		}
		wantLarge(ctx, t, repos, benchmark, 11, "after an upload")
		if err := repos.Results.SetVisibility(ctx, results[19].ID, domain.Visibility{Hidden: true}); err != nil {
			t.Fatal(err)
		}
		wantLarge(ctx, t, repos, benchmark, 10, "after a result was hidden")
		undone := errors.New("undo")
		if err := store.Do(ctx, func(ctx context.Context, within ports.Repos) error {
			err := errors.Join(within.Results.Add(ctx, another(results[0], 11)), within.Results.Add(ctx, another(results[0], 12)))
			wantLarge(ctx, t, within, benchmark, 12, "within a unit of work")
			return errors.Join(err, undone)
		}); !errors.Is(err, undone) {
			t.Fatal(err)
		}
		for _, n := range []int{1, 2} { // as many changes as were undone
			if err := repos.Results.Add(ctx, another(results[0], n)); err != nil {
				t.Fatal(err)
			}
		}
		wantLarge(ctx, t, repos, benchmark, 10, "after a unit of work was undone")
	})
}

// The index of values is counted once for a list, and again after a minute.
func TestTotalsAreKeptForAMinute(t *testing.T) {
	for _, c := range []struct {
		name   string
		open   func(testing.TB, ...gormdb.Option) *gormdb.Store
		number string
	}{
		{"postgres", storetest.Postgres, "CAST(json ->> 'n' AS integer)"},
		{"sqlite", storetest.SQLite, "json ->> 'n'"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var lists *resultlist.Lists
			store := c.open(t, gormdb.WithLists(func(l *resultlist.Lists) { lists = l }))
			results := counted(t, store)
			benchmark := results[0].Benchmark.ID
			wantLargeAt(t.Context(), t, store.Repos(), benchmark, []string{"n"}, 10, "the first time")
			// Nothing notices this.
			storetest.Execute(t, store, "DELETE FROM result_value WHERE result_id IN (SELECT id FROM result WHERE "+c.number+" > 15)")
			wantLargeAt(t.Context(), t, store.Repos(), benchmark, []string{"n"}, 10, "the second time")
			lists.References.Now = func() time.Time { return time.Now().Add(references.MaxAge) }
			wantLargeAt(t.Context(), t, store.Repos(), benchmark, []string{"n"}, 6, "after a minute")
		})
	}
}
