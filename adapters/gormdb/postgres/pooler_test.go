package postgres_test

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
	"github.com/eosc-perf/backend/adapters/gormdb/postgres/pgtest"
	"github.com/eosc-perf/backend/adapters/gormdb/storetest"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

func TestPoolerIsFoundOut(t *testing.T) {
	database := storetest.Database(t)
	for mode, connections := range map[string]int{"session": 4, "transaction": 4, "": 0} {
		place := database
		if mode != "" {
			place = &pgtest.StartPooler(t, database, mode, connections).Database
		}
		store := storetest.Connect(t, place)
		if err := store.Ready(t.Context()); err != nil {
			t.Errorf("%q: %v", mode, err)
		}
		if got := store.Pool().Pooler; got != mode {
			t.Errorf("found %q, want %q", got, mode)
		}
	}
}

// Whatever the sizes of its pools, and whichever session it takes next.
func TestPoolerIsFoundOutHoweverItIsSet(t *testing.T) {
	database := storetest.Database(t)
	for _, tt := range []struct {
		mode        string
		connections int
		settings    []string
	}{
		{"transaction", 2, []string{"server_round_robin = 1", "min_pool_size = 2"}},
		{"transaction", 3, []string{"server_round_robin = 1", "min_pool_size = 3"}},
		{"transaction", 1, nil},
		{"transaction", 4, []string{"server_reset_query_always = 1"}},
		{"session", 2, []string{"server_round_robin = 1", "min_pool_size = 2"}},
		{"session", 1, nil},
	} {
		pooler := pgtest.StartPooler(t, database, tt.mode, tt.connections, tt.settings...)
		occupy(t, pooler, tt.connections)
		config := storetest.Config(&pooler.Database)
		config.MaxConnections = 1
		opened, err := postgres.Open(t.Context(), config)
		store := storetest.CloseAfter(t, opened, err)
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		if err := store.Ready(ctx); err != nil {
			t.Errorf("%+v: %v", tt, err)
		}
		cancel()
		if got := store.Pool().Pooler; got != tt.mode {
			t.Errorf("%+v: found %q", tt, got)
		}
	}
}

