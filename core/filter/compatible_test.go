package filter_test

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/eosc-perf/backend/core/filter"
)

// The first version of filters and sorts knew neither quotes nor selectors. Its reading of any
// text is still the reading of texts without a complete quoted part or selector.

type oldCondition struct {
	path            []string
	operator, value string
}

func parseOldCondition(s string, maxParts int) (c oldCondition, ok bool) {
	path, rest, ok := strings.Cut(s, " ")
	operator, value, separated := strings.Cut(rest, " ")
	c = oldCondition{strings.Split(path, "."), operator, value}
	return c, ok && separated && slices.Contains([]string{"==", ">", "<", ">=", "<="}, operator) && len(c.path) <= maxParts
}

func parseOldSort(s string, fields []string, maxParts, maxKeys int) (words []string, ok bool) {
	for element := range strings.SplitSeq(s, ",") {
		if element == "" {
			continue
		}
		if !strings.ContainsAny(element[:1], "+- ") {
			return nil, false
		}
		sign, name := strings.Replace(element[:1], " ", "+", 1), element[1:]
		path, isPath := strings.CutPrefix(name, "json.")
		if !isPath && !slices.Contains(fields, name) || isPath && strings.Count(path, ".") >= maxParts {
			return nil, false
		}
		if slices.ContainsFunc(words, func(word string) bool { return word[1:] == name }) {
			continue
		}
		if words = append(words, sign+name); len(words) > maxKeys {
			return nil, false
		}
	}
	return words, true
}

// excepted finds complete quoted parts and selectors, which were names before.
var excepted = regexp.MustCompile(`(^|[.+ -])"([^"\\]|\\.)*"|\[(\*|[0-9]+|("([^"\\]|\\.)*"|[^]\[="., ]+)=[^]]*)\]`)

var pieces = []string{
	"a", "b.c", ".", "..", " ", "  ", `"`, `"x"`, `"x.y"`, "[", "]", "[0]", "[*]", `[a="b c"]`, "[a=",
	`\`, `'`, "0", "-1", "é", ",", "$", "=", "*",
	"json", "json.", "+", "-", "+json.", "-json.", ",+json.", "id", "+id", ",-name", "name",
	" == ", " >= ", " < ", " > ", " <= ", " = ", "==", "5", "1e3", "true", "True", "", "x y",
}

func draw(random *rand.Rand) string {
	var b strings.Builder
	for range random.IntN(9) {
		b.WriteString(pieces[random.IntN(len(pieces))])
	}
	return b.String()
}

func TestOldFiltersAreReadAsBefore(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // a test
	compared := 0
	for compared < 100_000 {
		s := draw(random)
		if random.IntN(2) == 0 {
			s += " " + []string{"==", "<", ">", "<=", ">="}[random.IntN(5)] + " " + draw(random)
		}
		if path, _, _ := strings.Cut(s, " =="); excepted.MatchString(path) || excepted.MatchString(s) {
			continue
		}
		compared++
		old, ok := parseOldCondition(s, limits.PathParts)
		got, err := filter.ParseCondition(s, limits)
		if ok != (err == nil) {
			t.Fatalf("filter %q: %v, accepted before: %t", s, err, ok)
		}
		value := got.Value
		if got.Kind == filter.Boolean {
			value, old.value = strings.ToLower(value), strings.ToLower(old.value)
		}
		isSame := slices.Equal(old.path, got.Path.Names()) && got.Path.IsPlain() && old.operator == string(got.Operator) && old.value == value
		if ok && !isSame {
			t.Fatalf("filter %q is read as %+v, before as %+v", s, got, old)
		}
	}
	t.Logf("%d filters without quoted parts and selectors", compared)
}

func TestOldSortsAreReadAsBefore(t *testing.T) {
	fields := []string{"id", "name", filter.JSONField}
	random := rand.New(rand.NewPCG(3, 4)) //nolint:gosec // a test
	compared := 0
	for compared < 100_000 {
		var elements []string
		for range random.IntN(4) {
			sign, name := []string{"+", "-", " ", ""}[random.IntN(4)], []string{"json.", "id", "json", "name"}[random.IntN(4)]
			elements = append(elements, sign+name+draw(random))
		}
		s := strings.Join(elements, ",")
		if excepted.MatchString(s) {
			continue
		}
		compared++
		old, ok := parseOldSort(s, fields, limits.PathParts, limits.SortKeys)
		got, err := filter.ParseSort(s, fields, limits)
		if ok != (err == nil) {
			t.Fatalf("sort %q: %v, accepted before: %t", s, err, ok)
		}
		var words []string
		for _, key := range got {
			word := key.Field
			if key.Path != nil {
				word += "." + strings.Join(key.Path.Names(), ".")
			}
			words = append(words, map[bool]string{false: "+", true: "-"}[key.Descending]+word)
		}
		if ok && fmt.Sprint(words) != fmt.Sprint(old) {
			t.Fatalf("sort %q is read as %q, before as %q", s, words, old)
		}
	}
	t.Logf("%d sorts without quoted parts and selectors", compared)
}

