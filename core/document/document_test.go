package document_test

import (
	"context"
	"encoding/json"
	"errors"
	"math/big"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/eosc-perf/backend/core/document"
	"github.com/eosc-perf/backend/core/filter"
)

var limits = document.Limits{Bytes: 1 << 20, Depth: 64, Exponent: 308}

// nested are so many arrays, each in another.
func nested(levels int) string { return strings.Repeat("[", levels) + strings.Repeat("]", levels) }

func TestParseRefusesTextsThatAreNotJSON(t *testing.T) {
	for name, text := range map[string]string{
		"empty": ``, "white space": " \n", "only a byte order mark": "\ufeff", "cut off": `{"a":`, "two documents": `{} {}`,
		"garbage after the document": `{}x`, "leading zero": `[01]`, "NUL escape": `{"a":"\u0000"}`, "NUL escape in a name": `{"\u0000":1}`,
		"lone surrogate": `"\ud800"`, "lone low surrogate": `"\udc00x"`, "bad UTF-8": "\"\xff\"", "two byte order marks": "\ufeff\ufeff{}",
		"byte order mark within": "{\ufeff}", "byte order mark of UTF-16": "\xff\xfe{\x00}\x00", "comma at the end": `[1,]`, "no comma": `[1 2]`,
		"only commas": `[` + strings.Repeat(",", 1000), "unbalanced": `[}`, "closed twice": `[]]`, "name without value": `{"a"}`,
		"name that is no string": `{1:2}`, "single quotes": `{'a':1}`, "comment": `{/**/}`, "literal": `nul`, "plus sign": `+1`,
		"missing name": `{:1}`, "open string": `"a`, "raw control character": "\"\n\"",
	} {
		t.Run(name, func(t *testing.T) {
			value, err := document.Parse(t.Context(), []byte(text), limits)
			syntax, ok := errors.AsType[*document.SyntaxError](err)
			if !ok || syntax.Literal != "" {
				t.Errorf("Parse(%q) = %s, %v", text, value.Append(nil), err)
			}
		})
	}
}

func TestParseNamesNumbersThatAreNotFinite(t *testing.T) {
	tests := []struct {
		text, literal string
		offset        int
	}{
		{`NaN`, "NaN", 0},
		{`{"a":NaN}`, "NaN", 5},
		{`{"score": [1, NaN]}`, "NaN", 14},
		{`[Infinity]`, "Infinity", 1},
		{"[1 ,\n -Infinity]", "-Infinity", 6},
		{`[+Infinity]`, "+Infinity", 1},
		{`{"a": nan, "b": NaN}`, "nan", 6},
		{`[-inf]`, "-inf", 1},
		{"\ufeff[NaN]", "NaN", 4},
		{`{"NaN": "Infinity", "é": NaN}`, "NaN", 26},
	}
	for _, tt := range tests {
		_, err := document.Parse(t.Context(), []byte(tt.text), limits)
		syntax, ok := errors.AsType[*document.SyntaxError](err)
		if !ok || syntax.Literal != tt.literal || syntax.Offset != tt.offset {
			t.Errorf("Parse(%s) = %#v, want %s at byte %d", tt.text, err, tt.literal, tt.offset)
		}
		if rest := tt.text[tt.offset:]; !strings.HasPrefix(rest, tt.literal) {
			t.Errorf("at byte %d of %s is no %s", tt.offset, tt.text, tt.literal)
		}
	}
	for _, text := range []string{`[Nanny]`, `[infinite]`, `["NaN" x]`, `[1 NaN`, `{NaN:1}`} {
		_, err := document.Parse(t.Context(), []byte(text), limits)
		if syntax, ok := errors.AsType[*document.SyntaxError](err); !ok || syntax.Literal != "" && !strings.Contains(text, "NaN") {
			t.Errorf("Parse(%s) = %#v", text, err)
		}
	}
}

