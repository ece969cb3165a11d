package resultlist_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/adapters/gormdb/storetest"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/ports"
)

// many repeats a text with a comma between.
func many(text string, count int) string {
	return strings.TrimSuffix(strings.Repeat(text+",", count), ",")
}

// members are so many members of an object.
func members(count int) string {
	var all []string
	for i := range count {
		all = append(all, fmt.Sprintf(`"k%d": %d`, i, i))
	}
	return strings.Join(all, ",")
}

// largeDocuments have at and below the path a what is in an outline, and what is not.
func largeDocuments() []string {
	pad := `"pad": "` + strings.Repeat("x", 20_000) + `"`
	return []string{
		`{"a": [` + many("{}", 20_000) + `]}`,
		`{"a": [` + many("{}", 20_001) + `]}`,
		`{"a": [1, ` + many("{}", 19_999) + `]}`,
		`{"a": {` + members(3000) + `}}`,
		`{"a": {` + members(60) + `, ` + pad + `}}`,
		`{"a": {"b": {"c": {"d": {"e": [` + many("1", 20_000) + `]}}}}, "n": 1}`,
		`{"a": {"b": [` + many(`"text"`, 5000) + `], "c": 3}}`,
		`{"a": {"b": [` + many(`"text"`, 5000) + `], "c": "3"}}`,
		`{"a": "` + strings.Repeat("y", 20_000) + `", ` + pad + `}`,
		`{"a": [], ` + pad + `}`, `{"a": {}, ` + pad + `}`, `{"a": null, ` + pad + `}`, `{"a": true, ` + pad + `}`,
		`{"a": 1e3, ` + pad + `}`, `{"a": 1000.5, ` + pad + `}`, `{"a": "1000", ` + pad + `}`,
		`{"a": {"-1": 1, "0": 2, "": 3, "x.y": 4}, ` + pad + `}`,
		`{"a": [[7]], ` + pad + `}`, `{"b": 1, ` + pad + `}`, `{"a": 5}`, `{"a": [3, 4]}`, `{"a": {"b": {"c": 2}}}`,
		`{` + members(100) + `, "a": 12, ` + pad + `}`, `[{"a": 1}, ` + pad[7:] + `]`, pad[7:],
	}
}

// paths are those to sort by.
var paths = []string{
	"json", "json.a", "json.a.b", "json.a.b.c", "json.a.b.c.d.e", "json.a.c", "json.n", "json.k7", "json.a.k7", "json.a.0", "json.a.-1",
	"json.a.", `json.a."x.y"`, "json.0.a", "json.pad", "json.missing", "json.a.b.0", `json.a[k1="x"]`,
}

func addDocuments(t *testing.T, store *gormdb.Store, documents []string) []*domain.Result {
	t.Helper()
	results := storetest.Results("a", len(documents))
	for i, document := range documents {
		results[i].JSON = []byte(document)
		results[i].ID = uuid.NewSHA1(uuid.Nil, fmt.Append(nil, i))
	}
	storetest.MustAdd(t, store, results)
	return results
}

// sorted returns the places of the results in a list.
func sorted(t *testing.T, store *gormdb.Store, results []*domain.Result, by string) (places []int) {
	t.Helper()
	q := ports.ResultQuery{BenchmarkIDs: []uuid.UUID{results[0].Benchmark.ID}, ListOptions: storetest.PageRequest(1, 100)}
	q.Sort = storetest.SortBy(t, by)
	for _, item := range storetest.List(t, store, q).Items {
		places = append(places, slices.IndexFunc(results, func(r *domain.Result) bool { return r.ID == item.ID }))
	}
	return places
}

func TestOutlinesSortAsTheirDocumentsDo(t *testing.T) {
	var answers []string
	for _, store := range []*gormdb.Store{storetest.Postgres(t, inBulk()), storetest.SQLite(t, inBulk())} {
		documents := largeDocuments()
		results := addDocuments(t, store, documents)
		storetest.WantNoDifferences(t, store, "large documents")
		withOutlines := map[string][]int{}
		for _, path := range paths {
			for _, sign := range []string{"+", "-"} {
				withOutlines[sign+path] = sorted(t, store, results, sign+path)
			}
		}
		if outlines := storetest.Query[int](t, store, "SELECT count(*) FROM result_outline")[0]; outlines < 15 {
			t.Errorf("%d documents have an outline, want those of all large ones", outlines)
		}
		matching := matchingLarge(t, store, results)
		storetest.Execute(t, store, "DELETE FROM result_outline")
		for condition, want := range matchingLarge(t, store, results) {
			if got := matching[condition]; got != want {
				t.Errorf("%s: by outlines %s, by documents %s", condition, got, want)
			}
		}
		for by, got := range withOutlines {
			if want := sorted(t, store, results, by); !slices.Equal(got, want) {
				t.Errorf("%s: sorted by outlines %v, by documents %v", by, got, want)
			}
		}
		answers = append(answers, fmt.Sprint(withOutlines, matching))
	}
	if len(answers) == 2 && answers[0] != answers[1] {
		t.Errorf("the databases sort in other orders:\n%s\n%s", answers[0], answers[1])
	}
}

