package gormdb_test

import (
	"os"
	"testing"
	"time"

	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/adapters/gormdb/postgres/pgtest"
	"github.com/eosc-perf/backend/adapters/gormdb/storetest"
	"github.com/eosc-perf/backend/ports"
	"github.com/eosc-perf/backend/ports/conformance"
)

// TestMain puts the tests into a time zone that no code can expect.
func TestMain(m *testing.M) {
	time.Local = time.FixedZone("nowhere", -(3*60+30)*60)
	os.Exit(m.Run())
}

func TestPostgres(t *testing.T) {
	t.Parallel()
	conformance.Run(t, func(t *testing.T, wake func()) ports.Storage {
		return storetest.Postgres(t, gormdb.OnMail(wake))
	})
}

func TestPostgresBehindATransactionPooler(t *testing.T) {
	t.Parallel()
	conformance.Run(t, func(t *testing.T, wake func()) ports.Storage {
		pooler := pgtest.StartPooler(t, storetest.Database(t), "transaction", 5)
		return storetest.Connect(t, &pooler.Database, gormdb.OnMail(wake))
	})
}

func TestSQLite(t *testing.T) {
	t.Parallel()
	conformance.Run(t, func(t *testing.T, wake func()) ports.Storage {
		return storetest.SQLite(t, gormdb.OnMail(wake))
	})
}