func TestParseAndAppendGiveTheCanonicalForm(t *testing.T) {
	for text, want := range map[string]string{
		` {"a": [1, -0.5e3, null, true, false, "x"]} `: `{"a":[1,-500,null,true,false,"x"]}`,
		`5`:                                     `5`,
		"\ufeff{}":                              `{}`,
		"\ufeff [ 1 ] ":                         `[1]`,
		`{"b":1,"a":2,"b":3}`:                   `{"a":2,"b":3}`,
		`{"a":{"x":1,"x":null}}`:                `{"a":{"x":null}}`,
		`{"c":1,"a":1,"b":1,"a":2,"c":2,"a":3}`: `{"a":3,"b":1,"c":2}`,
		`{"a":1,"\u0061":2}`:                    `{"a":2}`,
		`[1e3, 1E+3, 1.50e1, 1e-2, -1.25e-3, 0.10, 12345678901234567890, 1.0e3]`: `[1000,1000,15.0,0.01,-0.00125,0.10,12345678901234567890,1000]`,
		`[-0, -0.0, 0e5, 0e-5, 0.00e2, -0e1, 100e-2, 12e-1]`:                     `[0,0.0,0,0.00000,0,0,1.00,1.2]`,
		`"<&>\u00e9\ud83d\ude00\u2028"`:                                          "\"<&>é😀\u2028\"",
		`"\\u0000\"\/\b\f\n\r\t\u001f"`:                                          `"\\u0000\"/\b\f\n\r\t\u001f"`,
		` {"":[{},[],null,true]} `:                                               `{"":[{},[],null,true]}`,
		"{\"\U0001f600\":1,\"\uffff\":2}":                                        "{\"\uffff\":2,\"\U0001f600\":1}",
		nested(64):                                                               nested(64),
		`[1e308,1E-308]`: `[1` + strings.Repeat("0", 308) + `,0.` + strings.Repeat("0",
			307) + `1]`,
	} {
		value, err := document.Parse(t.Context(), []byte(text), limits)
		if got := string(value.Append(nil)); err != nil || got != want {
			t.Errorf("Parse(%s) = %s, %v; want %s", text, got, err, want)
		}
	}
}

func TestParseNamesTheLimitAndThePlace(t *testing.T) {
	deep := strings.Repeat("/0", 64)
	tests := []struct{ name, text, pointer, reason string }{
		{"depth", nested(65), deep, "nested deeper than 64 levels"},
		{"far deeper", nested(200_000), deep, "nested deeper than 64 levels"},
		{"exponent", `{"a":{"b/c":1e309}}`, "/a/b~1c", "exponent of a number beyond the limit of 308"},
		{"negative exponent", `[1,1e-309]`, "/1", "exponent of a number beyond the limit of 308"},
		{"exponent beyond int", `[1e99999999999999999999]`, "/0", "exponent of a number beyond the limit of 308"},
		{"exponent of many digits", `[1e` + strings.Repeat("9", 1000) + `]`, "/0", "exponent of"},
		{"digits after the point", `[0.` + strings.Repeat("1", 16384) + `]`, "/0",
			"number with more than 131072 digits before or 16383 after the decimal point"},
		{"digits before the point", `{"n":` + strings.Repeat("1", 131073) + `}`, "/n", "more than 131072 digits before"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := document.Parse(t.Context(), []byte(tt.text), limits)
			limit, ok := errors.AsType[*document.LimitError](err)
			// The pointer of what opens too deep may or may not have the index of its own first item.
			if !ok || strings.TrimSuffix(limit.Pointer, "/0") != strings.TrimSuffix(tt.pointer, "/0") || !strings.Contains(limit.Reason, tt.reason) {
				t.Errorf("Parse(%.60q) = %v, want %q at %q", tt.text, err, tt.reason, tt.pointer)
			}
		})
	}
}

func TestParseCountsBytesAsTheyWereSentAndExponentsInPlainForm(t *testing.T) {
	// digits are numbers of one digit in so many bytes.
	digits := func(bytes int) string {
		return "[" + strings.Repeat("1,", (bytes-3)/2) + strings.Repeat("1", 2-bytes%2) + "]"
	}
	tests := []struct {
		name, text string
		limit      int
		plain      bool
		pointer    string
	}{
		{name: "numbers of one digit that fill the limit", text: digits(420_000), limit: 420_000},
		{name: "one byte more", text: digits(420_001), limit: 420_000, pointer: "-"},
		{name: "negative zeros, which get shorter", text: "[" + strings.Repeat("-0,", 100) + "0]", limit: 303},
		{name: "numbers in plain form", text: `[-1.5,0.001,100]`, limit: 16},
		{name: "exponent that fills the limit", text: `[1e3,1]`, limit: 8},
		{name: "exponent one byte more", text: `[1,1e3,1e3]`, limit: 11, plain: true, pointer: "/1"},
		{name: "exponent that makes a number shorter", text: `[1000e-3]`, limit: 9},
		{name: "large exponents", text: `{"a":[` + strings.Repeat("1e300,", 5000) + `1]}`, limit: 1 << 20, plain: true, pointer: "/a/3441"},
		{name: "large negative exponents", text: `[` + strings.Repeat("1e-300,", 5000) + `1]`, limit: 1 << 20, plain: true, pointer: "/3424"},
		{name: "byte order mark", text: "\ufeff[]", limit: 5},
		{name: "byte order mark one byte more", text: "\ufeff[]", limit: 4, pointer: "-"},
		{name: "string", text: `"` + strings.Repeat("x", 1<<20) + `"`, limit: 1 << 20, pointer: "-"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := document.Parse(t.Context(), []byte(tt.text), document.Limits{Bytes: tt.limit, Depth: 64, Exponent: 308})
			if tt.pointer == "" {
				if err != nil {
					t.Errorf("Parse(%.60q): %v", tt.text, err)
				}
				return
			}
			size, ok := errors.AsType[*document.SizeError](err)
			if !ok || size.Limit != tt.limit || size.Size != len(tt.text) || size.Plain != tt.plain || tt.plain && size.Pointer != tt.pointer {
				t.Errorf("Parse(%.60q) = %#v, want plain %v at %q", tt.text, err, tt.plain, tt.pointer)
			}
		})
	}
}

