package resultlist_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/adapters/gormdb/resultlist"
	"github.com/eosc-perf/backend/adapters/gormdb/storetest"
	"github.com/eosc-perf/backend/adapters/gormdb/tables"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// documentsAlike have values at json.a that no outline has, and that begin alike, or do not. Those with a
// pad are large.
func documentsAlike() []string {
	const head = `"pad": "`
	pad := head + strings.Repeat("x", 20_000) + `"`
	long := strings.Repeat("y", 1999)
	jobs := func(score string) string {
		return `{"jobs": [{"name": "w", "s": 0}, {"name": "r", "s": ` + score + `}], ` + pad + `}`
	}
	members := make([]string, 80)
	for i := range members {
		members[i] = fmt.Sprintf(`"k%d": %d`, i, i)
	}
	in := func(value string) string {
		return `{` + strings.Join(members, ",") + `, "a": ` + value + `, ` + pad + `}`
	}
	return []string{
		in(`"` + long + `"`), in(`"` + long + `y"`), in(`"` + long + `yy"`), in(`"` + long + `yb"`), in(`"` + long + `yb"`),
		in(`"` + long + `z 1"`), in(`"` + long + `z 1"`), in(`"` + long + `zz"`), in(`"` + long + `ü1"`), in(`"` + long + `\u00002"`),
		`{"a": "` + long + `y"}`, `{"a": "` + long + `yc"}`, `{"a": "` + long + `ü"}`, `{"a": "` + long + `"}`, `{"a": "y"}`,
		in(`["` + long + `", "b"]`), in(`["` + long + `y", "b"]`), in(`["` + long + `y", "c"]`), in(`["` + long + `w", 1]`),
		`{"a": ["` + long + `y"]}`,
		in(`9007199254740992`), in(`9007199254740993`), in(`9007199254740993.0`),
		in(`-1e400`), `{"a": 9007199254740994}`, in(`"9007199254740993"`),
		in(`null`), in(`true`), in(`[]`), in(`{}`), in(`[[]]`), in(`{"` + long + `zz": 1}`), in(`{"` + long + `zz": 2}`), `{` + pad + `}`, `{}`,
		jobs(`1`), jobs(`"1"`), jobs(`9007199254740993`), jobs(`9007199254740992`), jobs(`null`),
		jobs(`"` + long + `yyy"`), jobs(`"` + long + `yyx"`),
		pad[len(head)-1:], `[` + pad[len(head)-1:] + `, 1]`, `[` + pad[len(head)-1:] + `, 2]`,
	}
}

var sortsAlike = []string{
	"+json.a", "-json.a", "+json", "-json", `+json.jobs[name="r"].s`, `-json.jobs[name="r"].s`, "+json.jobs.1.s,-json.a",
	"+site_name,+json.a", "+json.0",
	"+json.a.0,-id",
}

