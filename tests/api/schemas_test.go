package api_test

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/eosc-perf/backend/tests/harness"
)

// submission is the body that submits a benchmark.
func submission(image, schema string) string {
	return fmt.Sprintf(`{"docker_image":%q,"docker_tag":"1","url":"https://example.org","json_schema":%s}`, image, schema)
}

// wantAt fails unless the answer is 422 with a text and the place in a schema or a result.
func wantAt(t *testing.T, a harness.Answer, path, text string) {
	t.Helper()
	a.Want(t, 422)
	if got := a.Text("errors", "error"); !strings.Contains(got, text) || a.Text("errors", "path") != path {
		t.Errorf("%.300s\nwant %q at %q", a, text, path)
	}
}

// TestSchemasThatAreRefused: what exceeds a limit, or cannot be used, is refused at its
// place when the benchmark is submitted or changed.
func TestSchemasThatAreRefused(t *testing.T) {
	s := harness.Start(t, harness.SQLite(t))
	f := s.NewFixture("refused")
	var references strings.Builder
	for i := range 3300 {
		fmt.Fprintf(&references, `,"p%d":{"$ref":"#/x"}`, i)
	}
	for _, tt := range []struct{ name, schema, path, text string }{
		{"nested brackets", `{"properties":{"a":{"pattern":"` + strings.Repeat("(", 500_000) + `"}}}`, "/properties/a/pattern",
			"pattern of 500000 characters, where the limit is 10000"},
		{"deep groups", `{"pattern":"` + strings.Repeat("(", 1000) + strings.Repeat(")", 1000) + `"}`, "/pattern",
			"groups nested deeper than the limit of 100"},
		{"references", `{"x":{},"properties":{"p":{}` + references.String() + `}}`, "/properties/p2799/$ref",
			"more references than the limit of 2000"},
		{"values", `{"enum":[` + strings.Repeat("1,", 20_000) + `1]}`, "/enum/9998", "more than 10000 values"},
		{"bad name of a pattern", `{"patternProperties":{"a/b(":{}}}`, "/patternProperties/a~1b(", "missing closing )"},
		{"unknown property", `{"pattern":"^\\p{Nope}$"}`, "/pattern",
			`the Unicode property "Nope" does not exist or is not supported at character 2`},
		{"unsupported property", `{"properties":{"a":{"pattern":"\\p{Emoji}"}}}`, "/properties/a/pattern", "not supported"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			wantAt(t, s.Post("alice", "/benchmarks", submission("refused/schema", tt.schema)), tt.path, tt.text)
			wantAt(t, s.Do(harness.Call{Method: "PUT", Path: "/benchmarks/" + f.Benchmark, As: "admin", Body: submission("refused", tt.schema)}),
				tt.path, tt.text)
		})
	}
}

// TestUploadsUseTheSchema: patterns as JavaScript has them, places and texts.
func TestUploadsUseTheSchema(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		f := s.NewFixture("patterns")
		upload := func(schema, body string) harness.Answer {
			t.Helper()
			s.Do(harness.Call{Method: "PUT", Path: "/benchmarks/" + f.Benchmark, As: "admin", Body: submission("patterns", schema)}).Want(t, 204)
			return s.Post("alice", f.UploadPath(""), body)
		}
		const names = `{"properties":{"n":{"pattern":"^\\p{Letter}+$"},
			"g":{"pattern":"^\\p{Script=Greek}+$"},"a":{"pattern":"^\\p{Alphabetic}+$"}}}`
		upload(names, `{"n":"Zürich","g":"Ωμέγα","a":"Ⅳé"}`).Want(t, 201)
		wantAt(t, upload(names, `{"g":"Omega"}`), "/g", `'Omega' does not match pattern '^\p{Script=Greek}+$'`)
		wantAt(t, upload(`{"additionalProperties":{"propertyNames":{"maxLength":1}}}`, `{"a":{"b":1},"b":{"xy":1},"c":{"d":1}}`), "/b",
			"invalid propertyName 'xy'")
		wantAt(t, upload(`{"properties":{"a":{"minimum":9007199254740993}}}`, `{"a":9007199254740992}`), "/a",
			"minimum: got 9007199254740992, want at least 9007199254740993")
		wantAt(t, upload(`{"properties":{"a":{"items":false}}}`, `{"a":[1]}`), "/a/0", "is not allowed here")
	})
}