func TestValueIsRead(t *testing.T) {
	value, err := document.Parse(t.Context(), []byte(`{"b":[1,"x"],"a":null,"é":{},"b":[true,false]}`), limits)
	if err != nil {
		t.Fatal(err)
	}
	if value.Kind() != document.Object || value.Len() != 3 || value.Name(0) != "a" || value.Name(1) != "b" || value.Name(2) != "é" {
		t.Errorf("got %s", value.Append(nil))
	}
	list, ok := value.Get("b")
	if !ok || list.Kind() != document.Array || list.Len() != 2 ||
		list.Item(0).Kind() != document.True || list.Item(1).Kind() != document.False {
		t.Errorf("b is %s, %v", list.Append(nil), ok)
	}
	for _, name := range []string{"", "0", "c", "bb", "é "} {
		if _, ok := value.Get(name); ok {
			t.Errorf("there is a member %q", name)
		}
	}
	if _, ok := list.Get("0"); ok {
		t.Error("an array has a member")
	}
}

// TestParseAgreesWithTheStandardLibrary: what encoding/json reads, Parse reads, too.
func TestParseAgreesWithTheStandardLibrary(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tree := drawTree(t, 4)
		text, err := json.Marshal(tree)
		if err != nil {
			t.Fatal(err)
		}
		value, err := document.Parse(t.Context(), text, limits)
		if err != nil {
			t.Fatalf("Parse(%s): %v", text, err)
		}
		var back any
		if err := json.Unmarshal(value.Append(nil), &back); err != nil || !reflect.DeepEqual(back, tree) {
			t.Fatalf("Parse(%s) = %s (%v)", text, value.Append(nil), err)
		}
	})
}

func drawTree(t *rapid.T, depth int) any {
	text := rapid.StringOf(rapid.RuneFrom([]rune("ab\"\\/é😀\n\u2028<")))
	switch n := rapid.IntRange(0, 3+2*min(depth, 1)).Draw(t, "kind"); n {
	case 0:
		return nil
	case 1:
		return rapid.Bool().Draw(t, "bool")
	case 2:
		return rapid.Float64().Filter(func(f float64) bool { return f == 0 || f > 1e-300 || f < -1e-300 }).Draw(t, "number") + 0
	case 3:
		return text.Draw(t, "string")
	case 4:
		items := []any{}
		for range rapid.IntRange(0, 4).Draw(t, "length") {
			items = append(items, drawTree(t, depth-1))
		}
		return items
	default:
		object := map[string]any{}
		for range rapid.IntRange(0, 4).Draw(t, "size") {
			object[text.Draw(t, "name")] = drawTree(t, depth-1)
		}
		return object
	}
}