// idsReading are the ids of the list in a unit of work, which keeps no keys.
func idsReading(t *testing.T, store *gormdb.Store, q ports.ResultQuery) (ids []uuid.UUID) {
	t.Helper()
	err := store.Do(t.Context(), func(ctx context.Context, r ports.Repos) error {
		page, err := r.Results.List(ctx, q)
		ids = idsOf(page.Items)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

func idsOf(results []*domain.Result) []uuid.UUID {
	ids := make([]uuid.UUID, len(results))
	for i, result := range results {
		ids[i] = result.ID
	}
	return ids
}

func sortedQuery(t *testing.T, results []*domain.Result, by string) ports.ResultQuery {
	t.Helper()
	q := ports.ResultQuery{BenchmarkIDs: []uuid.UUID{results[0].Benchmark.ID}, ListOptions: storetest.PageRequest(1, 100)}
	q.Sort = storetest.SortBy(t, by)
	return q
}

func TestKeptKeysSortLikeTheDocuments(t *testing.T) {
	for _, c := range []struct {
		name  string
		bytes int
	}{{"all", 32 << 20}, {"few", 2000}, {"none", 1}} {
		t.Run(c.name, func(t *testing.T) {
			limit := gormdb.WithLists(func(l *resultlist.Lists) { l.SortKeyBytes = c.bytes })
			stores := map[string]*gormdb.Store{"postgres": storetest.Postgres(t, limit), "sqlite": storetest.SQLite(t, limit)}
			for name, store := range stores {
				t.Run(name, func(t *testing.T) {
					documents := documentsAlike()
					if name == "postgres" { // it has no such text
						documents = slices.DeleteFunc(documents, func(d string) bool { return strings.Contains(d, `\u0000`) })
					}
					results := addDocuments(t, store, documents)
					for _, by := range sortsAlike {
						q := sortedQuery(t, results, by)
						want := idsReading(t, store, q)
						if len(want) != len(results) {
							t.Fatalf("%d results of %d", len(want), len(results))
						}
						for _, when := range []string{"first", "again"} {
							if got := idsOf(storetest.List(t, store, q).Items); !slices.Equal(got, want) {
								t.Errorf("%s, %s: got %s\nwant %s", by, when, texts(results, got), texts(results, want))
							}
						}
						if got := walked(t, store, q, 9); !slices.Equal(got, want) {
							t.Errorf("%s by a cursor: got %s\nwant %s", by, texts(results, got), texts(results, want))
						}
					}
				})
			}
		})
	}
}

// walked are the ids of a list that is read by cursors, in parts of the size.
func walked(t *testing.T, store *gormdb.Store, q ports.ResultQuery, size int) (ids []uuid.UUID) {
	t.Helper()
	part := ports.CursorQuery{ResultQuery: q}
	part.Page.Size = size
	for range 100 {
		found, err := store.Repos().Results.ListAfter(t.Context(), part)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, idsOf(found.Items)...)
		if part.After = found.Next; part.After == nil {
			break
		}
	}
	return ids
}

// longLogs are results with texts that differ early, and differ in their length.
func longLogs(t *testing.T, store *gormdb.Store, count int) []*domain.Result {
	t.Helper()
	documents := []string{`{"log": "00"}`, `{}`}
	for n := range count {
		log := strings.Repeat("x", 30_000+n)
		documents = append(documents, fmt.Sprintf(`{"log": "%02d %s", "jobs": [%d, %s]}`, n*7%count, log, n, many("1", 500)))
	}
	return addDocuments(t, store, documents)
}

func TestSecondListReadsNoLargeDocument(t *testing.T) {
	storetest.OnEachDatabase(t, func(t *testing.T, store *gormdb.Store) {
		results := longLogs(t, store, 20)
		reads, read := 0, ""
		count := func(tx *gorm.DB) {
			if sql := tx.Statement.SQL.String(); !tx.DryRun && strings.Contains(sql, "AS is_outlined") {
				reads, read = reads+1, sql
			}
		}
		if err := store.DB().Callback().Row().After("gorm:row").Register("count", count); err != nil {
			t.Fatal(err)
		}
		for _, by := range []string{"+json.log", "-json.jobs.0", "+json"} {
			q := sortedQuery(t, results, by)
			reads = 0
			storetest.List(t, store, q)
			if reads == 0 {
				t.Errorf("%s: the first list has read no keys", by)
			}
			reads = 0
			storetest.List(t, store, q)
			walked(t, store, q, 5)
			if reads > 0 {
				t.Errorf("%s: the next lists have read %d times: %s", by, reads, read)
			}
			explained, err := store.ExplainList(t.Context(), q)
			part := map[string]string{"postgres": "sort_1_given", "sqlite": "unhex"}[store.DB().Name()]
			if err != nil || !strings.Contains(explained.Statement, part) {
				t.Errorf("%s: the statement has no keys: %s, %v", by, explained.Statement, err)
			}
		}
	})
}

func TestKeptKeysFollowTheDocuments(t *testing.T) {
	storetest.OnEachDatabase(t, func(t *testing.T, store *gormdb.Store) {
		results := longLogs(t, store, 20)
		q := sortedQuery(t, results, "+json.log")
		check := func(when string, count int) {
			t.Helper()
			want := idsReading(t, store, q)
			if got := idsOf(storetest.List(t, store, q).Items); !slices.Equal(got, want) || len(got) != count {
				t.Errorf("%s: got %s\nwant %s", when, texts(results, got), texts(results, want))
			}
		}
		check("at first", 22)
		change := func(document string, of int) {
			t.Helper()
			storetest.Execute(t, store, "UPDATE result SET json = ? WHERE id = ?", document, tables.Key(results[of].ID))
		}
		change(`{"log": "05`+strings.Repeat("z", 40_000)+`"}`, 7)
		check("after a change by another program", 22)
		change(`{"log": "short"}`, 8)
		check("after another one, which is small now", 22)
		change(`{"log": "11 `+strings.Repeat("x", 50_000)+`"}`, 0)
		check("after another one, which is large now", 22)
		storetest.Execute(t, store, "UPDATE result SET deleted = true WHERE id = ?", tables.Key(results[9].ID))
		check("after one is hidden", 21)
		storetest.Execute(t, store, "DELETE FROM result WHERE id = ?", tables.Key(results[10].ID))
		check("after one is removed", 20)
		corrected := *results[11]
		corrected.ID, corrected.Supersedes = uuid.New(), &results[11].ID
		corrected.JSON = []byte(`{"log": "00` + strings.Repeat("w", 30_000) + `"}`)
		if err := store.Repos().Results.Add(t.Context(), &corrected); err != nil {
			t.Fatal(err)
		}
		results = append(results, &corrected)
		check("after a correction", 21)
	})
}