// TestBodyLimitCountsWhatWasSent: numbers of one digit fill the limit.
func TestBodyLimitCountsWhatWasSent(t *testing.T) {
	s := harness.Start(t, harness.SQLite(t))
	f := s.NewFixture("digits")
	const limit = 1 << 20
	body := `{"list":[` + strings.Repeat("1,", limit/2-6) + `1]}`
	if len(body) > limit || len(body) < limit-2 {
		t.Fatalf("the body has %d bytes", len(body))
	}
	s.Post("alice", f.UploadPath(""), body).Want(t, 201)
	a := s.Post("alice", f.UploadPath(""), `{"list":[`+strings.Repeat("1,", limit/2)+`1]}`).Want(t, 413)
	if want := "The body has " + strconv.Itoa(limit+12) + " bytes; BODY_LIMIT is 1048576 bytes"; a.Text("errors", "error") != want {
		t.Errorf("%.300s\nwant %q", a, want)
	}
	a = s.Post("alice", f.UploadPath(""), `{"list":[1e300,`+strings.Repeat("1e-300,", 5000)+`1]}`).Want(t, 413)
	if got := a.Text("errors", "error"); !strings.Contains(got, `BODY_LIMIT, which is 1048576 bytes`) || !strings.Contains(got, `"/list/34`) {
		t.Errorf("%.300s\nwant the limit and the place", a)
	}
}

// TestHostileUploadsAreAnsweredInTime: documents that took minutes to check are answered, and others
// meanwhile. The bounds of time are far above what is needed: only what has no end
// exceeds them.
func TestHostileUploadsAreAnsweredInTime(t *testing.T) {
	const most = 30 * time.Second
	s := harness.Start(t, harness.SQLite(t))
	numbers := func(n int) string {
		list := make([]string, n)
		for i := range list {
			list[i] = strconv.Itoa(i)
		}
		return strings.Join(list, ",")
	}
	// A machine that is too slow answers with the limit of time instead.
	late := func(a harness.Answer) bool { return strings.Contains(a.Text("errors", "error"), "takes longer than") }
	hostile := []struct {
		name, schema, body string
		status             int
		text               string
	}{
		{"enum", `{"properties":{"a":{"items":{"enum":[` + numbers(9000) + `]}}}}`, `{"a":[` + numbers(5000) + `]}`, 201, ""},
		{"contains", `{"properties":{"a":{"allOf":[` + strings.Repeat(`{"contains":{"type":"string"}},`, 2000) + `{}]}}}`, `{"a":[` +
			numbers(50_000) + `]}`, 422, "no items match contains schema"},
		{"unevaluated", `{"properties":{"a":{"allOf":[` + strings.Repeat(`{"prefixItems":[true],"unevaluatedItems":{"type":"number"}},`, 1500) +
			`{}],"unevaluatedItems":false}}}`,
			`{"a":[` + numbers(100_000) + `]}`, 422, "takes longer than"},
		{"unique", `{"properties":{"a":{"allOf":[` + strings.Repeat(`{"uniqueItems":true},`, 4000) + `{}]}}}`, `{"a":[` + numbers(50_000) + `]}`,
			422, "takes longer than"},
		{"pattern", `{"properties":{"a":{"pattern":"^(?=(a+)+$)"}}}`, `{"a":"` + strings.Repeat("a", 60) + `!"}`, 422, "takes longer than"},
	}
	fixtures := make([]harness.Fixture, len(hostile))
	for i, tt := range hostile {
		f := s.NewFixture("hostile-" + strconv.Itoa(i))
		a := s.Do(harness.Call{Method: "PUT", Path: "/benchmarks/" + f.Benchmark, As: "admin", Body: submission(f.Name, tt.schema)})
		if !late(a) {
			a.Want(t, 204)
			fixtures[i] = f
		}
	}
	var group sync.WaitGroup
	for i, tt := range hostile {
		if fixtures[i].Benchmark == "" {
			continue // its schema was refused, for the time that it takes
		}
		group.Go(func() {
			started := time.Now()
			a := s.Post("alice", fixtures[i].UploadPath(""), tt.body)
			if !late(a) && (a.Status != tt.status || tt.status != 201 && !strings.Contains(a.Text("errors", "error"), tt.text)) {
				t.Errorf("%s: %.300s\nwant %d %s", tt.name, a, tt.status, tt.text)
			}
			if took := time.Since(started); took > most {
				t.Errorf("%s: took %s", tt.name, took)
			}
		})
	}
	for range 20 {
		s.Get("/benchmarks?per_page=1").Want(t, 200)
	}
	group.Wait()
}
