package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/eosc-perf/backend/scripts/bench/dataset"
)

func TestOptions(t *testing.T) {
	for _, c := range []struct {
		environment string
		rounds      int
		seconds     float64
		out, err    string
	}{
		{"TEST_POSTGRES_URL=u", 3, 5, "data/bench/100000.json", ""},
		{"TEST_POSTGRES_URL=u SIZE=1000", 1, 1, "data/bench/1000.json", ""},
		{"DATABASES=sqlite SIZE=1000 ROUNDS=2 SECONDS=0.5 OUT=x ONLY=json,page20", 2, 0.5, "x", ""},
		{"", 0, 0, "", "TEST_POSTGRES_URL is not set"},
		{"DATABASES=mysql", 0, 0, "", `DATABASES: "mysql" is neither`},
		{"TEST_POSTGRES_URL=u SIZE=many", 0, 0, "", `SIZE: "many" is not a number`},
		{"TEST_POSTGRES_URL=u SECONDS=0", 0, 0, "", `SECONDS: "0" is not a number from 0.1`},
		{"TEST_POSTGRES_URL=u ONLY=page20,pages", 0, 0, "", `ONLY: "pages" is no kind of request`},
	} {
		o, err := readOptions(func(name string) (string, bool) {
			for pair := range strings.FieldsSeq(c.environment) {
				if value, ok := strings.CutPrefix(pair, name+"="); ok {
					return value, true
				}
			}
			return "", false
		})
		if c.err != "" {
			if err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("%s: %v, want %s", c.environment, err, c.err)
			}
			continue
		}
		if err != nil || o.rounds != c.rounds || o.seconds != c.seconds || o.out != c.out {
			t.Errorf("%s: %+v, %v", c.environment, o, err)
		}
	}
}

// answer is a page of the data set's first results, in order of execution.
func answer(t *testing.T, count int, change func(items []map[string]any)) results {
	t.Helper()
	var rows []dataset.Result
	for n := range count {
		rows = append(rows, dataset.At(n))
	}
	slices.SortFunc(rows, func(a, b dataset.Result) int { return a.Executed.Compare(b.Executed) })
	var items []map[string]any
	for _, r := range rows {
		items = append(items, map[string]any{
			"id": r.ID.String(), "execution_datetime": r.Executed.Format("2006-01-02T15:04:05.000000"), "json": json.RawMessage(r.JSON),
			"benchmark": map[string]any{"docker_image": dataset.Image(r.Benchmark), "json_schema": json.RawMessage(dataset.Schema(r.Benchmark))},
			"site":      map[string]any{"name": dataset.SiteName(dataset.SiteOf(r.Flavor))},
			"flavor":    map[string]any{"id": dataset.IDOf("flavor", r.Flavor).String()}, "tags": make([]map[string]any, len(r.Tags)),
		})
	}
	change(items)
	text, err := json.Marshal(map[string]any{"items": items, "total": 50})
	if err != nil {
		t.Fatal(err)
	}
	var decoded results
	if err := checkResults(func(r results) error { decoded = r; return nil })(text); err != nil {
		t.Fatal(err)
	}
	return decoded
}

