package pgtest_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/eosc-perf/backend/adapters/gormdb/postgres/pgtest"
)

func TestServerKeepsWhatItHasCommitted(t *testing.T) {
	s := pgtest.StartServer(t)
	c := connect(t, s.URL)
	var fsync, synchronous string
	if err := c.QueryRow(
		t.Context(), "SELECT current_setting('fsync'), current_setting('synchronous_commit')",
	).Scan(&fsync, &synchronous); err != nil || fsync != "on" || synchronous != "on" {
		t.Errorf("fsync is %q, synchronous_commit %q (%v), want both on", fsync, synchronous, err)
	}
	if _, err := c.Exec(t.Context(), "CREATE TABLE t AS SELECT 1 AS n"); err != nil {
		t.Fatal(err)
	}
	for what, end := range map[string]func(){"crash": s.Crash, "stop": s.Stop} {
		end()
		if _, err := pgx.Connect(t.Context(), s.URL); err == nil {
			t.Errorf("after a %s: it still answers", what)
		}
		s.Start(t)
		var n int
		if err := connect(t, s.URL).QueryRow(context.Background(), "SELECT n FROM t").Scan(&n); err != nil || n != 1 {
			t.Errorf("after a %s: got %d, %v", what, n, err)
		}
	}
}