func TestPathsHaveACanonicalForm(t *testing.T) {
	for in, want := range map[string]string{
		"a.b":                    "a.b",
		`"a"."b"`:                "a.b",
		"a[3]":                   "a.3",
		"a[3][4].b":              "a.3.4.b",
		"a[*].b":                 "a[*].b",
		`a["b"="c"].d`:           `a[b="c"].d`,
		`a["b c"="d"]`:           `a["b c"="d"]`,
		`a[b=5][c=true]`:         `a[b=5][c=true]`,
		`"fio version"`:          `"fio version"`,
		"fio version":            `"fio version"`,
		`"a[0]"`:                 `"a[0]"`,
		"a[":                     `"a["`,
		"a[x]":                   `"a[x]"`,
		"a[0]b":                  `"a[0]b"`,
		`a"b`:                    `"a\"b"`,
		`"a`:                     `"\"a"`,
		`"a"b.c`:                 `"\"a\"b".c`,
		`"a.b`:                   `"\"a".b`,
		"":                       "",
		"a.":                     "a.",
		".a":                     ".a",
		"a..b":                   "a..b",
		`percentile."99.000000"`: `percentile."99.000000"`,
		"\u00fc.\u00e9":          "\u00fc.\u00e9",
		`"a\u0041"`:              "aA",
		"lat(ms)":                `"lat(ms)"`,
		"a<b":                    `"a<b"`,
		`a[b="c.d"].e[f="g]h"]`:  `a[b="c.d"].e[f="g]h"]`,
	} {
		path, err := filter.ParsePath(in, 16)
		if err != nil || path.String() != want {
			t.Errorf("path %s is written as %s (%v), want %s", in, path, err, want)
			continue
		}
		if again, err := filter.ParsePath(want, 16); err != nil || !again.Equal(path) {
			t.Errorf("path %s, written as %s, is read as %+v (%v), want %+v", in, want, again, err, path)
		}
	}
}

func TestQuantitiesAreExact(t *testing.T) {
	for in, want := range map[string]string{
		"4693.667 MHz": "Hz 4693667e3", "4.693667 GHz": "Hz 4693667e3", "1 KiB": "b 8192e0", "1kB": "b 8e3", "2 min": "s 120e0",
		"0.1 \u00b5s": "s 1e-7", "1 h": "s 3600e0", "5%": "% 5e0", "1.5e3 op/s": "op/s 15e2", "3 IOPS": "op/s 3e0", "1Eb": "b 1e18",
		"1E3b":     "b 1e3",
		"7 MFLOPS": "FLOP/s 7e6", "1": "", "x": "", "1 KB": "", "1 m": "", "1 dB": "", "01 s": "", " 1 s": "", "1 s ": "", "1\ts": "",
		"-1.5 ms": "s -15e-4",
	} {
		got := ""
		if number, unit, ok := filter.ParseQuantity(in); ok {
			got = unit.Kind + " " + unit.InBase(number)
		}
		if got != want {
			t.Errorf("%q is %q, want %q", in, got, want)
		}
	}
}

func TestPathsAreBounded(t *testing.T) {
	for _, path := range []string{"a[b=1e309]", "a[b=-1e-309].c"} {
		if p, err := filter.ParsePath(path, 16); err == nil && !p.Equal(filter.Names(strings.Split(path, ".")...)) {
			t.Errorf("%s is the path %+v", path, p)
		}
	}
	const size = 1 << 18
	start := time.Now()
	for _, part := range []string{"[a=", `["a"=`, `["`, "[1", "[a=1", `"`, `\"[`, `."`, `[a="`} {
		_, _ = filter.ParseCondition(strings.Repeat(part, size/len(part))+" == 1", limits)
		_, _ = filter.ParseSort("+json."+strings.Repeat(part, size/len(part)), []string{"id", filter.JSONField}, limits)
		_, _ = filter.ParseSort(strings.Repeat("+json."+part+",", size/(7+len(part))), []string{"id", filter.JSONField}, limits)
		_, _ = filter.ParseWhere("json."+strings.Repeat(part, size/len(part)), fields, whereLimits)
	}
	if took := time.Since(start); took > 30*time.Second {
		t.Errorf("texts of 256 KiB took %s", took)
	}
}
