package document

import (
	"fmt"
	"math"
	"strings"
	"testing"
)

func parsed(t *testing.T, text string) Value {
	t.Helper()
	value, err := Parse(t.Context(), []byte(text), Limits{Bytes: 1 << 20, Depth: 100, Exponent: 400})
	if err != nil {
		t.Fatalf("parse %s: %v", text, err)
	}
	return value
}

// The vectors of RFC 8785, appendix B, but for the numbers that JSON does not have.
func TestNumbersAreWrittenAsECMAScriptPrintsThem(t *testing.T) {
	for _, c := range []struct {
		bits uint64
		want string
	}{
		{0x0000000000000000, "0"},
		{0x8000000000000000, "0"},
		{0x0000000000000001, "5e-324"},
		{0x8000000000000001, "-5e-324"},
		{0x7fefffffffffffff, "1.7976931348623157e+308"},
		{0xffefffffffffffff, "-1.7976931348623157e+308"},
		{0x4340000000000000, "9007199254740992"},
		{0xc340000000000000, "-9007199254740992"},
		{0x4430000000000000, "295147905179352830000"},
		{0x44b52d02c7e14af5, "9.999999999999997e+22"},
		{0x44b52d02c7e14af6, "1e+23"},
		{0x44b52d02c7e14af7, "1.0000000000000001e+23"},
		{0x444b1ae4d6e2ef4e, "999999999999999700000"},
		{0x444b1ae4d6e2ef4f, "999999999999999900000"},
		{0x444b1ae4d6e2ef50, "1e+21"},
		{0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7"},
		{0x3eb0c6f7a0b5ed8d, "0.000001"},
		{0x41b3de4355555553, "333333333.3333332"},
		{0x41b3de4355555554, "333333333.33333325"},
		{0x41b3de4355555555, "333333333.3333333"},
		{0x41b3de4355555556, "333333333.3333334"},
		{0x41b3de4355555557, "333333333.33333343"},
		{0xbecbf647612f3696, "-0.0000033333333333333333"},
		{0x43143ff3c1cb0959, "1424953923781206.2"},
	} {
		if got := string(appendECMAScript(nil, math.Float64frombits(c.bits))); got != c.want {
			t.Errorf("%016x: got %s, want %s", c.bits, got, c.want)
		}
		// The number survives the way through a document, too.
		if got := string(parsed(t, c.want).AppendJCS(nil)); got != c.want {
			t.Errorf("document %s: got %s", c.want, got)
		}
	}
}

func TestDocumentsAreWrittenInCanonicalForm(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{
			"RFC 8785, section 3.2.2",
			`{"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
			"string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/", "literals": [null, true, false]}`,
			`{"literals":[null,true,false],"numbers":["333333333.33333329",1e+30,4.5,0.002,1e-27],` +
				`"string":"€$\u000f\nA'B\"\\\\\"/"}`,
		},
		{
			"RFC 8785, section 3.2.3",
			`{"\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh", "1": "One",
			"\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control", "\u00f6": "Latin Small Letter O With Diaeresis"}`,
			`{"\r":"Carriage Return","1":"One","` + "\u0080" + `":"Control","ö":"Latin Small Letter O With Diaeresis",` +
				`"€":"Euro Sign","😀":"Emoji: Grinning Face","` + "\ufb33" + `":"Hebrew Letter Dalet With Dagesh"}`,
		},
		{
			"the test data arrays.json of the RFC's authors",
			`[ 56, { "d": true, "10": null, "1": [ ] } ]`, `[56,{"1":[],"10":null,"d":true}]`,
		},
		{
			"the test data french.json",
			`{"peach": "This sorting order", "péché": "is wrong according to French", "pêche": "but canonicalization MUST",
			"sin": "ignore locale"}`,
			`{"peach":"This sorting order","péché":"is wrong according to French","pêche":"but canonicalization MUST","sin":"ignore locale"}`,
		},
		{
			"the test data structures.json",
			`{"1": {"f": {"f": "hi","F": 5} ,"\n": 56.0}, "10": { }, "": "empty", "a": { }, "111": [ {"e": "yes","E": "no" } ], "A": { }}`,
			`{"":"empty","1":{"\n":56,"f":{"F":5,"f":"hi"}},"10":{},"111":[{"E":"no","e":"yes"}],"A":{},"a":{}}`,
		},
		{"the test data unicode.json", `{"Unnormalized Unicode":"A\u030a"}`, "{\"Unnormalized Unicode\":\"A\u030a\"}"},
		{"short escapes", `"\b\t\n\f\r\u001f\u007f"`, "\"\\b\\t\\n\\f\\r\\u001f\u007f\""},
		{"a whole number that no double has", `[12345678901234567890, 9007199254740993]`, `["12345678901234567890","9007199254740993"]`},
		{"a fraction that no double has", `0.1234567890123456789`, `"0.1234567890123456789"`},
		{"beyond the doubles", `1e309`, `"1` + strings.Repeat("0", 309) + `"`},
		{"below the doubles", `1e-330`, `"0.` + strings.Repeat("0", 329) + `1"`},
		{"equal spellings", `[1.0, 10e-1, 0.10, 100000000000000000000000, 1e23]`, `[1,1,0.1,1e+23,1e+23]`},
		{"of equal names the last", `{"a":1,"a":2}`, `{"a":2}`},
	} {
		if got := string(parsed(t, c.text).AppendJCS(nil)); got != c.want {
			t.Errorf("%s: %s\ngot  %s\nwant %s", c.name, c.text, got, c.want)
		}
	}
}

// Reference: printf of the object in its form by RFC 8785, through sha256sum.
func TestDigestIsThatOfTheCanonicalForm(t *testing.T) {
	const benchmark, flavor = "5a7b1c9e-3f0d-4c58-9b1e-2d6f8a4c0e11", "6a7b1c9e-3f0d-4c58-9b1e-2d6f8a4c0e12"
	got := Digest(benchmark, "2021-05-21T08:31:00.500000", flavor, parsed(t, `{"b": 1.50, "a": [12345678901234567890]}`))
	const want = "38f76718224628b8f9ac882c9d0a418b855199090cbb070e5d936d6fb3ec5403"
	if got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	for name, other := range map[string]string{
		"another spelling":  Digest(benchmark, "2021-05-21T08:31:00.500000", flavor, parsed(t, `{"a":[12345678901234567890],"b":15e-1}`)),
		"another time":      Digest(benchmark, "2021-05-21T08:31:00", flavor, parsed(t, `{"b": 1.50, "a": [12345678901234567890]}`)),
		"the next document": Digest(benchmark, "2021-05-21T08:31:00.500000", flavor, parsed(t, `{"b": 1.50, "a": [12345678901234567891]}`)),
	} {
		if same := other == got; same != (name == "another spelling") {
			t.Errorf("%s has the same digest: %v", name, same)
		}
	}
	if _, err := fmt.Sscanf(got, "%64x", new([]byte)); err != nil || len(got) != 64 {
		t.Errorf("%s is not 64 hexadecimal digits", got)
	}
}
