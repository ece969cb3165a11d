package service_test

import (
	"context"
	"fmt"
	"log/slog"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/adapters/gormdb/storetest"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/service"
	"github.com/eosc-perf/backend/ports"
)

// fixedClock is a clock that stands.
type fixedClock struct{ now time.Time }

func (c *fixedClock) Now() time.Time { return c.now }

// What is chosen among values that are kept is what the database chooses, as long as nothing changes.
func TestKeptValuesAreThoseOfTheDatabase(t *testing.T) {
	storetest.OnEachDatabase(t, func(t *testing.T, store *gormdb.Store) {
		const n = 40
		metric := domain.Metric{Path: "n", Source: domain.DeclaredMetric}
		results := storetest.Results("kept", n)
		places := []*domain.Result{results[0], storetest.Results("", 1)[0], storetest.Results("", 1)[0]}
		for _, place := range places {
			place.Site.Upload, place.Flavor.Upload = results[0].Upload, results[0].Upload
		}
		for i, result := range results {
			at := places[i%len(places)]
			result.Site, result.Flavor = at.Site, at.Flavor
			result.UploadedAt = result.UploadedAt.Add(time.Duration(i) * time.Microsecond)
			result.ExecutedAt = results[0].ExecutedAt.Add(time.Duration(i*i) * time.Microsecond)
			result.JSON = fmt.Appendf(nil, `{"n":%d}`, i)
		}
		results[0].Benchmark.Metrics = []domain.Metric{metric}
		storetest.MustAdd(t, store, results[:n-1])
		if err := store.DeriveMetrics(t.Context(), slog.New(slog.DiscardHandler)); err != nil {
			t.Fatal(err)
		}
		clock := &fixedClock{time.Now()}
		values, stored := service.NewValues(clock), store.Repos().Measurements
		reads := 0
		read := func(t interface{ Fatal(args ...any) }, q ports.ResultQuery) (kept, want domain.Measurements) {
			query := ports.MeasurementQuery{ResultQuery: q, Metrics: []domain.Metric{metric}}
			query.BenchmarkIDs = []uuid.UUID{results[0].Benchmark.ID}
			want, err := stored.Measure(context.Background(), query)
			if err != nil {
				t.Fatal(err)
			}
			kept, _, err = values.Read(context.Background(), stored, query, func() (domain.Measurements, bool, error) {
				reads++
				return want, false, nil
			})
			if err != nil {
				t.Fatal(err)
			}
			return kept, want
		}
		some := ports.ResultQuery{SiteIDs: []uuid.UUID{places[1].Site.ID}}
		if found, _ := read(t, some); found.Complete || len(found.Items) != 13 {
			t.Fatalf("one site: %d results, complete %v", len(found.Items), found.Complete)
		}
		if found, _ := read(t, ports.ResultQuery{}); !found.Complete || len(found.Items) != n-1 || reads != 2 {
			t.Fatalf("all: %d results, complete %v, after %d reads", len(found.Items), found.Complete, reads)
		}
		rapid.Check(t, func(t *rapid.T) {
			var q ports.ResultQuery
			for _, place := range places {
				if rapid.IntRange(0, 2).Draw(t, "site") == 0 {
					q.SiteIDs = append(q.SiteIDs, place.Site.ID)
				}
				if rapid.IntRange(0, 3).Draw(t, "flavor") == 0 {
					q.FlavorIDs = append(q.FlavorIDs, place.Flavor.ID)
				}
			}
			near := func(from time.Time, most int) *time.Time {
				if rapid.Bool().Draw(t, "any time") {
					return nil
				}
				at := from.Add(time.Duration(rapid.IntRange(-1500, most*1000).Draw(t, "nanoseconds")))
				return &at
			}
			q.Uploaded = ports.Window{After: near(results[0].UploadedAt, n), Before: near(results[0].UploadedAt, n)}
			q.Executed = ports.Window{After: near(results[0].ExecutedAt, n*n), Before: near(results[0].ExecutedAt, n*n)}
			q.AsOf = near(results[0].UploadedAt, n)
			kept, want := read(t, q)
			if len(kept.Items)+len(want.Items) > 0 && !reflect.DeepEqual(kept.Items, want.Items) {
				t.Fatalf("%+v:\n%d kept, %d in the database", q, len(kept.Items), len(want.Items))
			}
		})
		if reads != 2 {
			t.Errorf("%d reads", reads)
		}
		if err := store.Repos().Results.Add(t.Context(), results[n-1]); err != nil {
			t.Fatal(err)
		}
		if found, want := read(t, some); len(found.Items) != len(want.Items) || reads != 3 {
			t.Errorf("after an upload: %d results, want %d", len(found.Items), len(want.Items))
		}
		read(t, ports.ResultQuery{})
		clock.now = clock.now.Add(time.Hour)
		if read(t, ports.ResultQuery{}); reads != 5 {
			t.Errorf("%d reads: an hour later the values are not read again", reads)
		}
	})
}

// steady has the same results for ever.
type steady struct{ ports.Measurements }

func (steady) Version(context.Context, []uuid.UUID) (ports.DataVersion, error) {
	return ports.DataVersion{}, nil
}

// TestLongTextsAreNotKept: the values of a path may be long texts of documents.
func TestLongTextsAreNotKept(t *testing.T) {
	for _, c := range []struct{ length, reads int }{{10, 1}, {1 << 20, 2}} {
		values, reads := service.NewValues(&fixedClock{time.Now()}), 0
		for range 2 {
			_, _, err := values.Read(t.Context(), steady{}, ports.MeasurementQuery{}, func() (domain.Measurements, bool, error) {
				reads++
				items := make([]domain.Measurement, 50)
				for i := range items {
					items[i].Others = []string{strconv.Itoa(i) + strings.Repeat("x", c.length)}
				}
				return domain.Measurements{Items: items, Complete: true}, false, nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if reads != c.reads {
			t.Errorf("50 texts of %d bytes were read %d times, want %d", c.length, reads, c.reads)
		}
	}
}
