package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/adapters/gormdb/storetest"
	"github.com/eosc-perf/backend/core/document"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/ports"
	"github.com/eosc-perf/backend/ports/conformance"
)

// measured are results of a benchmark with a metric, whose first one is stored.
func measured(ctx context.Context, t storetest.T, store *gormdb.Store, documents []string, metric domain.Metric) []*domain.Result {
	t.Helper()
	results := storetest.Results("measured", 1+len(documents))
	results[0].Benchmark.Metrics = []domain.Metric{metric}
	for i, result := range results[1:] {
		value, err := document.Parse(ctx, []byte(documents[i]), document.StoredLimits)
		if err != nil {
			t.Fatalf("parse %s: %v", documents[i], err)
		}
		result.JSON, result.Digest = value.Append(nil), uuid.NewString()
		result.ImageDigest = []string{"", "sha256:1"}[i%2]
	}
	if err := storetest.Add(ctx, store, results[:1]); err != nil {
		t.Fatalf("%v", err)
	}
	if err := store.DeriveMetrics(ctx, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatalf("%v", err)
	}
	return results[1:]
}

// Triggers derive what other programs write. They cost an upload more time.
func TestTheServerDerivesWhatFollowsFromUploads(t *testing.T) {
	for name, add := range map[string]func(ctx context.Context, r ports.Results, list []*domain.Result) error{
		"one by one": func(ctx context.Context, r ports.Results, list []*domain.Result) error {
			for _, result := range list {
				if err := r.Add(ctx, result); err != nil {
					return err
				}
			}
			return nil
		},
		"together": func(ctx context.Context, r ports.Results, list []*domain.Result) error {
			_, err := r.AddAll(ctx, append(list, list[0])) // the digest of the last one is held
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			store := storetest.SQLite(t)
			metric := domain.Metric{Path: "score", Samples: "runs", Resource: "machine.cores", Label: "machine.name"}
			list := measured(t.Context(), t, store, []string{
				`{"score":1.50,"runs":[1, 2.0, -0],"machine":{"cores":4,"name":"a \"b\"\n"}}`, `{"score":{"no": "number"}}`, `{}`,
				`{"score":null,"runs":[],"machine":[{"cores":4}]}`, fmt.Sprintf(`{"score":1,"machine":{"name":%q}}`, fmt.Sprintf("%02000d", 1)),
			}, metric)
			storetest.ExecuteAll(t, store, "DROP TRIGGER result_metric_insert", "DROP TRIGGER result_value_insert")
			if err := add(t.Context(), store.Repos().Results, list); err != nil {
				t.Fatal(err)
			}
			storetest.WantNoDifferences(t, store, "uploads without triggers")
			if n := storetest.Query[int](t, store, "SELECT count(*) FROM result_metric")[0]; n != 1+len(list) {
				t.Errorf("%d results have values of metrics, want %d", n, 1+len(list))
			}
		})
	}
}

// A result of a benchmark without indexed paths has no keys, and nothing is left to derive.
func TestNothingIsLeftToDeriveOfAnUploadWithoutIndexedPaths(t *testing.T) {
	store := storetest.SQLite(t)
	results := storetest.Results("free", 2)
	results[0].Benchmark.JSONSchema = []byte(`{}`)
	storetest.MustAdd(t, store, results[:1])
	storetest.ExecuteAll(t, store,
		"CREATE TRIGGER noted BEFORE INSERT ON result_value_pending BEGIN SELECT RAISE(FAIL, 'left to derive'); END")
	results[1].JSON = fmt.Appendf(nil, `{"text":%q}`, strings.Repeat("x", 200_000))
	if err := store.Repos().Results.Add(t.Context(), results[1]); err != nil {
		t.Fatal(err)
	}
	storetest.WantNoDifferences(t, store, "an upload")
	if n := storetest.Query[int](t, store, "SELECT count(*) FROM result_outline")[0]; n != 1 {
		t.Errorf("%d outlines, want that of the large document", n)
	}
}

// The server derives from documents before the transaction, with the metrics and paths that it knows
// of the last upload.
func TestTheServerDerivesWithTheMetricsThatCountNow(t *testing.T) {
	store := storetest.SQLite(t)
	document := `{"score":1,"other":2,"runs":[3]}`
	list := measured(t.Context(), t, store, []string{document, document, document, document}, domain.Metric{Path: "score"})
	add := func(result *domain.Result) {
		t.Helper()
		if err := store.Repos().Results.Add(t.Context(), result); err != nil {
			t.Fatal(err)
		}
		storetest.WantNoDifferences(t, store, "an upload")
	}
	change := func(metrics ...domain.Metric) {
		t.Helper()
		set := func(ctx context.Context, r ports.Repos) error {
			return r.Benchmarks.SetMetrics(ctx, list[0].Benchmark.ID, metrics)
		}
		if err := store.Do(t.Context(), set); err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(store.DeriveMetrics(t.Context(), slog.New(slog.DiscardHandler)), store.FillValues(t.Context())); err != nil {
			t.Fatal(err)
		}
	}
	add(list[0])
	change(domain.Metric{Path: "other", Samples: "runs"}, domain.Metric{Path: "runs"})
	add(list[1])
	change()
	add(list[2])
	change(domain.Metric{Path: "score"})
	add(list[3])
}

// For any documents and metrics, the server derives the same as the triggers would, byte for byte.
func TestTheServerDerivesAsTriggersDo(t *testing.T) {
	store := storetest.SQLite(t)
	rapid.Check(t, func(t *rapid.T) {
		path := func(name string) string {
			path, _ := filter.ParsePath(conformance.Paths().Draw(t, name), 100)
			return path.String()
		}
		metric := domain.Metric{Path: path("path"), Samples: path("samples"), Resource: path("resource"), Label: path("label")}
		documents := rapid.SliceOfN(conformance.Documents(), 1, 10).Draw(t, "documents")
		list := measured(t.Context(), t, store, documents, metric)
		if _, err := store.Repos().Results.AddAll(t.Context(), list); err != nil {
			t.Fatal(err)
		}
		differences, err := store.CheckDerived(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range differences {
			if d.Count != 0 {
				t.Fatalf("metric %+v of %q: %s: %d", metric, documents, d.What, d.Count)
			}
		}
	})
}
