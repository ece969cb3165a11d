package conformance

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/ports"
)

func expression(t tester, text string) filter.Expression {
	t.Helper()
	bounds := limits
	bounds.Comparisons = 20
	e, err := filter.ParseWhere(text, ports.ResultFields, bounds)
	if err != nil {
		t.Fatalf("condition %q: %v", text, err)
	}
	return e
}

// conditionsHold compares the results of conditions on these documents, whose numbers are
// in the names of the wanted ones.
func conditionsHold(t *testing.T, w *world) {
	p := w.place(t)
	documents := []string{
		0: `{"v":4,"s":"Intel Xeon","u":"4693.667 MHz","jobs":[{"jobname":"read","iops":100},{"jobname":"write","iops":50}]}`,
		1: `{"v":"4","s":"AMD EPYC","u":"4.693667 GHz","jobs":[{"jobname":"read","iops":300}]}`,
		2: `{"v":true,"s":"intel atom","u":"1 KiB","jobs":[]}`,
		3: `{"v":null,"s":5,"u":4693667000,"jobs":{"0":{"iops":100}}}`,
		4: `{"s":null,"u":"2 min","jobs":[1,null,{"jobname":"write"}]}`,
		5: `{"v":"abc","fio version":"fio-3.28","clat_ns":{"percentile":{"99.000000":8}},"a b":{"c.d":[7]}}`,
		6: `{"v":[4],"u":"1.5MB/s","w":"12 Mb/s"}`,
		7: `{"v":12345678901234567890,"s":"it's \"here\""}`,
	}
	results := w.documents(t, p, documents...)
	name := p.site.Name
	all := []int{0, 1, 2, 3, 4, 5, 6, 7}
	for _, c := range []struct {
		condition string
		want      []int
	}{
		{`json.v = 4`, []int{0, 1}},
		{`json.v == 4.0`, []int{0, 1}},
		{`json.v = "4"`, []int{1}},
		{`json.v != 4`, []int{7}},
		{`json.v != "4"`, []int{5}},
		{`NOT json.v = 4`, []int{2, 3, 4, 5, 6, 7}},
		{`json.v = true`, []int{2}},
		{`json.v != false`, []int{2}},
		{`json.v > 4`, []int{7}},
		{`json.v >= 12345678901234567890`, []int{7}},
		{`json.v > 12345678901234567889 AND json.v < 12345678901234567891`, []int{7}},
		{`json.v BETWEEN 3 AND 5`, []int{0, 1}},
		{`json.v NOT BETWEEN 3 AND 5`, []int{7}},
		{`NOT json.v BETWEEN 3 AND 5`, []int{2, 3, 4, 5, 6, 7}},
		{`json.v BETWEEN "a" AND "b"`, []int{5}},
		{`json.v IN (4, "abc", true)`, []int{0, 1, 2, 5}},
		{`json.v NOT IN (4, "x")`, []int{5, 7}},
		{`json.v NOT IN (5)`, []int{0, 1, 7}},
		{`json.v EXISTS`, []int{0, 1, 2, 5, 6, 7}},
		{`json.v MISSING`, []int{3, 4}},
		{`NOT json.v MISSING`, []int{0, 1, 2, 5, 6, 7}},
		{`json.s ~ "INTEL"`, []int{0, 2}},
		{`json.s !~ "intel"`, []int{1, 7}},
		{`json.s ~ ""`, []int{0, 1, 2, 7}},
		{`json.s = 'it''s "here"'`, []int{7}},
		{`json.s > "a"`, []int{2, 7}},
		{`json.u = 4693.667 MHz`, []int{0, 1}},
		{`json.u >= 4.69 GHz`, []int{0, 1}},
		{`json.u != 4693.667 MHz`, nil},
		{`json.u < 5 GHz AND json.u > 4e9 Hz`, []int{0, 1}},
		{`json.u = 1024 B`, []int{2}},
		{`json.u = 8192 b`, []int{2}},
		{`json.u IN (120 s, 1 KiB)`, []int{2, 4}},
		{`json.u NOT IN (120 s, 2 KiB)`, []int{2}},
		{`json.u BETWEEN 1 min AND 1 h`, []int{4}},
		{`json.u = 12 Mb/s`, []int{6}},
		{`json.w = 1.5 MB/s`, []int{6}},
		{`json.u = 4693667000`, []int{3}},
		{`json.jobs[*].iops = 100`, []int{0}},
		{`json.jobs[*].iops > 60`, []int{0, 1}},
		{`json.jobs[*].iops != 100`, []int{1, 2, 3, 4, 5, 6, 7}},
		{`json.jobs[*].jobname NOT IN ("read", "x")`, []int{2, 3, 4, 5, 6, 7}},
		{`json.jobs[*].iops EXISTS`, []int{0, 1}},
		{`json.jobs[*].iops MISSING`, []int{2, 3, 4, 5, 6, 7}},
		{`json.jobs[*] = 1`, []int{4}},
		{`json.jobs[jobname="write"].iops = 50`, []int{0}},
		{`json.jobs[jobname="write"].iops MISSING`, []int{1, 2, 3, 4, 5, 6, 7}},
		{`json.jobs[jobname="read"].iops >= 100`, []int{0, 1}},
		{`json.jobs[iops=300].jobname = "read"`, []int{1}},
		{`json.jobs[0].iops = 100`, []int{0, 3}},
		{`json.jobs.0.iops = 100`, []int{0, 3}},
		{`json."fio version" = "fio-3.28"`, []int{5}},
		{`json.clat_ns.percentile."99.000000" > 7`, []int{5}},
		{`json."a b"."c.d"[0] = 7`, []int{5}},
		{`json."a b"."c.d"[*] < 8`, []int{5}},
		{`json.a..b MISSING`, all},
		{`json.a..b EXISTS OR json.a..b != 1`, nil},
		{`json.a..b[*] != 1`, all},
		{`json EXISTS`, all},
		{`json.v = 4 OR json.v = true AND json.s = "x"`, []int{0, 1}},
		{`(json.v = 4 OR json.v = true) AND json.s ~ "i"`, []int{0, 2}},
		{`NOT (json.v = 4 OR json.v = true)`, []int{3, 4, 5, 6, 7}},
		{`site_name = "` + name + `"`, all},
		{`site_name != "` + name + `"`, nil},
		{`site_name ~ "` + strings.ToUpper(name) + `" AND json.v = 4`, []int{0, 1}},
		{`site_name IN ("x", "` + name + `") AND site_address EXISTS AND flavor_name != "" AND benchmark_name ~ ":"`, all},
		{`site_name MISSING OR site_name = 4`, nil},
		{`id = "` + strings.ToUpper(results[3].ID.String()) + `"`, []int{3}},
		{`id IN ("` + results[3].ID.String() + `", "` + results[5].ID.String() + `")`, []int{3, 5}},
		{`id != "` + results[3].ID.String() + `"`, []int{0, 1, 2, 4, 5, 6, 7}},
		{`benchmark_id = "` + p.benchmark.ID.String() + `" AND site_id = "` + p.site.ID.String() + `"`, all},
		{`execution_datetime > "` + results[0].ExecutedAt.Add(-time.Second).Format(time.RFC3339) + `"`, all},
		{`execution_datetime BETWEEN "2000-01-01T00:00:00Z" AND "2001-01-01T00:00:00+02:00"`, nil},
		{`upload_datetime EXISTS AND tag MISSING`, all},
		{`tag = "x" OR tag EXISTS`, nil},
		{`tag != "x"`, all},
	} {
		var got []int
		for _, r := range w.results(t, ports.ResultQuery{Where: expression(t, c.condition)}) {
			got = append(got, slices.IndexFunc(results, func(o *domain.Result) bool { return o.ID == r.ID }))
		}
		slices.Sort(got)
		if !slices.Equal(got, c.want) {
			t.Errorf("condition %s\n got %v\nwant %v", c.condition, got, c.want)
		}
	}
	red, blue := w.tag(t), w.tag(t)
	tagged := p.result(`{}`, func(r *domain.Result) { r.Tags = []*domain.Tag{red, blue} })
	w.add(t, tagged)
	for condition, want := range map[string]int{
		fmt.Sprintf("tag = %q", red.Name): 1, fmt.Sprintf("tag = %q AND tag = %q", red.Name, blue.Name): 1,
		fmt.Sprintf("tag != %q", red.Name): 8, fmt.Sprintf("tag IN (%q, 'x')", blue.Name): 1, "tag EXISTS": 1, "tag MISSING": 8,
		fmt.Sprintf("tag ~ %q", strings.ToUpper(red.Name)): 1,
	} {
		if got := w.results(t, ports.ResultQuery{Where: expression(t, condition)}); len(got) != want {
			t.Errorf("condition %s: %d results, want %d", condition, len(got), want)
		}
	}
}

