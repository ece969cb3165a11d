package derived_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/adapters/gormdb/resultlist"
	"github.com/eosc-perf/backend/adapters/gormdb/storetest"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/ports"
)

// An embedded database has its values as soon as results are there, and says so in its plan.
func TestEmbeddedDatabaseIndexesValuesAtOnce(t *testing.T) {
	store := storetest.SQLite(t)
	results := storetest.Results("a", 3)
	results[0].Benchmark.JSONSchema = []byte(`{"properties":{"n":{"type":"number"},"jobs":{"type":"array"}}}`)
	results[0].Benchmark.Metrics = []domain.Metric{{Path: `jobs[name="read"].iops`, Source: domain.DeclaredMetric}}
	for i, result := range results {
		result.JSON = fmt.Appendf(nil, `{"n":%d,"jobs":[{"name":"write","iops":1},{"name":"read","iops":%d}]}`, i, 10*i)
	}
	storetest.MustAdd(t, store, results)
	for text, want := range map[string]int{"n > 0": 2, "n == 1": 1, `jobs[name="read"].iops >= 10`: 2} {
		condition, err := filter.ParseCondition(text, filter.Limits{PathParts: 9, NumberLength: 99, Exponent: 99})
		if err != nil {
			t.Fatal(err)
		}
		q := ports.ResultQuery{
			BenchmarkIDs: []uuid.UUID{results[0].Benchmark.ID}, Filters: []filter.Condition{condition},
			ListOptions: storetest.PageRequest(1, 10),
		}
		q.Sort = storetest.SortBy(t, "-json.n")
		plan, err := store.ExplainList(t.Context(), q)
		if err != nil || plan.Plan != string(resultlist.ByValueIndex) {
			t.Errorf("%s is read %s (%v), want by the value index", text, plan.Plan, err)
		}
		if page := storetest.List(t, store, q); page.Total != want {
			t.Errorf("%s: %d results, want %d", text, page.Total, want)
		}
	}
	storetest.WantNoDifferences(t, store, "uploads")
}

// missingPaths counts the indexed paths that lack values of old results.
func missingPaths(t *testing.T, store *gormdb.Store) int {
	t.Helper()
	return storetest.Query[int](t, store, "SELECT count(*) FROM result_leaf WHERE NOT filled")[0]
}

func TestBackfillWritesTheValuesOfOldResults(t *testing.T) {
	storetest.OnEachDatabase(t, backfillWritesTheValuesOfOldResults)
}

func backfillWritesTheValuesOfOldResults(t *testing.T, store *gormdb.Store) {
	results := storetest.Results("a", 3)
	storetest.MustAdd(t, store, results)
	storetest.Execute(t, store, `UPDATE benchmark SET json_schema = '{"properties":{"n":{}}}'`)
	storetest.WantNoDifferences(t, store, "another schema")
	if err := store.FillValues(t.Context()); err != nil {
		t.Fatal(err)
	}
	values := storetest.Query[int](t, store, "SELECT count(*) FROM result_value")[0]
	if got := missingPaths(t, store); got != 0 || values != len(results) {
		t.Errorf("%d indexed paths lack values, and there are %d values, want 0 and %d", got, values, len(results))
	}
	storetest.WantNoDifferences(t, store, "filling")
}

// withoutTriggers are the statements after which no trigger runs.
var withoutTriggers = map[string][]string{
	"postgres": {"SET LOCAL session_replication_role = replica"},
	"sqlite": {
		"DROP TRIGGER result_count_delete", "DROP TRIGGER result_metric_update", "DROP TRIGGER result_metric_delete",
		"DROP TRIGGER result_value_update", "DROP TRIGGER result_value_delete", "DROP TRIGGER result_leaf_update",
		"DROP TRIGGER result_outline_update", "DROP TRIGGER result_outline_delete",
	},
}

// A program that writes without triggers leaves wrong counts and values behind.
func TestRepairCorrectsEveryDerivedTable(t *testing.T) {
	storetest.OnEachDatabase(t, repairCorrectsEveryDerivedTable)
}

func repairCorrectsEveryDerivedTable(t *testing.T, store *gormdb.Store) {
	results := storetest.Results("a", 3)
	results[0].Benchmark.JSONSchema = []byte(`{"properties":{"n":{"metric":{}},"list":{"items":{"type":"number"}}}}`)
	for _, result := range results {
		result.JSON = fmt.Appendf(nil, `{"n":1,"list":[1,2,2],"text":%q}`, strings.Repeat("x", 20_000))
	}
	storetest.MustAdd(t, store, results)
	if err := store.DeriveMetrics(t.Context(), slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	err := store.DB().Transaction(func(tx *gorm.DB) error {
		for _, statement := range append(withoutTriggers[store.DB().Name()],
			"DELETE FROM result WHERE id = (SELECT id FROM result ORDER BY id LIMIT 1)",
			`UPDATE result SET json = '{"n":5}'`,
			`UPDATE benchmark SET json_schema = '{"properties":{"n":{},"m":{}}}'`,
		) {
			if err := tx.Exec(statement).Error; err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	differences, err := store.CheckDerived(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range differences {
		if d.Count == 0 {
			t.Errorf("%s: none, want some", d.What)
		}
	}
	if err := store.RepairDerived(t.Context(), func(context.Context, ports.Repos) error { return nil }); err != nil {
		t.Fatal(err)
	}
	storetest.WantNoDifferences(t, store, "the repair")
	if got := missingPaths(t, store); got != 0 {
		t.Errorf("%d indexed paths lack values after the repair", got)
	}
}
