package operation_test

import (
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/eosc-perf/backend/adapters/gormdb/postgres/pgtest"
	"github.com/eosc-perf/backend/adapters/gormdb/storetest"
	"github.com/eosc-perf/backend/tests/harness"
	"github.com/eosc-perf/backend/tests/process"
)

// The pooler is restarted, pauses, or loses the database behind it, under load: what cannot
// be answered meanwhile is 503, afterwards the server goes on by itself, and what was
// answered with 201 is there, once.
func TestServerRecoversWhenThePoolerWasGone(t *testing.T) {
	for _, mode := range []string{"session", "transaction"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			database := pgtest.StartServer(t)
			pooler := pgtest.StartPooler(t, &database.Database, mode, 12, "server_login_retry = 1")
			w := underLoad(t, harness.OnPostgres(&pooler.Database).With(harness.Settings{
				"AUTO_UPGRADE": "true", "DB_MAX_CONNECTIONS": "8", "REQUEST_TIMEOUT": "4s",
			}))
			faults := map[string]struct{ begin, end func() }{
				"a stop of the pooler":          {pooler.Stop, func() { pooler.Start(t) }},
				"new connections of the pooler": {func() { pooler.Command(t, "RECONNECT") }, func() {}},
				"connections that were killed": {
					func() { pooler.Command(t, "KILL "+database.Name) }, func() { pooler.Command(t, "RESUME "+database.Name) },
				},
				"a crash of the database": {database.Crash, func() { database.Start(t) }},
			}
			if mode == "transaction" { // a pause waits for the end of all sessions
				faults["a pause"] = struct{ begin, end func() }{
					func() { pooler.Command(t, "PAUSE") }, func() { pooler.Command(t, "RESUME") },
				}
			}
			for name, fault := range faults {
				stop := w.load(t)
				w.progress(t, "before "+name)
				fault.begin()
				if code := process.Status(w.Base + "/healthz"); code != http.StatusOK {
					t.Errorf("during %s the server answers /healthz with %d", name, code)
				}
				time.Sleep(outage(t) / 3)
				fault.end()
				w.progress(t, "after "+name)
				process.Eventually(t, "ready after "+name, func() bool { return process.Answers(w.Base + "/readyz") })
				stop()
			}
			w.verify(t)
		})
	}
}

// Thirty requests of all kinds share two sessions: they wait for each other, and nobody for
// ever.
func TestManyRequestsShareFewSessions(t *testing.T) {
	pooler := pgtest.StartPooler(t, storetest.Database(t), "transaction", 2)
	s := harness.Start(t, harness.OnPostgres(&pooler.Database).With(harness.Settings{"DB_MAX_CONNECTIONS": "40"}))
	f := s.FullFixture("few")
	s.Post("alice", f.UploadPath(""), `{"score":1.5}`).Want(t, http.StatusCreated)
	var wait sync.WaitGroup
	for range 3 {
		for _, c := range []harness.Call{
			{Method: "GET", Path: "/results:export?format=csv"},
			{Method: "GET", Path: "/results:export?format=parquet"},
			{Method: "GET", Path: "/results?sort_by=-json.score&benchmark_id=" + f.Benchmark},
			{Method: "GET", Path: "/results:compare?metric=score&benchmark_id=" + f.Benchmark},
			{Method: "GET", Path: "/results:paths?benchmark_id=" + f.Benchmark},
			{Method: "GET", Path: "/results:series?x=execution_datetime&y=json.score&benchmark_id=" + f.Benchmark},
			{Method: "GET", Path: "/ui/results"},
			{Method: "GET", Path: "/readyz"},
			{Method: "GET", Path: "/users/self/results", As: "alice"},
			{Method: "GET", Path: "/reports/submits", As: "admin"},
		} {
			wait.Go(func() {
				if a := s.Do(c); a.Status != http.StatusOK && a.Status != http.StatusTooManyRequests { // a share of one client
					t.Errorf("%s\nwant 200", a)
				}
			})
		}
	}
	wait.Wait()
}