// numbersAreInTheUnitOfTheirMetric: a number without a unit compares with quantities if the
// metric at its path declares a unit, for its benchmark.
func numbersAreInTheUnitOfTheirMetric(t *testing.T, w *world) {
	a, b, c := w.place(t), w.place(t), w.place(t)
	a.benchmark = w.benchmark(t, a.user, func(b *domain.Benchmark) {
		b.JSONSchema = []byte(`{"properties":{"t":{"type":"number","metric":{"unit":"ms","better":"lower"}}}}`)
	})
	b.benchmark = w.benchmark(t, b.user, func(b *domain.Benchmark) {
		b.JSONSchema = []byte(`{"properties":{"t":{"type":"number","metric":{"unit":"s","better":"lower"}}}}`)
	})
	results := []*domain.Result{
		a.result(`{"t":1500}`), b.result(`{"t":1.5}`), c.result(`{"t":1.5}`), c.result(`{"t":"1500 ms"}`), a.result(`{"t":"2 s"}`),
	}
	w.add(t, results...)
	for _, q := range []struct {
		condition string
		of        []uuid.UUID
		want      []int
	}{
		{`json.t = 1.5 s`, nil, []int{0, 1, 3}},
		{`json.t = 1.5 s`, []uuid.UUID{a.benchmark.ID}, []int{0}},
		{`json.t > 1 s`, nil, []int{0, 1, 3, 4}},
		{`json.t != 1.5 s`, nil, []int{4}},
		{`json.t BETWEEN 1 s AND 1.9 s OR json.t = 1.5 GHz`, nil, []int{0, 1, 3}},
		{`NOT json.t = 1.5 s`, nil, []int{2, 4}},
		{`json.t = 1500`, nil, []int{0}},
	} {
		var got []int
		for _, r := range w.results(t, ports.ResultQuery{Where: expression(t, q.condition), BenchmarkIDs: q.of}) {
			got = append(got, slices.IndexFunc(results, func(o *domain.Result) bool { return o.ID == r.ID }))
		}
		slices.Sort(got)
		if !slices.Equal(got, q.want) {
			t.Errorf("condition %s\n got %v\nwant %v", q.condition, got, q.want)
		}
	}
}