func TestWrongPagesAreNoticed(t *testing.T) {
	everything := func(result) bool { return true }
	for name, c := range map[string]struct {
		change  func([]map[string]any)
		items   int
		belongs func(result) bool
		right   bool
	}{
		"right":        {func([]map[string]any) {}, 8, everything, true},
		"number":       {func([]map[string]any) {}, 9, everything, false},
		"order":        {func(items []map[string]any) { items[2], items[3] = items[3], items[2] }, 8, everything, false},
		"no schema":    {func(items []map[string]any) { items[5]["benchmark"] = map[string]any{} }, 8, everything, false},
		"no tags":      {func(items []map[string]any) { items[5]["tags"] = nil }, 8, everything, false},
		"not its page": {func([]map[string]any) {}, 8, func(r result) bool { return r.JSON.Machine.CPU.Count > 100 }, false},
	} {
		err := answer(t, 8, c.change).is(c.items, 50, byExecution, c.belongs)
		if (err == nil) != c.right {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := answer(t, 8, func([]map[string]any) {}).is(8, 51, byExecution); err == nil {
		t.Error("a wrong total")
	}
}

func TestWrongResultsAreNoticed(t *testing.T) {
	for name, right := range map[string]bool{
		"": true, "id": false, "tags": false, "json": false, "site": false, "flavor": false, "benchmark": false, "execution_datetime": false,
	} {
		var item map[string]any
		answer(t, 1, func(items []map[string]any) { item = items[0] })
		if other := dataset.At(1); name != "" {
			answer(t, 1, func(items []map[string]any) { item = items[0] })
			item[name] = map[string]any{
				"id": other.ID.String(), "tags": make([]map[string]any, 7), "json": json.RawMessage(other.JSON),
				"site": map[string]any{"name": "x"}, "flavor": map[string]any{"id": "x"},
				"benchmark": map[string]any{"json_schema": map[string]any{}}, "execution_datetime": "2020-01-01T00:00:00",
			}[name]
		}
		text, err := json.Marshal(item)
		if err != nil {
			t.Fatal(err)
		}
		if err := isResult(text, dataset.At(0)); (err == nil) != right {
			t.Errorf("%q changed: %v", name, err)
		}
	}
}

func TestRequestsFitTheDataSet(t *testing.T) {
	const size = 3000
	counts := count(size)
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // reproducible on purpose
	for _, r := range requests(size, counts, "token") {
		if _, err := statements.ReadFile("statements/" + r.statement); r.statement != "" && err != nil {
			t.Errorf("%s: %v", r.name, err)
		}
		for range 100 {
			request := r.next(random)
			target, err := url.ParseRequestURI(request.Target)
			if err != nil {
				t.Fatalf("%s: %v", r.name, err)
			}
			var page int
			if text := target.Query().Get("page"); text != "" {
				if _, err := fmt.Sscan(text, &page); err != nil || page < 1 || page > lastPage(counts.Visible, smallPage) {
					t.Errorf("%s: %s", r.name, request.Target)
				}
			}
		}
	}
	p := probes{size: size, counts: counts, uploaded: &atomic.Int64{}}
	if a, b := p.upload(random), p.upload(random); string(a.Body) == string(b.Body) {
		t.Error("two uploads have one document")
	}
}

func TestProcessorTimeOfOurselves(t *testing.T) {
	before, err := processorTime(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	const most = 5 * time.Minute // of a machine that has much else to do
	for begun := time.Now(); time.Since(begun) < most; {
		for n := range 1000 {
			dataset.At(n)
		}
		if now, err := processorTime(os.Getpid()); err != nil || now > before {
			return
		}
	}
	t.Errorf("it stays at %v", before)
}

func TestScriptsOfPgbenchAreRead(t *testing.T) {
	s := parseScript("-- A page, :n of them.\n\\set page random(:first, :last)\n\\set n random(0, :size - 1)\n" +
		"SELECT :n::uuid, md5('a:' || :n)::uuid OFFSET (:page - 1) * :size;\n")
	if want := "SELECT $1::int::uuid, md5('a:' || $2::int)::uuid OFFSET ($3::int - 1) * $4::int;"; !strings.Contains(s.sql, want) {
		t.Errorf("%q, want %q in it", s.sql, want)
	}
	random := rand.New(rand.NewPCG(1, 1))
	for range 100 {
		values, err := s.values(random, map[string]int{"first": 3, "last": 4, "size": 2})
		if err != nil {
			t.Fatal(err)
		}
		n, _ := values[0].(int)
		page, _ := values[2].(int)
		if n < 0 || n > 1 || page < 3 || page > 4 || values[1] != n || values[3] != 2 {
			t.Fatalf("values %v", values)
		}
	}
	if _, err := s.values(random, map[string]int{"first": 3}); err == nil {
		t.Error("a variable that is not given is no error")
	}
}