// occupy lets the pooler make so many connections to the database, which are idle then.
func occupy(t *testing.T, pooler *pgtest.Pooler, connections int) {
	t.Helper()
	db := storetest.OpenSQL(t, &pooler.Database)
	var wait sync.WaitGroup
	for range connections {
		wait.Go(func() {
			if _, err := db.ExecContext(t.Context(), "SELECT pg_sleep(0.2)"); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestStatementPoolerIsNamed(t *testing.T) {
	store := storetest.Connect(t, &pgtest.StartPooler(t, storetest.Database(t), "statement", 4).Database)
	err := store.Ready(t.Context())
	if fault := gormdb.FaultOf(err); fault == nil || !strings.Contains(fault.Remedy, "pool_mode = transaction") {
		t.Errorf("got %v, want what to set", err)
	}
}

// behindPooler opens a new database through a transaction pooler.
func behindPooler(t *testing.T, connections int, pooler postgres.Pooler) (through, direct *gormdb.Store) {
	t.Helper()
	database := storetest.Database(t)
	config := storetest.Config(&pgtest.StartPooler(t, database, "transaction", connections).Database)
	config.Pooler, config.MaxConnections = pooler, 30
	store, err := postgres.Open(t.Context(), config)
	return storetest.CloseAfter(t, store, err), storetest.Connect(t, database)
}

func TestCommitThatFailsIsReportedBehindATransactionPooler(t *testing.T) {
	store, _ := behindPooler(t, 3, postgres.TransactionPooler)
	storetest.ExecuteAll(t, store,
		"CREATE TABLE parent (id int PRIMARY KEY)",
		"CREATE TABLE child (id int REFERENCES parent DEFERRABLE INITIALLY DEFERRED)")
	var ids []int
	if err := store.DB().Raw("INSERT INTO child VALUES (1) RETURNING id").Scan(&ids).Error; err == nil {
		t.Error("rows: a commit that the database refused gave no error")
	}
	if err := store.DB().Exec("INSERT INTO child VALUES (1)").Error; err == nil {
		t.Error("a statement: a commit that the database refused gave no error")
	}
	if n := storetest.Query[int](t, store, "SELECT count(*) FROM child")[0]; n != 0 {
		t.Errorf("%d rows are stored", n)
	}
}

// Another program leaves settings in the sessions, and statements with our names.
func TestLeftoversOfOthersDoNotReachUs(t *testing.T) {
	database := storetest.Database(t)
	pooler := pgtest.StartPooler(t, database, "transaction", 2)
	config := storetest.Config(&pooler.Database)
	store, err := postgres.Open(t.Context(), config)
	store = storetest.CloseAfter(t, store, err)
	other := storetest.OpenSQL(t, &pooler.Database)
	for range 5 {
		for _, statement := range []string{"SET search_path = pg_catalog", "SET TimeZone = 'Asia/Kathmandu'", "SET statement_timeout = '200ms'"} {
			if _, err := other.ExecContext(t.Context(), statement); err != nil {
				t.Fatal(err)
			}
		}
		if err := addTag(t.Context(), store); err != nil {
			t.Fatal(err)
		}
		const settings = "SELECT current_setting('TimeZone') || ' ' || current_schema() || pg_sleep(0.3)"
		if got := storetest.Query[string](t, store, settings)[0]; got != "UTC public" {
			t.Fatalf("a statement was run in %s", got)
		}
	}
}

func TestConcurrentWorkBehindATransactionPooler(t *testing.T) {
	store, direct := behindPooler(t, 3, postgres.AnyPooler)
	const workers, rounds = 20, 9
	var wait sync.WaitGroup
	failed := make(chan error, workers*rounds*2)
	for range workers {
		wait.Go(func() {
			for range rounds {
				if err := addTag(t.Context(), store); err != nil {
					failed <- err
				}
				if _, err := store.Repos().Tags.Get(t.Context(), uuid.New()); !errors.Is(err, ports.ErrNotFound) {
					failed <- err
				}
			}
		})
	}
	wait.Wait()
	close(failed)
	for err := range failed {
		t.Error(err)
	}
	if n := storetest.Query[int](t, direct, "SELECT count(*) FROM tag")[0]; n != workers*rounds {
		t.Errorf("%d tags are stored, want %d", n, workers*rounds)
	}
}

func TestValuesAreFilledByOneProgramBehindATransactionPooler(t *testing.T) {
	store, direct := behindPooler(t, 5, postgres.TransactionPooler)
	storetest.ExecuteAll(t, direct, `INSERT INTO result_leaf (benchmark_id, path, filled) VALUES (gen_random_uuid(), 'a', false)`)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := store.FillValues(ctx); err != nil {
		t.Fatal(err)
	}
	if n := storetest.Query[int](t, direct, "SELECT count(*) FROM result_leaf WHERE NOT filled")[0]; n != 0 {
		t.Errorf("%d paths are not filled", n)
	}
	// Tests of other packages use other databases of this server.
	const locks = "SELECT count(*) FROM pg_locks JOIN pg_database ON oid = database " +
		"WHERE locktype = 'advisory' AND datname = current_database()"
	if n := storetest.Query[int](t, direct, locks)[0]; n != 0 {
		t.Errorf("%d advisory locks are left", n)
	}
}

func addTag(ctx context.Context, store *gormdb.Store) error {
	return store.Do(ctx, func(ctx context.Context, r ports.Repos) error {
		id := uuid.New()
		return r.Tags.Add(ctx, &domain.Tag{ID: id, Name: id.String()})
	})
}

// TestClientsThatLeaveCostThePoolerNoSession: PgBouncer begins sessions one by one, so that clients that leave would stop
// the others. What takes long ends nevertheless.
func TestClientsThatLeaveCostThePoolerNoSession(t *testing.T) {
	store, _ := behindPooler(t, 1, postgres.TransactionPooler)
	session := func() int { return storetest.Query[int](t, store, "SELECT pg_backend_pid()")[0] }
	const short, long = "SELECT pg_sleep(0.1)", "SELECT pg_sleep(300)"
	for name, work := range map[string]func(db *gorm.DB, statement string) error{
		"a statement": func(db *gorm.DB, statement string) error { return db.Exec(statement).Error },
		"rows":        func(db *gorm.DB, statement string) error { return db.Raw(statement).Scan(new([]string)).Error },
		"a transaction": func(db *gorm.DB, statement string) error {
			return db.Transaction(func(tx *gorm.DB) error { return tx.Exec(statement).Error })
		},
	} {
		t.Run(name, func(t *testing.T) {
			leave := func(statement string) error {
				ctx, cancel := context.WithCancel(t.Context())
				time.AfterFunc(20*time.Millisecond, cancel)
				return work(store.DB().WithContext(ctx), statement)
			}
			before := session()
			for range 5 {
				_ = leave(short) // it may have been quick enough
			}
			if after := session(); after != before {
				t.Errorf("the session %d came to an end, the next is %d", before, after)
			}
			if err := leave(long); err == nil {
				t.Error("a statement of five minutes came to its end")
			}
		})
	}
}