func severalEntitiesSelect(t *testing.T, w *world) {
	a, b, c := w.place(t), w.place(t), w.place(t)
	ofA, ofB, ofC := a.result(`{"n":1}`), b.result(`{"n":2}`), c.result(`{"n":3}`)
	w.add(t, ofA, ofB, ofC)
	for _, q := range []struct {
		name  string
		query ports.ResultQuery
		want  []*domain.Result
	}{
		{"benchmarks", ports.ResultQuery{BenchmarkIDs: []uuid.UUID{a.benchmark.ID, b.benchmark.ID}}, []*domain.Result{ofA, ofB}},
		{"a benchmark twice", ports.ResultQuery{BenchmarkIDs: []uuid.UUID{a.benchmark.ID, a.benchmark.ID}}, []*domain.Result{ofA}},
		{"sites", ports.ResultQuery{SiteIDs: []uuid.UUID{c.site.ID, b.site.ID}}, []*domain.Result{ofB, ofC}},
		{"flavors", ports.ResultQuery{FlavorIDs: []uuid.UUID{c.flavor.ID, a.flavor.ID}}, []*domain.Result{ofA, ofC}},
		{"benchmarks and a filter", ports.ResultQuery{
			BenchmarkIDs: []uuid.UUID{a.benchmark.ID, b.benchmark.ID}, Filters: []filter.Condition{condition(t, "n > 1")},
		}, []*domain.Result{ofB}},
	} {
		q.query.ListOptions = ports.ListOptions{Page: wholeList}
		page, err := w.Repos().Results.List(t.Context(), q.query)
		expectPage(t, q.name, page, err, func(r *domain.Result) uuid.UUID { return r.ID }, q.want...)
	}
}

