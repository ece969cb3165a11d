package gormdb_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// resultsOf makes results of a benchmark, all at one site.
func resultsOf(benchmark string, count int) []*domain.Result {
	upload := domain.Upload{
		Uploader:   domain.UserID{Subject: uuid.NewString(), Issuer: "https://op.example.org"},
		UploadedAt: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC),
	}
	site := &domain.Site{ID: uuid.New(), Upload: upload, Name: uuid.NewString(), Address: "somewhere"}
	flavor := &domain.Flavor{ID: uuid.New(), Upload: upload, Name: "small", SiteID: site.ID}
	of := &domain.Benchmark{ID: uuid.New(), Upload: upload, DockerImage: benchmark + uuid.NewString(), JSONSchema: []byte(`{}`)}
	results := make([]*domain.Result, count)
	for i := range results {
		results[i] = &domain.Result{
			ID: uuid.New(), Upload: upload, ExecutedAt: upload.UploadedAt.Add(-time.Duration(i%100) * time.Second),
			JSON: []byte(`{}`), Benchmark: of, Site: site, Flavor: flavor,
		}
	}
	return results
}

func add(t *testing.T, store *gormdb.Store, results []*domain.Result) {
	t.Helper()
	if err := addResults(t.Context(), store, results); err != nil {
		t.Fatal(err)
	}
}

func listed(t *testing.T, store *gormdb.Store, q ports.ResultQuery) domain.Page[*domain.Result] {
	t.Helper()
	page, err := store.Repos().Results.List(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	return page
}

func pageRequest(number, size int) ports.ListOptions {
	return ports.ListOptions{Page: domain.PageRequest{Number: number, Size: size}}
}

// wantNothingWrong compares with the results what is derived from them.
func wantNothingWrong(t *testing.T, store *gormdb.Store, after string) {
	t.Helper()
	differences, err := store.CheckDerived(t.Context())
	if err != nil {
		t.Fatalf("after %s: %v", after, err)
	}
	for _, d := range differences {
		if d.Count != 0 {
			t.Errorf("after %s: %s: %d", after, d.What, d.Count)
		}
	}
}

func TestTotalsFollowWhoeverWrites(t *testing.T) {
	eachDatabase(t, func(t *testing.T, store *gormdb.Store) {
		first, second := resultsOf("a", 5), resultsOf("b", 7)
		add(t, store, first)
		add(t, store, second)
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
			{statement: "UPDATE result SET benchmark_id = '" + second[0].Benchmark.ID.String() + "' WHERE id = '" + first[1].ID.String() + "'", want: 12},
			{statement: "INSERT INTO result SELECT * FROM result WHERE false", want: 12},
			{statement: "DELETE FROM result WHERE benchmark_id = '" + first[0].Benchmark.ID.String() + "'", want: 8},
			{statement: "DELETE FROM result WHERE deleted", want: 8},
			{statement: "TRUNCATE result, result_tags, claim", isPostgres: true, want: 0},
		} {
			if step.isPostgres && !isPostgres {
				continue
			}
			if err := store.DB().Exec(step.statement).Error; err != nil {
				t.Fatalf("%s: %v", step.statement, err)
			}
			if got := listed(t, store, ports.ResultQuery{ListOptions: pageRequest(1, 1)}).Total; got != step.want {
				t.Errorf("after %s: total %d, want %d", step.statement, got, step.want)
			}
			wantNothingWrong(t, store, step.statement)
		}
	})
}

func TestTotalsForgetWhatIsRolledBack(t *testing.T) {
	eachDatabase(t, func(t *testing.T, store *gormdb.Store) {
		add(t, store, resultsOf("a", 3))
		failure := errors.New("no")
		err := store.DB().Transaction(func(tx *gorm.DB) error {
			return errors.Join(failure, tx.Exec("DELETE FROM result").Error)
		})
		if !errors.Is(err, failure) {
			t.Fatal(err)
		}
		if got := listed(t, store, ports.ResultQuery{ListOptions: pageRequest(1, 1)}).Total; got != 3 {
			t.Errorf("total %d, want 3", got)
		}
	})
}

// Those who write results of the same benchmarks at once, in any order and at any
// isolation, neither lose a result nor stand in each other's way.
func TestTotalsOfManyWriters(t *testing.T) {
	store := openPostgres(t)
	templates := [][]*domain.Result{resultsOf("a", 1), resultsOf("b", 1)}
	for _, results := range templates {
		add(t, store, results)
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
	if got := listed(t, store, ports.ResultQuery{ListOptions: pageRequest(1, 1)}).Total; got != want {
		t.Errorf("total %d, want %d", got, want)
	}
	wantNothingWrong(t, store, "many writers")
	var rows int
	if err := store.DB().Raw("SELECT count(*) FROM result_count").Scan(&rows).Error; err != nil {
		t.Fatal(err)
	}
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
			err := tx.Exec(`INSERT INTO result (deleted, id, uploader_sub, uploader_iss, upload_datetime, json, execution_datetime, benchmark_id, flavor_id, site_id)
				SELECT deleted, gen_random_uuid(), uploader_sub, uploader_iss, upload_datetime, json, execution_datetime, benchmark_id, flavor_id, site_id
				FROM result WHERE id = ?`, results[0].ID).Error
			if err != nil {
				return err
			}
		}
		return nil
	}, options)
}

// Whichever end of the list a page is read from, it is the same.
func TestDeepPagesAreTheListCut(t *testing.T) {
	eachDatabase(t, func(t *testing.T, store *gormdb.Store) {
		results := resultsOf("a", 2503)
		add(t, store, results)
		for sort, compare := range map[string]func(a, b *domain.Result) int{
			"+execution_datetime": func(a, b *domain.Result) int { return a.ExecutedAt.Compare(b.ExecutedAt) },
			"-execution_datetime": func(a, b *domain.Result) int { return b.ExecutedAt.Compare(a.ExecutedAt) },
			"-id":                 func(a, b *domain.Result) int { return strings.Compare(b.ID.String(), a.ID.String()) },
			"-json.x":             func(_, _ *domain.Result) int { return 0 },
		} {
			expected := slices.Clone(results)
			slices.SortFunc(expected, func(a, b *domain.Result) int {
				if c := compare(a, b); c != 0 {
					return c
				}
				return strings.Compare(a.ID.String(), b.ID.String())
			})
			for _, c := range []struct{ number, size int }{{11, 100}, {13, 100}, {14, 100}, {20, 100}, {26, 100}, {27, 100}, {251, 10}, {2503, 1}} {
				q := ports.ResultQuery{ListOptions: pageRequest(c.number, c.size)}
				q.Sort = sortBy(t, sort)
				page := listed(t, store, q)
				from := min((c.number-1)*c.size, len(expected))
				want := expected[from:min(from+c.size, len(expected))]
				same := slices.EqualFunc(page.Items, want, func(a, b *domain.Result) bool { return a.ID == b.ID })
				if !same || page.Total != len(results) {
					t.Errorf("sort by %s, page %d of %d: %s of %d, want %s", sort, c.number, c.size, ids(page.Items), page.Total, ids(want))
				}
			}
		}
	})
}

func ids(results []*domain.Result) string {
	var out []string
	for _, r := range results {
		out = append(out, fmt.Sprint(r.ID)[:8])
	}
	return strings.Join(out, " ")
}
