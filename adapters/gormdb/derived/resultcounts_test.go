package derived_test

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"sync"
	"testing"

	"gorm.io/gorm"

	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/adapters/gormdb/storetest"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// Triggers count, so every program that writes results is counted.
func TestResultCountsFollowEveryWriter(t *testing.T) {
	storetest.OnEachDatabase(t, func(t *testing.T, store *gormdb.Store) {
		first, second := storetest.Results("a", 5), storetest.Results("b", 7)
		storetest.MustAdd(t, store, first)
		storetest.MustAdd(t, store, second)
		isPostgres := store.DB().Name() == "postgres"
		for _, step := range []struct {
			statement  string
			isPostgres bool
			want       int
		}{
			{statement: "SELECT 1", want: 12},
			{statement: "UPDATE result SET deleted = true WHERE id = '" + first[0].ID.String() + "'", want: 11},
			{statement: "UPDATE result SET deleted = true", want: 0},
			{statement: "UPDATE result SET deleted = false, _claim_report_id = NULL", want: 12},
			{statement: "UPDATE result SET removed = true", want: 12},
			{
				statement: "UPDATE result SET benchmark_id = '" + second[0].Benchmark.ID.String() + "' WHERE id = '" + first[1].ID.String() + "'",
				want:      12,
			},
			{statement: "INSERT INTO result SELECT * FROM result WHERE false", want: 12},
			{statement: "DELETE FROM result WHERE benchmark_id = '" + first[0].Benchmark.ID.String() + "'", want: 8},
			{statement: "DELETE FROM result WHERE deleted", want: 8},
			{statement: "TRUNCATE result, result_tags, claim", isPostgres: true, want: 0},
		} {
			if step.isPostgres && !isPostgres {
				continue
			}
			storetest.Execute(t, store, step.statement)
			if got := storetest.List(t, store, ports.ResultQuery{ListOptions: storetest.PageRequest(1, 1)}).Total; got != step.want {
				t.Errorf("after %s: total %d, want %d", step.statement, got, step.want)
			}
			storetest.WantNoDifferences(t, store, step.statement)
		}
	})
}

func TestResultCountsForgetARollback(t *testing.T) {
	storetest.OnEachDatabase(t, func(t *testing.T, store *gormdb.Store) {
		storetest.MustAdd(t, store, storetest.Results("a", 3))
		failure := errors.New("no")
		err := store.DB().Transaction(func(tx *gorm.DB) error {
			return errors.Join(failure, tx.Exec("DELETE FROM result").Error)
		})
		if !errors.Is(err, failure) {
			t.Fatal(err)
		}
		if got := storetest.List(t, store, ports.ResultQuery{ListOptions: storetest.PageRequest(1, 1)}).Total; got != 3 {
			t.Errorf("total %d, want 3", got)
		}
	})
}

// Several writers of results of the same benchmarks, in any order and at any isolation,
// neither lose a result nor wait for each other.
func TestResultCountsOfConcurrentWriters(t *testing.T) {
	store := storetest.Postgres(t)
	templates := [][]*domain.Result{storetest.Results("a", 1), storetest.Results("b", 1)}
	for _, results := range templates {
		storetest.MustAdd(t, store, results)
	}
	const writers, rounds = 8, 20
	var group sync.WaitGroup
	for writer := range writers {
		group.Go(func() {
			for round := range rounds {
				options := &sql.TxOptions{}
				if writer%4 == 3 {
					options.Isolation = sql.LevelRepeatableRead
				}
				if err := copyEach(t.Context(), store, templates, writer%2 == 0, options); err != nil {
					t.Errorf("writer %d, round %d: %v", writer, round, err)
				}
			}
		})
	}
	group.Wait()
	want := len(templates) * (1 + writers*rounds)
	if got := storetest.List(t, store, ports.ResultQuery{ListOptions: storetest.PageRequest(1, 1)}).Total; got != want {
		t.Errorf("total %d, want %d", got, want)
	}
	storetest.WantNoDifferences(t, store, "many writers")
	rows := storetest.Query[int](t, store, "SELECT count(*) FROM result_count")[0]
	if most := len(templates) * (writers + writers/4*rounds + 1); rows > most {
		t.Errorf("%d rows hold the totals, want at most %d", rows, most)
	}
}

// copyEach inserts a copy of each template in one transaction.
func copyEach(ctx context.Context, store *gormdb.Store, templates [][]*domain.Result, backwards bool, options *sql.TxOptions) error {
	order := slices.Clone(templates)
	if backwards {
		slices.Reverse(order)
	}
	return store.DB().WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		for _, results := range order {
			const columns = "uploader_sub, uploader_iss, upload_datetime, json, execution_datetime, benchmark_id, flavor_id, site_id"
			err := tx.Exec("INSERT INTO result (deleted, id, "+columns+") SELECT deleted, gen_random_uuid(), "+columns+
				" FROM result WHERE id = ?", results[0].ID).Error
			if err != nil {
				return err
			}
		}
		return nil
	}, options)
}
