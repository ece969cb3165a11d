package postgres_test

import (
	"testing"

	"github.com/eosc-perf/backend/adapters/gormdb/postgres"
	"github.com/eosc-perf/backend/adapters/gormdb/storetest"
)

func TestPostgresAcceptsTheStatements(t *testing.T) {
	ids := "SELECT id, CAST(NULL AS bigint) AS total FROM result"
	storetest.WantPrepared(t, storetest.Postgres(t), postgres.Statements, "@ids", ids)
}
