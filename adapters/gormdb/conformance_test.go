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

// TestPostgres uses PgBouncer in the mode that TEST_POOLER names, as make pooled does, or none.
func TestPostgres(t *testing.T) {
	t.Parallel()
	conformance.Run(t, func(t *testing.T, wake func()) ports.Storage {
		mode := os.Getenv("TEST_POOLER")
		if mode == "" {
			return storetest.Postgres(t, gormdb.OnMail(wake))
		}
		pooler := pgtest.StartPooler(t, storetest.Database(t), mode, 5)
		return storetest.Connect(t, &pooler.Database, gormdb.OnMail(wake))
	})
}

func TestSQLite(t *testing.T) {
	t.Parallel()
	conformance.Run(t, func(t *testing.T, wake func()) ports.Storage {
		return storetest.SQLite(t, gormdb.OnMail(wake))
	})
}
