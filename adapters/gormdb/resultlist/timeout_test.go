package resultlist_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/adapters/gormdb/postgres"
	"github.com/eosc-perf/backend/adapters/gormdb/storetest"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/ports"
)

// withFewConnections opens a store with few connections, and another store to lock tables.
func withFewConnections(t *testing.T, timeout time.Duration, options ...gormdb.Option) (store, other *gormdb.Store) {
	t.Helper()
	database := storetest.Database(t)
	config := storetest.Config(database)
	config.MaxConnections, config.QueryTimeout = 4, timeout
	store, err := postgres.Open(t.Context(), config, options...)
	return storetest.CloseAfter(t, store, err), storetest.Connect(t, database)
}

// lockTable keeps everybody from a table until release is called.
func lockTable(t *testing.T, store *gormdb.Store, table string) (release func()) {
	t.Helper()
	tx := store.DB().Begin()
	if err := tx.Exec("LOCK TABLE " + table + " IN ACCESS EXCLUSIVE MODE").Error; err != nil {
		t.Fatal(err)
	}
	release = sync.OnceFunc(func() { tx.Rollback() })
	t.Cleanup(release)
	return release
}

func filtered(results []*domain.Result) ports.ResultQuery {
	return ports.ResultQuery{
		BenchmarkIDs: []uuid.UUID{results[0].Benchmark.ID}, ListOptions: storetest.PageRequest(1, 10),
		Filters: []filter.Condition{{Path: filter.Names("n"), Operator: filter.Greater, Kind: filter.Number, Value: "4"}},
	}
}

func TestSlowQueryIsUnavailable(t *testing.T) {
	store, other := withFewConnections(t, time.Second)
	storetest.MustAdd(t, store, storetest.Results("a", 1))
	lockTable(t, other, "result")
	_, err := store.Repos().Results.List(t.Context(), ports.ResultQuery{ListOptions: storetest.PageRequest(1, 10)})
	refusal, ok := errors.AsType[*domain.Error](err)
	if !ok || refusal.Kind != domain.Unavailable || refusal.RetryAfter == 0 || !strings.Contains(refusal.Message, "Choose fewer results") {
		t.Errorf("a query that takes too long: %v, want one that is Unavailable and says what to do", err)
	}
}

func TestCancelledRequestCancelsTheQuery(t *testing.T) {
	store, other := withFewConnections(t, time.Minute)
	results := storetest.Results("a", 1)
	storetest.MustAdd(t, store, results)
	for name, q := range map[string]ports.ResultQuery{
		"light": {ListOptions: storetest.PageRequest(1, 10)},
		"heavy": filtered(results),
	} {
		release := lockTable(t, other, "result")
		ctx, goAway := context.WithCancel(t.Context())
		answered := make(chan error, 1)
		go func() {
			_, err := store.Repos().Results.List(ctx, q)
			answered <- err
		}()
		eventually(t, name+": the query waits", func() bool { return waiting(t, other.DB()) == 1 })
		goAway()
		if err := <-answered; !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v, want that it is cancelled", name, err)
		}
		eventually(t, name+": nothing is left of the query", func() bool { return waiting(t, other.DB()) == 0 })
		release()
	}
}

// waiting counts the queries that wait for a table.
func waiting(t *testing.T, db *gorm.DB) (count int) {
	t.Helper()
	err := db.Raw(`SELECT count(*) FROM pg_stat_activity
		WHERE datname = current_database() AND state = 'active' AND wait_event_type = 'Lock'`).Scan(&count).Error
	if err != nil {
		t.Fatal(err)
	}
	return count
}

// patience bounds what should happen, on a machine that has much else to do.
const patience = 3 * time.Minute

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !holds(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not so after %v: %s", patience, what)
		}
	}
}

// A heavy list ends after the time for such lists, which SQLite has no other bound for.
func TestHeavyListsTakeNoLongerThanTheTimeout(t *testing.T) {
	store, other := withFewConnections(t, time.Minute, gormdb.WithHeavyTimeout(300*time.Millisecond))
	results := storetest.Results("a", 1)
	storetest.MustAdd(t, store, results)
	lockTable(t, other, "result_leaf")
	_, err := store.Repos().Results.List(t.Context(), filtered(results))
	if refusal, ok := errors.AsType[*domain.Error](err); !ok || refusal.Kind != domain.Unavailable {
		t.Errorf("a heavy list that takes too long: %v, want that it is Unavailable", err)
	}
}