// resultsAreCounted: hidden results do not count.
func resultsAreCounted(t *testing.T, w *world) {
	a, b := w.place(t), w.place(t)
	ofBOnA, another := a, a
	ofBOnA.benchmark, another.flavor = b.benchmark, w.flavor(t, a.user, a.site)
	hidden := a.result(`{"n":4}`)
	w.add(t, a.result(`{"n":1}`), a.result(`{"n":2}`), another.result(`{"n":2}`), ofBOnA.result(`{"n":1}`), b.result(`{"n":3}`), hidden)
	w.hide(t, hidden)
	of := func(p place, results int) ports.Tally {
		return ports.Tally{BenchmarkID: p.benchmark.ID, FlavorID: p.flavor.ID, Results: results}
	}
	for _, q := range []struct {
		name  string
		query ports.ResultQuery
		want  []ports.Tally
	}{
		{"all", ports.ResultQuery{}, []ports.Tally{of(a, 2), of(another, 1), of(ofBOnA, 1), of(b, 1)}},
		{"a benchmark", ports.ResultQuery{BenchmarkIDs: []uuid.UUID{b.benchmark.ID}}, []ports.Tally{of(ofBOnA, 1), of(b, 1)}},
		{"a flavor", ports.ResultQuery{FlavorIDs: []uuid.UUID{a.flavor.ID}}, []ports.Tally{of(a, 2), of(ofBOnA, 1)}},
		{"flavors", ports.ResultQuery{FlavorIDs: []uuid.UUID{another.flavor.ID, b.flavor.ID}}, []ports.Tally{of(another, 1), of(b, 1)}},
		{"a site", ports.ResultQuery{SiteIDs: []uuid.UUID{a.site.ID}}, []ports.Tally{of(a, 2), of(another, 1), of(ofBOnA, 1)}},
		{
			"a site and a benchmark",
			ports.ResultQuery{SiteIDs: []uuid.UUID{a.site.ID}, BenchmarkIDs: []uuid.UUID{b.benchmark.ID}}, []ports.Tally{of(ofBOnA, 1)},
		},
		{
			"a filter", ports.ResultQuery{Filters: []filter.Condition{condition(t, "n > 1")}},
			[]ports.Tally{of(a, 1), of(another, 1), of(b, 1)},
		},
		{"a page of an order", ports.ResultQuery{
			ListOptions: ports.ListOptions{Page: wholeList, Sort: []filter.Key{{Field: "id"}}}, FlavorIDs: []uuid.UUID{b.flavor.ID},
		}, []ports.Tally{of(b, 1)}},
		{"no such site", ports.ResultQuery{SiteIDs: []uuid.UUID{uuid.New()}}, nil},
	} {
		tallies, err := w.Repos().Results.Tally(t.Context(), q.query)
		inOrder := func(all []ports.Tally) []ports.Tally {
			return slices.SortedFunc(slices.Values(all), func(a, b ports.Tally) int {
				return cmp.Or(byID(a.BenchmarkID, b.BenchmarkID), byID(a.FlavorID, b.FlavorID))
			})
		}
		if got, want := inOrder(tallies), inOrder(q.want); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %v, %v; want %v", q.name, got, err, want)
		}
	}
}

