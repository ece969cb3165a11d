package dump_test

import (
	"testing"

	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/adapters/gormdb/dump"
	"github.com/eosc-perf/backend/adapters/gormdb/storetest"
)

func TestEveryDatabaseAcceptsTheStatements(t *testing.T) {
	storetest.OnEachDatabase(t, func(t *testing.T, store *gormdb.Store) { storetest.WantPrepared(t, store, dump.Statements) })
}
