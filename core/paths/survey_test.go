package paths_test

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/eosc-perf/backend/core/document"
	"github.com/eosc-perf/backend/core/paths"
)

func survey(t *testing.T, documents ...string) *paths.Survey {
	t.Helper()
	s := paths.New()
	for _, text := range documents {
		v, err := document.Parse(t.Context(), []byte(text), document.StoredLimits)
		if err != nil {
			t.Fatal(err)
		}
		s.Add(v)
	}
	return s
}

// find returns all paths that begin with the prefix.
func find(t *testing.T, s interface {
	Summarize(ctx context.Context) (*paths.Summary, error)
}, prefix string, values int,
) []paths.Path {
	t.Helper()
	summary, err := s.Summarize(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	found, total := summary.Find(prefix, values, 0, math.MaxInt)
	if len(found) != total {
		t.Errorf("%d paths of %d were found", len(found), total)
	}
	return found
}

func write(all []paths.Path) string {
	var lines []string
	for _, p := range all {
		line := fmt.Sprintf("%s %v %d %d", p.Path, p.Types, p.Documents, p.Distinct)
		for _, v := range p.Values {
			line += fmt.Sprintf(" %s*%d", v.JSON, v.Documents)
		}
		if p.Numbers != nil {
			line += fmt.Sprintf(" %s..%s %v", p.Numbers.Min, p.Numbers.Max, p.Numbers.Quartiles)
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

func TestPathsTypesAndValues(t *testing.T) {
	s := survey(t,
		`{"v":1,"s":"x","jobs":[{"iops":10},{"iops":20},{"iops":20}],"fio version":"3"}`,
		`{"v":1.0,"s":"y","jobs":[],"b":true}`,
		`{"v":2,"s":null,"jobs":[{"iops":10}],"b":false}`,
		`{"v":"4","o":{},"n":{"a.b":9007199254740993}}`,
	)
	const want = `v map[number:3 string:1] 4 3 1*2 "4"*1 2*1 1..2 [1 1 1.5]
s map[null:1 string:2] 3 2 "x"*1 "y"*1
b map[boolean:2] 2 2 false*1 true*1
jobs[*].iops map[number:2] 2 2 10*2 20*1 10..20 [10 15 20]
"fio version" map[string:1] 1 1 "3"*1
jobs map[array:1] 1 0
` + `n."a.b" map[number:1] 1 1 9007199254740993*1 9007199254740993..9007199254740993 ` +
		`[9.007199254740992e+15 9.007199254740992e+15 9.007199254740992e+15]` + `
o map[object:1] 1 0`
	if got := write(find(t, s, "", 20)); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	for prefix, want := range map[string]string{
		"jobs": "jobs[*].iops jobs", "fio v": `"fio version"`, `"fio v`: `"fio version"`, "n.a.b": `n."a.b"`, "x": "", "jobs[*].": "jobs[*].iops",
	} {
		var got []string
		for _, p := range find(t, s, prefix, 0) {
			got = append(got, p.Path.String())
			if len(p.Values) > 0 {
				t.Errorf("%s has values that nobody asked for", p.Path)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("prefix %q: %q, want %q", prefix, got, want)
		}
	}
}

func TestValuesAreCountedUpToALimit(t *testing.T) {
	s := paths.New()
	for i := range paths.MostValues + 1 {
		v, err := document.Parse(t.Context(), fmt.Appendf(nil, `{"few":%d,"many":"v%d"}`, i%paths.MostValues, i), document.StoredLimits)
		if err != nil {
			t.Fatal(err)
		}
		s.Add(v)
	}
	for _, p := range find(t, s, "", 2) {
		want := map[string]string{"few": "10000 2", "many": "-1 0"}[p.Path.String()]
		if got := fmt.Sprint(p.Distinct, len(p.Values)); got != want {
			t.Errorf("%s: %s different and shown values, want %s", p.Path, got, want)
		}
	}
}

// TestLongNamesCostLittle: every path repeats the names before it.
func TestLongNamesCostLittle(t *testing.T) {
	var text strings.Builder
	text.WriteString(`{"` + strings.Repeat("n", 300_000) + `":{"m":0`)
	for i := range 10_000 {
		fmt.Fprintf(&text, `,"m%d":%d`, i, i)
	}
	text.WriteString(`},"short":1}`)
	value, err := document.Parse(t.Context(), []byte(text.String()), document.StoredLimits)
	if err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	s := paths.New()
	s.Add(value)
	found := find(t, s, "", 1)
	runtime.ReadMemStats(&after)
	if took := (after.TotalAlloc - before.TotalAlloc) >> 20; took > 200 {
		t.Errorf("%d paths took %d MiB of memory", len(found), took)
	}
	if len(found) != 1 || found[0].Path.String() != "short" {
		t.Errorf("%d paths are told, want the one that a question can name", len(found))
	}
}

// TestLongValuesAreCountedAndNotListed: they do not take the room of others.
func TestLongValuesAreCountedAndNotListed(t *testing.T) {
	s := paths.New()
	const long = 100_000
	for i := range 400 {
		text := strconv.Itoa(i) + strings.Repeat("x", long)
		v, err := document.Parse(t.Context(), fmt.Appendf(nil, `{"long":%q,"short":"v%d"}`, text, i), document.StoredLimits)
		if err != nil {
			t.Fatal(err)
		}
		s.Add(v)
	}
	for _, p := range find(t, s, "", 100) {
		want := map[string]string{"long": "400 0", "short": "400 100"}[p.Path.String()]
		if got := fmt.Sprint(p.Distinct, len(p.Values)); got != want {
			t.Errorf("%s: %s different and shown values, want %s", p.Path, got, want)
		}
	}
}

// TestDocumentsAreForgotten: what is kept of a document is not a part of its text.
func TestDocumentsAreForgotten(t *testing.T) {
	s := paths.New()
	before := liveBytes()
	for i := range 40 {
		text := fmt.Appendf(nil, `{"name%d":%d.5,"same":%d,"ballast":[%s0]}`, i, i, i, strings.Repeat("0,", 100_000))
		v, err := document.Parse(t.Context(), text, document.StoredLimits)
		if err != nil {
			t.Fatal(err)
		}
		s.Add(v)
	}
	if used := liveBytes() - before; used > 2<<20 {
		t.Errorf("%d bytes are kept of 40 documents of 200 KB", used)
	}
	if len(find(t, s, "", 1)) != 42 {
		t.Error("a path is missing")
	}
}

func liveBytes() int64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc) //nolint:gosec // far below the limit
}

// TestNumbersOfManyPathsCostLittle: the samples of all paths together are bounded.
func TestNumbersOfManyPathsCostLittle(t *testing.T) {
	var text strings.Builder
	text.WriteString(`{"last":[1,2,3,4]`)
	for i := range 5_000 {
		fmt.Fprintf(&text, `,"m%d":%d`, i, i)
	}
	text.WriteString(`}`)
	value, err := document.Parse(t.Context(), []byte(text.String()), document.StoredLimits)
	if err != nil {
		t.Fatal(err)
	}
	s, before := paths.New(), liveBytes()
	for range 800 {
		s.Add(value)
	}
	if used := liveBytes() - before; used > 30<<20 {
		t.Errorf("%d bytes for 4,000,000 numbers at 5,001 paths", used)
	}
	for _, p := range find(t, s, "m4", 0) {
		if want := strings.TrimPrefix(p.Path.String(), "m"); fmt.Sprint(p.Numbers.Quartiles[1]) != want {
			t.Errorf("%s: median %v", p.Path, p.Numbers.Quartiles[1])
		}
	}
}

func TestEmptyNamesAreNoPaths(t *testing.T) {
	if got := write(find(t, survey(t, `{"":1,"a":{"":2}}`), "", 1)); got != "" {
		t.Errorf("found %s, want nothing that a question cannot find", got)
	}
}

// TestLongValuesWeighMore: values may be long, and so may paths. What is kept is bounded in bytes.
func TestLongValuesWeighMore(t *testing.T) {
	weigh := func(size int) int {
		s, err := survey(t, fmt.Sprintf(`{"a":%q}`, strings.Repeat("x", size))).Summarize(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return s.Weight()
	}
	if short, long := weigh(10), weigh(paths.LongestValue-2); long < 3*short {
		t.Errorf("a value of 10 bytes weighs %d, a long one %d", short, long)
	}
}

// TestExtremesAreExact: also of numbers that are the same as float64.
func TestExtremesAreExact(t *testing.T) {
	for _, tt := range []struct{ documents, min, max string }{
		{`[9007199254740993,9007199254740992,9007199254740994]`, "9007199254740992", "9007199254740994"},
		{`[9007199254740992,9007199254740993]`, "9007199254740992", "9007199254740993"},
		{`[0.1,0.10000000000000000001,0.09999999999999999999]`, "0.09999999999999999999", "0.10000000000000000001"},
		{`[-3,2,-1]`, "-3", "2"},
		{`[5e2,-0,0]`, "0", "500"},
		{`[1e30,2e30,-1e30]`, "-1" + strings.Repeat("0", 30), "2" + strings.Repeat("0", 30)},
	} {
		found := find(t, survey(t, `{"x":`+tt.documents+`}`), "", 0)
		if len(found) != 1 || found[0].Numbers == nil {
			t.Errorf("%s: %+v", tt.documents, found)
			continue
		}
		if found[0].Numbers.Min != tt.min || found[0].Numbers.Max != tt.max {
			t.Errorf("%s: %+v, want %s and %s", tt.documents, found[0].Numbers, tt.min, tt.max)
		}
	}
}