// resultsAreCountedBySite: hidden results do not count, and sites without any are left out.
func resultsAreCountedBySite(t *testing.T, w *world) {
	a, b, none := w.place(t), w.place(t), w.place(t)
	another := a
	another.benchmark, another.flavor = b.benchmark, w.flavor(t, a.user, a.site)
	hidden := none.result(`{}`)
	w.add(t, a.result(`{"n":1}`), another.result(`{}`), b.result(`{}`), hidden)
	w.hide(t, hidden)
	for _, q := range []struct {
		name  string
		sites []uuid.UUID
		want  map[uuid.UUID]int
	}{
		{"several", []uuid.UUID{a.site.ID, b.site.ID, none.site.ID, uuid.New()}, map[uuid.UUID]int{a.site.ID: 2, b.site.ID: 1}},
		{"one", []uuid.UUID{b.site.ID}, map[uuid.UUID]int{b.site.ID: 1}},
		{"none", nil, map[uuid.UUID]int{}},
	} {
		got, err := w.Repos().Results.CountBySite(t.Context(), q.sites)
		if err != nil || !maps.Equal(got, q.want) {
			t.Errorf("%s: %v, %v; want %v", q.name, got, err, q.want)
		}
	}
}

func listsAreAsOfATime(t *testing.T, w *world) {
	p := w.place(t)
	var results []*domain.Result
	for i := range 3 {
		results = append(results, p.result(`{}`, func(r *domain.Result) { r.UploadedAt = noon.Add(time.Duration(i) * time.Microsecond) }))
	}
	w.add(t, results...)
	for after, want := range map[time.Duration]int{-time.Microsecond: 0, 0: 1, time.Microsecond + 999: 2, time.Hour: 3} {
		at := noon.Add(after)
		page, err := w.Repos().Results.List(t.Context(), ports.ResultQuery{ListOptions: ports.ListOptions{Page: wholeList}, AsOf: &at})
		expectPage(t, after.String(), page, err, func(r *domain.Result) uuid.UUID { return r.ID }, results[:want]...)
	}
}

// largeValuesSort: of arrays and objects the first 256 values inside count, and of objects with
// more members only that there are more.
func largeValuesSort(t *testing.T, w *world) {
	p := w.place(t)
	list := func(n int, last string) string { return "[" + strings.Repeat("0,", n-1) + last + "]" }
	object := func(n int, value string) string {
		members := make([]string, n)
		for i := range members {
			members[i] = fmt.Sprintf(`"m%03d":%s`, i, value)
		}
		return "{" + strings.Join(members, ",") + "}"
	}
	// Ranks say which values are equal.
	ascending := []struct {
		value string
		rank  int
	}{
		{list(2, "1"), 0}, {list(255, "1"), 1}, {list(255, "2"), 2}, {list(300, "1"), 3}, {list(300, "2"), 3}, {list(100000, "{}"), 4},
		{object(3, "1"), 5}, {object(3, "2"), 6}, {object(256, "1"), 7}, {object(257, "1"), 8}, {object(300, "0"), 8}, {object(20000, "{}"), 8},
	}
	rank := map[uuid.UUID]int{}
	var results []*domain.Result
	for _, c := range ascending {
		r := p.result(`{"v":` + c.value + `}`)
		results, rank[r.ID] = append(results, r), c.rank
	}
	w.add(t, results...)
	for _, sign := range []string{"+", "-"} {
		slices.SortFunc(results, func(a, b *domain.Result) int {
			if c := rank[a.ID] - rank[b.ID]; c != 0 {
				return map[string]int{"+": c, "-": -c}[sign]
			}
			return byID(a.ID, b.ID)
		})
		got := w.results(t, ports.ResultQuery{ListOptions: ports.ListOptions{Page: wholeList, Sort: sortBy(t, sign+"json.v", ports.ResultSort)}})
		expectIDs(t, "sort by "+sign+"json.v", resultIDs(got), resultIDs(results))
	}
}
