package measurements_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/adapters/gormdb/measurements"
	"github.com/eosc-perf/backend/adapters/gormdb/storetest"
	"github.com/eosc-perf/backend/core/document"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/ports"
	"github.com/eosc-perf/backend/ports/conformance"
)

func TestEveryDatabaseAcceptsTheStatements(t *testing.T) {
	storetest.OnEachDatabase(t, func(t *testing.T, store *gormdb.Store) { storetest.WantPrepared(t, store, measurements.Statements) })
}

// write lists what was measured, by result.
func write(found domain.Measurements) (texts []string) {
	for _, m := range found.Items {
		text := fmt.Sprintf("%s %t %g", m.ResultID, m.HasValue, m.Value)
		text += " " + m.ImageDigest
		if m.Resource != nil {
			text += fmt.Sprintf(" x %g", *m.Resource)
		}
		texts = append(texts, text)
	}
	return texts
}

// For any documents and metrics, both databases measure the same, from documents and from the
// values that triggers derived.
func TestMeasurementsAreTheSameEverywhere(t *testing.T) {
	stores := []*gormdb.Store{storetest.Postgres(t), storetest.SQLite(t)}
	silent := slog.New(slog.DiscardHandler)
	rapid.Check(t, func(t *rapid.T) {
		documents := rapid.SliceOfN(conformance.Documents(), 1, 15).Draw(t, "documents")
		metric := domain.UndeclaredMetric(canonical(conformance.Paths().Draw(t, "path")))
		metric.Source = domain.DeclaredMetric
		if rapid.Bool().Draw(t, "has more") {
			metric.Samples = canonical(conformance.Paths().Draw(t, "samples"))
			metric.Resource = canonical(conformance.Paths().Draw(t, "resource"))
			metric.Label = canonical(conformance.Paths().Draw(t, "label"))
		}
		results := storetest.Results("measured", len(documents))
		for i, text := range documents {
			results[i].ImageDigest = []string{"", "sha256:1"}[i%2]
			results[i].JSON = stored(t, text)
		}
		results[0].Benchmark.Metrics = []domain.Metric{metric}
		late := results[len(results)/2:]
		q := ports.MeasurementQuery{
			ResultQuery: ports.ResultQuery{BenchmarkIDs: []uuid.UUID{results[0].Benchmark.ID}}, Metrics: []domain.Metric{metric},
			All: rapid.Bool().Draw(t, "all"),
		}
		var answers [][]string
		measure := func(store *gormdb.Store) {
			found, err := store.Repos().Measurements.Measure(t.Context(), q)
			if err != nil {
				t.Fatalf("%s: %v", store.DB().Name(), err)
			}
			answers = append(answers, write(found))
		}
		for _, store := range stores {
			if err := storetest.Add(t.Context(), store, results[:len(results)/2+1]); err != nil {
				t.Fatalf("%s: %v", store.DB().Name(), err)
			}
			for _, result := range late[1:] {
				if err := store.Repos().Results.Add(t.Context(), result); err != nil {
					t.Fatalf("%s: %v", store.DB().Name(), err)
				}
			}
			measure(store)
			if err := store.DeriveMetrics(t.Context(), silent); err != nil {
				t.Fatalf("%s: %v", store.DB().Name(), err)
			}
			measure(store)
		}
		for _, answer := range answers[1:] {
			if !slices.Equal(answer, answers[0]) {
				t.Fatalf("metric %+v of %q:\n%q\n%q", metric, documents, answers[0], answer)
			}
		}
	})
}

// stored is the form in which uploads are stored.
func stored(t *rapid.T, text string) []byte {
	value, err := document.Parse(t.Context(), []byte(text), document.StoredLimits)
	if err != nil {
		t.Fatalf("parse %s: %v", text, err)
	}
	return value.Append(nil)
}

// canonical is a path as declarations hold it.
func canonical(text string) string {
	path, _ := filter.ParsePath(text, 100)
	return path.String()
}

const measured = `{"t": 3, "all": "1:2:6", "cores": 4, "cpu": "x"}`

func withMetric(count int) ([]*domain.Result, domain.Metric) {
	metric := domain.Metric{Path: "t", Samples: "all", Resource: "cores", Label: "cpu", Source: domain.DeclaredMetric}
	results := storetest.Results("derived", count)
	for _, result := range results {
		result.JSON = []byte(measured)
	}
	results[0].Benchmark.Metrics = []domain.Metric{metric}
	return results, metric
}