// TestParseEndsWithItsContext: a large document of a request that has ended is not read.
func TestParseEndsWithItsContext(t *testing.T) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for name, text := range large {
		if _, err := document.Parse(ended, []byte(text), limits); !errors.Is(err, context.Canceled) && name != "one string" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestParseUsesMemoryPerByte: the documented bound of memory holds for the worst texts.
func TestParseUsesMemoryPerByte(t *testing.T) {
	texts := map[string]string{"open brackets": strings.Repeat("[", 1<<20), "commas": "[" + strings.Repeat(",", 1<<20-1), "quotes": `"` +
		strings.Repeat(`\"`, 1<<19-1)}
	for name, text := range large {
		texts[name] = text
	}
	for name, text := range texts {
		t.Run(name, func(t *testing.T) {
			body := []byte(text)
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			value, err := document.Parse(t.Context(), body, limits)
			runtime.ReadMemStats(&after)
			used := after.TotalAlloc - before.TotalAlloc
			if most := uint64(document.MemoryPerByte * len(body)); used > most { //nolint:gosec // both are small
				t.Errorf("%d bytes of memory for %d bytes of text, want at most %d", used, len(body), most)
			}
			runtime.KeepAlive(value)
			_ = err // Not all are JSON.
		})
	}
}

func number(t *testing.T, spelling string) document.Decimal {
	t.Helper()
	value, err := document.Parse(t.Context(), []byte(spelling), document.Limits{Bytes: 1 << 20, Depth: 1, Exponent: 16000})
	if err != nil || value.Kind() != document.Number {
		t.Fatalf("Parse(%.60s): %v", spelling, err)
	}
	return value.Decimal()
}

func TestDecimalsCompareExactly(t *testing.T) {
	equal := [][]string{
		{"0", "-0", "0.0", "0e300", "-0.00e-300"}, {"1", "1.0", "1e0", "10e-1", "0.1e1"}, {"-1.5", "-15e-1", "-1.50"}, {"1e308", "10e307"},
		{"12345678901234567890"}, {"12345678901234567891"}, {"0.1"}, {"0.1000000000000000055511151231257827021181583404541015625"},
		{"100", "1e2"}, {"1e-308"}, {"0.001", "1e-3"}, {"0.0010001"},
	}
	for i, group := range equal {
		for j, other := range equal {
			for _, a := range group {
				for _, b := range other {
					x, _ := new(big.Rat).SetString(a)
					y, _ := new(big.Rat).SetString(b)
					da, db := number(t, a), number(t, b)
					if got := da.Compare(db); got != x.Cmp(y) || (da == db) != (i == j) {
						t.Errorf("%s compared with %s is %d", a, b, got)
					}
				}
			}
		}
	}
}

func TestDecimalsAreIntegers(t *testing.T) {
	const maxInt = 1<<63 - 1
	tests := []struct {
		spelling string
		n        int
		ok       bool
	}{
		{"0", 0, true}, {"-0.0", 0, true}, {"5", 5, true}, {"5.0", 5, true}, {"-12e1", -120, true}, {"0.5", 0, false}, {"1e-1", 0, false},
		{"10e-1", 1, true},
		{"9223372036854775807", maxInt, true}, {"9223372036854775808", maxInt, true}, {"1e300", maxInt, true}, {"-1e300", -maxInt - 1, true},
		{"123456789012345678901234567890", maxInt, true}, {"9007199254740993", 9007199254740993, true}, {"1.5e1", 15, true}, {"1.25e1", 0, false},
	}
	for _, tt := range tests {
		d := number(t, tt.spelling)
		if n, ok := d.Int(); n != tt.n || ok != tt.ok || d.IsInteger() != tt.ok {
			t.Errorf("%s is %d, %v; want %d, %v", tt.spelling, n, ok, tt.n, tt.ok)
		}
	}
}

func TestDecimalsAreMultiples(t *testing.T) {
	for _, tt := range []struct {
		number, divisor string
		want            bool
	}{
		{"0.3", "0.1", true}, {"0.30000000000000004", "0.1", false}, {"0", "7", true}, {"1e308", "1e-308", true}, {"1e-308", "1e308", false},
		{"1e16000", "3", false}, {"9e16000", "3", true}, {"1e16000", "7e-16000", false}, {"-4.5", "1.5", true}, {"-4.5", "-1.5", true}, {"4.5",
			"2", false},
		{"10", "4", false}, {"100", "4", true}, {"1", "0.00001", true}, {"12391239123", "1e-8", true}, {"0.0075", "0.0001", true}, {"0.00751",
			"0.0001", false},
		{strings.Repeat("3", 100_000), "3", true}, {strings.Repeat("3", 100_000), strings.Repeat("3", 50_000), true},
	} {
		if got := number(t, tt.number).IsMultipleOf(number(t, tt.divisor)); got != tt.want {
			t.Errorf("%.30s is a multiple of %.30s: %v", tt.number, tt.divisor, got)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		spelling := rapid.StringMatching(`-?(0|[1-9][0-9]{0,6})(\.[0-9]{1,5})?(e-?[0-9])?`)
		a, b := spelling.Draw(t, "number"), spelling.Filter(func(s string) bool {
			return strings.ContainsAny(strings.Split(s, "e")[0],
				"123456789")
		}).Draw(t, "divisor")
		x, _ := new(big.Rat).SetString(a)
		y, _ := new(big.Rat).SetString(b)
		read := func(s string) document.Decimal {
			value, err := document.Parse(t.Context(), []byte(s), limits)
			if err != nil {
				t.Fatal(err)
			}
			return value.Decimal()
		}
		if got, want := read(a).IsMultipleOf(read(b)), new(big.Rat).Quo(x, y).IsInt(); got != want {
			t.Fatalf("%s is a multiple of %s: %v", a, b, got)
		}
		if got := read(a).Compare(read(b)); got != x.Cmp(y) {
			t.Fatalf("%s compared with %s: %d", a, b, got)
		}
	})
}

// FuzzParse: a text that passes has a canonical form, which is within the limits and
// its own canonical form; Parse and the standard library accept the same texts, but
// for characters that cannot be stored; nothing makes Parse panic.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		`{"a":[1e3,-0.0,"\u00e9"]}`, `[1e300,1e-300]`, `{"a":1,"a":{}}`, `"\ud800"`, `[[[[`, `1e309`, `0e-308`, `[NaN]`, "\ufeff[-Infinity]",
		`{"b":{"c":[]},"a":"\\"}`, `[,]`, `{"a"}`, `[1 2]`, `{"a":1,}`, `["\"]`, `}`, `[]]`,
	} {
		f.Add([]byte(s))
	}
	small := document.Limits{Bytes: 4096, Depth: 8, Exponent: 308}
	f.Fuzz(func(t *testing.T, text []byte) {
		value, err := document.Parse(t.Context(), text, small)
		if err != nil {
			if _, syntax := errors.AsType[*document.SyntaxError](err); syntax && json.Valid(text) && !strings.Contains(string(text),
				`\u`) && isUTF8(text) {
				t.Fatalf("Parse(%q): %v", text, err)
			}
			return
		}
		once := value.Append(nil)
		if len(once) > small.Bytes || !json.Valid(once) {
			t.Fatalf("Parse(%q) = %q", text, once)
		}
		again, err := document.Parse(t.Context(), once, document.Limits{Bytes: 1 << 20, Depth: 8, Exponent: 308})
		if err != nil || string(again.Append(nil)) != string(once) {
			t.Fatalf("the canonical form is not stable: %q, %q, %v", once, again.Append(nil), err)
		}
	})
}