// matchingLarge are the places of the results that satisfy conditions, by the condition.
func matchingLarge(t *testing.T, store *gormdb.Store, results []*domain.Result) map[string]string {
	t.Helper()
	places := map[string]string{}
	for _, path := range append(paths[1:], "json.a[*]", "json.a.b[*]", "json.a[*][*]", "json.[*].a", `json.a[k="1"].b`) {
		for _, condition := range []string{` == 3`, ` > 999`, ` <= "3"`, ` ~ "YY"`, ` != 12`, ` EXISTS`, ` MISSING`, ` IN (1, "text", true)`} {
			for _, item := range satisfying(t, store, results[0].Benchmark.ID, path+condition) {
				places[path+condition] += fmt.Sprintln(slices.IndexFunc(results, func(r *domain.Result) bool { return r.ID == item.ID }))
			}
		}
	}
	return places
}

// satisfying are the results of the benchmark that satisfy the condition.
func satisfying(t *testing.T, store *gormdb.Store, benchmark uuid.UUID, condition string) []*domain.Result {
	t.Helper()
	where, err := filter.ParseWhere(condition, ports.ResultFields, filter.Limits{PathParts: 9, Exponent: 9, NumberLength: 9, Comparisons: 1})
	if err != nil {
		t.Fatal(err)
	}
	q := ports.ResultQuery{BenchmarkIDs: []uuid.UUID{benchmark}, Where: where, ListOptions: storetest.PageRequest(1, 100)}
	return storetest.List(t, store, q).Items
}

// Here the documents are changed behind the back of the triggers. So the order tells what a list
// has read.
func TestListsDoNotReadLargeDocumentsToSortAndFilterThem(t *testing.T) {
	for _, c := range []struct {
		name, small, large string
		sorts              []string
		// wanted is how many results satisfy a condition.
		wanted map[string]int
	}{
		{
			"a long array", `{"score": 1, "n": 5}`, `{"score": [{}` + strings.Repeat(",{}", 339_999) + `], "n": %d}`,
			[]string{"+json.score,+json.n", "+json", "-json", "+json.n"},
			map[string]int{
				`json.n = 1`: 1, `json.n > 0`: 3, `json.score EXISTS`: 4, `json.score < 2`: 1, `json.missing[*] EXISTS`: 0, `json.n[*] = 1`: 0,
			},
		},
		{
			"long texts", `{"log": "", "run": {"n": 5}}`,
			`{"log": "` + strings.Repeat("x", 20_000) + `", "run": {"log": "` + strings.Repeat("y", 20_000) + `", "n": %d}}`,
			[]string{"+json.run.n", "-json.run.n", "+json.missing,-json.run.n", "+json.run.missing,+json.run.n"},
			map[string]int{`json.run.n = 1`: 1, `json.run.n > 0`: 3, `json.run.missing EXISTS`: 0, `json.run.n.x = 1`: 0},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			storetest.OnEachDatabase(t, func(t *testing.T, store *gormdb.Store) {
				documents := []string{c.small}
				for n := range 3 {
					documents = append(documents, fmt.Sprintf(c.large, n))
				}
				results := addDocuments(t, store, documents)
				orders := map[string]string{}
				for _, by := range c.sorts {
					orders[by] = fmt.Sprint(sorted(t, store, results, by))
				}
				changeUnseen(t, store)
				for by, want := range orders {
					if got := fmt.Sprint(sorted(t, store, results, by)); got != want {
						t.Errorf("sorted by %s: the documents were read: %s, want %s", by, got, want)
					}
				}
				for condition, want := range c.wanted {
					if got := len(satisfying(t, store, results[0].Benchmark.ID, condition)); got != want {
						t.Errorf("%s holds for %d results, want %d: the documents were read", condition, got, want)
					}
				}
			})
		})
	}
}

// changeUnseen changes large documents, and what is derived from them stays.
func changeUnseen(t *testing.T, store *gormdb.Store) {
	t.Helper()
	if store.DB().Name() == "postgres" {
		storetest.Execute(t, store, "ALTER TABLE result DISABLE TRIGGER USER")
		storetest.Execute(t, store, `UPDATE result SET json = jsonb_build_object('score', 0, 'n', -length(CAST(id AS text)), 'pad',
			(SELECT string_agg(md5(CAST(n AS text)), '') FROM generate_series(1, 300) AS n)) WHERE pg_column_size(json) > 100`)
		return
	}
	storetest.Execute(t, store, "DROP TRIGGER result_outline_update")
	storetest.Execute(t, store, "DROP TRIGGER result_value_update")
	storetest.Execute(t, store, `UPDATE result SET json = '{"score": 0, "pad": "' || hex(zeroblob(9000)) || '"}' WHERE length(json) > 1000`)
}

func TestOutlinesFollowTheirResults(t *testing.T) {
	storetest.OnEachDatabase(t, func(t *testing.T, store *gormdb.Store) {
		addDocuments(t, store, []string{largeDocuments()[0], `{"a": 1}`})
		count := func(when string, want int) {
			t.Helper()
			if got := storetest.Query[int](t, store, "SELECT count(*) FROM result_outline")[0]; got != want {
				t.Errorf("%s: %d outlines, want %d", when, got, want)
			}
			storetest.WantNoDifferences(t, store, when)
		}
		count("an upload", 1)
		storetest.Execute(t, store, `UPDATE result SET json = '{"a": 2}'`)
		count("a change", 0)
		storetest.Execute(t, store, `UPDATE result SET json = ?`, largeDocuments()[6])
		storetest.Execute(t, store, `DELETE FROM result`)
		count("a removal", 0)
	})
}