// The embedded database reads the columns of a row as one text.
func TestTextsMayHaveTheSeparatorOfColumns(t *testing.T) {
	store := storetest.SQLite(t)
	results, metric := withMetric(3)
	storetest.MustAdd(t, store, results)
	if err := store.DeriveMetrics(t.Context(), slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	storetest.ExecuteAll(t, store,
		`UPDATE result_metric SET label = '"a' || char(31) || '"', uploader_sub = 'x' || char(31) || 'y'
			WHERE result_id = '`+results[1].ID.String()+"'",
		`UPDATE result_metric SET label = NULL, samples = char(30) WHERE result_id = '`+results[2].ID.String()+"'")
	found, err := store.Repos().Measurements.Measure(t.Context(), ports.MeasurementQuery{
		ResultQuery: ports.ResultQuery{BenchmarkIDs: []uuid.UUID{results[0].Benchmark.ID}}, Metrics: []domain.Metric{metric},
	})
	if err != nil || len(found.Items) != len(results) {
		t.Fatalf("%v, %v", write(found), err)
	}
	got := map[uuid.UUID]string{}
	for _, item := range found.Items {
		got[item.ResultID] = fmt.Sprintf("%s %q", item.Uploader.Subject, item.Label)
	}
	uploader := results[0].Uploader.Subject
	for i, want := range []string{uploader + ` "x"`, "x\x1fy " + fmt.Sprintf("%q", "\"a\x1f\""), uploader + ` ""`} {
		if got[results[i].ID] != want {
			t.Errorf("result %d: %s, want %s", i, got[results[i].ID], want)
		}
	}
}

func TestDerivedValuesFollowTheResults(t *testing.T) {
	storetest.OnEachDatabase(t, func(t *testing.T, store *gormdb.Store) {
		results, metric := withMetric(5)
		storetest.MustAdd(t, store, results[:3])
		silent := slog.New(slog.DiscardHandler)
		if err := store.DeriveMetrics(t.Context(), silent); err != nil {
			t.Fatal(err)
		}
		rows := func() int { return storetest.Query[int](t, store, "SELECT count(*) FROM result_metric")[0] }
		for _, step := range []struct {
			what      string
			statement string
			want      int
		}{
			{"deriving", "", 3},
			{"an upload", "upload", 5},
			{"a hidden result", "UPDATE result SET deleted = TRUE WHERE id = '" + results[0].ID.String() + "'", 4},
			{"a result that is back", "UPDATE result SET deleted = FALSE", 5},
			{"a removed result", "DELETE FROM result WHERE id = '" + results[1].ID.String() + "'", 4},
			{"another document", `UPDATE result SET json = '{"t": 7}'`, 4},
		} {
			switch step.statement {
			case "":
			case "upload":
				for _, result := range results[3:] {
					if err := store.Repos().Results.Add(t.Context(), result); err != nil {
						t.Fatal(err)
					}
				}
			default:
				storetest.Execute(t, store, step.statement)
			}
			if got := rows(); got != step.want {
				t.Errorf("after %s: %d rows, want %d", step.what, got, step.want)
			}
			storetest.WantNoDifferences(t, store, step.what)
		}
		found, err := store.Repos().Measurements.Measure(t.Context(), ports.MeasurementQuery{
			ResultQuery: ports.ResultQuery{BenchmarkIDs: []uuid.UUID{results[0].Benchmark.ID}}, Metrics: []domain.Metric{metric},
		})
		if err != nil || len(found.Items) != 4 || found.Items[0].Value != 7 {
			t.Errorf("measured %v, %v", write(found), err)
		}
		storetest.Execute(t, store, "DELETE FROM result_metric")
		if err := store.RepairDerived(t.Context(), func(context.Context, ports.Repos) error { return nil }); err != nil || rows() != 4 {
			t.Errorf("repaired: %d rows, %v", rows(), err)
		}
		if err := store.Repos().Benchmarks.SetMetrics(t.Context(), results[0].Benchmark.ID, nil); err != nil {
			t.Fatal(err)
		}
		if err := store.DeriveMetrics(t.Context(), silent); err != nil || rows() != 0 {
			t.Errorf("without metrics: %d rows, %v", rows(), err)
		}
	})
}
