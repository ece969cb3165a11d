package derived_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/gormdb/storetest"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// Another program changed many results of an embedded database. Who writes meanwhile neither does the
// work that is left for the background, nor waits for the end of it.
func TestWritersTakeTurnsWithTheBackfill(t *testing.T) {
	const changed, writes = 3200, 2
	store := storetest.SQLite(t)
	results := storetest.Results("a", changed)
	results[0].Benchmark.JSONSchema = []byte(`{"properties":{"n":{"type":"number"}}}`)
	for _, result := range results {
		result.JSON = []byte(`{"n":1}`)
	}
	storetest.MustAdd(t, store, results)
	storetest.Execute(t, store, `UPDATE result SET json = '{"n":2}'`)
	pending := func() int {
		return storetest.Query[int](t, store, "SELECT count(*) FROM result_value_pending")[0]
	}
	if n := pending(); n != changed {
		t.Fatalf("%d changes are pending, want %d", n, changed)
	}

	ended := make(chan error, 1)
	go func() { ended <- store.FillValues(context.WithoutCancel(t.Context())) }()
	for pending() == changed {
		time.Sleep(time.Millisecond)
	}
	for range writes {
		err := store.Do(t.Context(), func(ctx context.Context, r ports.Repos) error {
			user := domain.User{UserID: domain.UserID{Subject: uuid.NewString(), Issuer: "https://op.example.org"}, RegisteredAt: time.Now()}
			return r.Users.Add(ctx, &user)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if pending() == 0 {
		t.Error("the writers waited until nothing was pending")
	}
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if n := pending(); n != 0 {
		t.Errorf("%d changes are pending after the backfill", n)
	}
	const ofNew = "SELECT count(*) FROM result_value WHERE key = (SELECT max(key) FROM result_value)"
	if n := storetest.Query[int](t, store, ofNew)[0]; n != changed {
		t.Errorf("%d results have the new value, want %d", n, changed)
	}
	storetest.WantNoDifferences(t, store, "the backfill")
}