func isUTF8(text []byte) bool { return strings.ToValidUTF8(string(text), "") == string(text) }

func TestDoublesKeepNumbers(t *testing.T) {
	for number, want := range map[string]bool{
		"0": true, "-0": true, "0.1": true, "-12.50": true, "567.9": true, "9007199254740992": true, "9007199254740993": false,
		"12345678901234567890": false, "12345678901234567168": true, "123456789012345680000": true, "0.30000000000000004": true,
		"0.3000000000000000444": false, "1e3": true, "1E-3": true, "1e308": true, "1e309": false, "1e-400": false,
		"5e-324": true, "4.9e-324": false,
		"1.000000000000000000000": true, "3.141592653589793238": false,
	} {
		if _, got := document.IsDouble(number); got != want {
			t.Errorf("IsDouble(%s) = %t", number, got)
		}
	}
}

func TestFind(t *testing.T) {
	const text = `{"a": {"b": [1, {"c": "x"}], "1": true}, "": 2, "twice": 1, "twice": [3], "d.e": 4,
		"jobs": [{"name": "w", "n": 1.0, "on": true}, 5, {"name": "4k read", "v": 7}, {"name": "4k read", "v": 8}, {"n": "10", "v": 9}]}`
	for path, want := range map[string]string{
		"a.b": `[1, {"c": "x"}]`, "a.b.0": "1", "a.b.1.c": `"x"`, "a.1": "true", "a.b.2": "", "a.b.c": "", "a.b.-1": "", "x": "",
		"twice": "[3]", "a.b.00": "1", "a.b.0.c": "",
		`"d.e"`: "4", `jobs[name="4k read"].v`: "7", `jobs[n=1e0].name`: `"w"`, `jobs[n=10].v`: "9", `jobs[n="10"].v`: "9",
		`jobs[n="1.0"]`: "", `jobs[on=true].name`: `"w"`, `jobs[on="true"]`: "", `jobs[4].v`: "9", `jobs[name="none"].v`: "",
		`a[name="4k read"]`: "",
	} {
		parsed, err := filter.ParsePath(path, 9)
		if err != nil {
			t.Fatal(err)
		}
		if got := document.Find([]byte(text), parsed); string(got) != want {
			t.Errorf("%s: got %s, want %s", path, got, want)
		}
	}
	for _, text := range []string{"", "{", `{"a"`, `{"a":1]`} {
		parsed, err := filter.ParsePath("a", 1)
		if err != nil {
			t.Fatal(err)
		}
		if got := document.Find([]byte(text), parsed); got != nil {
			t.Errorf("%q has %s", text, got)
		}
	}
}
