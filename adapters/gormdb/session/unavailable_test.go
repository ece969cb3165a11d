package session_test

import (
	"context"
	"errors"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/adapters/gormdb/postgres"
	"github.com/eosc-perf/backend/adapters/gormdb/postgres/pgtest"
	"github.com/eosc-perf/backend/adapters/gormdb/storetest"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// requests returns the errors of all kinds of requests.
func requests(ctx context.Context, store *gormdb.Store) map[string]error {
	return map[string]error{"ping": store.Ping(ctx), "read": readTag(ctx, store), "write": addTag(ctx, store)}
}

func readTag(ctx context.Context, store *gormdb.Store) error {
	_, err := store.Repos().Tags.Get(ctx, uuid.New())
	return err
}

func addTag(ctx context.Context, store *gormdb.Store) error {
	return store.Do(ctx, func(ctx context.Context, r ports.Repos) error {
		id := uuid.New()
		return r.Tags.Add(ctx, &domain.Tag{ID: id, Name: id.String()})
	})
}

func TestServerThatIsAwayIsUnavailable(t *testing.T) {
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := listener.Addr().(*net.TCPAddr).Port
	if err := listener.Close(); err != nil { // nobody listens there now
		t.Fatal(err)
	}
	store, err := postgres.Open(t.Context(), postgres.Config{Host: "127.0.0.1", Port: port, User: "u", Password: "s3cret", Name: "n"})
	store = storetest.CloseAfter(t, store, err)
	for what, err := range requests(t.Context(), store) {
		storetest.WantUnavailable(t, what, err)
		if strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: the error tells the password: %v", what, err)
		}
	}
}

func TestServerThatHangsIsUnavailable(t *testing.T) {
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() }) // accepts, and says nothing
	port := listener.Addr().(*net.TCPAddr).Port
	store, err := postgres.Open(t.Context(), postgres.Config{Host: "127.0.0.1", Port: port, User: "u", Name: "n"})
	store = storetest.CloseAfter(t, store, err)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	storetest.WantUnavailable(t, "ping", store.Ping(ctx))
}

func TestServerThatRefusesTheConnectionIsUnavailable(t *testing.T) {
	database := *pgtest.New(t)
	database.Name = "nowhere"
	store := storetest.Connect(t, &database)
	storetest.WantUnavailable(t, "no such database", store.Ping(t.Context()))
}

const endOtherConnections = `SELECT pg_terminate_backend(pid)
	FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`

func TestConnectionThatTheServerEndsIsUnavailable(t *testing.T) {
	store := storetest.Postgres(t)
	err := store.Do(t.Context(), func(ctx context.Context, r ports.Repos) error {
		storetest.Execute(t, store, endOtherConnections)
		_, err := r.Tags.Get(ctx, uuid.New())
		return err
	})
	storetest.WantUnavailable(t, "read", err)
	if err := addTag(t.Context(), store); err != nil {
		t.Errorf("after that: got %v, want a new connection", err)
	}
	err = store.Do(t.Context(), func(context.Context, ports.Repos) error {
		storetest.Execute(t, store, endOtherConnections)
		return nil
	})
	storetest.WantUnavailable(t, "commit", err)
}

func TestSlowQueryIsUnavailable(t *testing.T) {
	database := storetest.Database(t)
	store := storetest.Connect(t, database)
	pool, err := store.DB().DB()
	if err != nil {
		t.Fatal(err)
	}
	blocker, err := pool.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = blocker.Rollback() })
	if _, err := blocker.ExecContext(t.Context(), "LOCK TABLE tag"); err != nil {
		t.Fatal(err)
	}
	config := storetest.Config(database)
	config.QueryTimeout = 50 * time.Millisecond
	limited, err := postgres.Open(t.Context(), config)
	storetest.WantUnavailable(t, "query timeout", readTag(t.Context(), storetest.CloseAfter(t, limited, err)))
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	storetest.WantUnavailable(t, "deadline", readTag(ctx, store))
}

func TestSQLiteThatOthersWriteToIsUnavailableForWriting(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	store := storetest.WithTables(t, storetest.OpenFile(t, path))
	other := storetest.OpenFile(t, path)
	pool, err := other.Writer().DB()
	if err != nil {
		t.Fatal(err)
	}
	pool.SetMaxOpenConns(1)
	if err := other.Writer().Exec("PRAGMA busy_timeout = 20").Error; err != nil {
		t.Fatal(err)
	}
	err = store.Do(t.Context(), func(context.Context, ports.Repos) error {
		if err := readTag(t.Context(), other); !errors.Is(err, ports.ErrNotFound) {
			t.Errorf("read while another writes: got %v, want ErrNotFound", err)
		}
		return addTag(t.Context(), other)
	})
	storetest.WantUnavailable(t, "write while another writes", err)
	if err := addTag(t.Context(), other); err != nil {
		t.Errorf("write after another: %v", err)
	}
}

func TestClosedStoreIsUnavailable(t *testing.T) {
	storetest.OnEachDatabase(t, func(t *testing.T, store *gormdb.Store) {
		if err := store.Close(); err != nil {
			t.Fatal(err)
		}
		for what, err := range requests(t.Context(), store) {
			storetest.WantUnavailable(t, what, err)
		}
	})
}
