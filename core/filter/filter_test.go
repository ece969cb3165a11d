package filter_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/eosc-perf/backend/core/filter"
)

var limits = filter.Limits{PathParts: 16, SortKeys: 4, Exponent: 308, NumberLength: 100}

func TestParseCondition(t *testing.T) {
	tests := []struct {
		in    string
		path  string
		op    filter.Operator
		kind  filter.Kind
		value string
	}{
		{"machine.cpu.count >= 8", "machine.cpu.count", filter.GreaterOrEqual, filter.Number, "8"},
		{"a == -0.5e-3", "a", filter.Equal, filter.Number, "-0.5e-3"},
		{"a < 1_0", "a", filter.Less, filter.Text, "1_0"},
		{"a < 01", "a", filter.Less, filter.Text, "01"},
		{"a < .5", "a", filter.Less, filter.Text, ".5"},
		{"a < +5", "a", filter.Less, filter.Text, "+5"},
		{"a > inf", "a", filter.Greater, filter.Text, "inf"},
		{"a > NaN", "a", filter.Greater, filter.Text, "NaN"},
		{"a > 0x10", "a", filter.Greater, filter.Text, "0x10"},
		{"a == true", "a", filter.Equal, filter.Boolean, "true"},
		{"a == True", "a", filter.Equal, filter.Boolean, "true"},
		{"a == FALSE", "a", filter.Equal, filter.Boolean, "false"},
		{"a == tRUE", "a", filter.Equal, filter.Text, "tRUE"},
		{"a == null", "a", filter.Equal, filter.Text, "null"},
		{"a <= Intel(R) Xeon(R) CPU", "a", filter.LessOrEqual, filter.Text, "Intel(R) Xeon(R) CPU"},
		{"a ==  5", "a", filter.Equal, filter.Text, " 5"},
		{"a == 5 ", "a", filter.Equal, filter.Text, "5 "},
		{"a == ", "a", filter.Equal, filter.Text, ""},
		{"a == 12345678901234567890", "a", filter.Equal, filter.Number, "12345678901234567890"},
		{" == 5", "", filter.Equal, filter.Number, "5"},
		{"a..b == 5", "a..b", filter.Equal, filter.Number, "5"},
		{"a. == 5", "a.", filter.Equal, filter.Number, "5"},
		{`a"'\.ü == x`, `a"'\.ü`, filter.Equal, filter.Text, "x"},
		{"a == 1e308", "a", filter.Equal, filter.Number, "1e308"},
	}
	for _, tt := range tests {
		got, err := filter.ParseCondition(tt.in, limits)
		want := filter.Condition{Path: filter.Names(strings.Split(tt.path, ".")...), Operator: tt.op, Kind: tt.kind, Value: tt.value}
		if err != nil || !got.Path.Equal(want.Path) || got.Operator != want.Operator || got.Kind != want.Kind || got.Value != want.Value {
			t.Errorf("ParseCondition(%q) = %+v, %v; want %+v", tt.in, got, err, want)
		}
	}
}

func TestParseConditionRefuses(t *testing.T) {
	for in, want := range map[string]string{
		"":                                  "no space after the path",
		"a":                                 "no space after the path",
		"a>5":                               "no space after the path",
		"a ":                                "operator must be one of",
		"a  == 5":                           "operator must be one of",
		"a = 5":                             "at character 3: did you mean ==, not \"=\"? the operator must be one of",
		"fio version == 5":                  "at character 5: a name with blanks stands in quotes, did you mean \"fio version\"?",
		"a b == 5":                          "send it as %2B",
		"a => 5":                            "did you mean >=",
		"a ~ x":                             "only conditions (where) know",
		"a IN x":                            "only conditions (where) know",
		"\u00fc \u00e9":                     "at character 3",
		"a != 5":                            "operator must be one of",
		"a >=5":                             "operator must be one of",
		"a ==":                              "no space after the operator",
		strings.Repeat("a.", 16) + "a == 5": "17 parts",
		"a == 1e309":                        "limit of 308",
		"a == 1e-309":                       "limit of 308",
		"a == 1e99999999999999999999999999999999": "limit of 308",
		"a == " + strings.Repeat("1", 101):        "at most 100",
	} {
		if c, err := filter.ParseCondition(in, limits); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("ParseCondition(%q) = %+v, %v; want an error with %q", in, c, err, want)
		}
	}
}

func TestParseSort(t *testing.T) {
	fields := []string{"id", "name", filter.JSONField}
	tests := []struct {
		in, want, err string
	}{
		{"+name", "+name", ""},
		{" name", "+name", ""},
		{"-name,+id", "-name +id", ""},
		{"", "", ""},
		{",,-name,", "-name", ""},
		{"+json", "+json", ""},
		{"-json.result.score", "-json.result.score", ""},
		{"+json.", "+json.", ""},
		{"+json,+json.a,-json.a,+json", "+json +json.a", ""},
		{"name", "", "has no sign"},
		{"+nope", "", "cannot sort by \"nope\"; the fields are: id, name, json, json.PATH"},
		{"+", "", "cannot sort"},
		{"+id,+ name", "", "cannot sort by \" name\"; did you mean +name? One sign stands before a field, and no blank"},
		{"+id, -name", "", "cannot sort by \"-name\"; did you mean -name?"},
		{"-name ", "", "cannot sort by \"name \"; did you mean -name?"},
		{"++name", "", "cannot sort"},
		{"+deleted", "", "cannot sort"},
		{"+uploader_sub", "", "cannot sort"},
		{"+jsonx.a", "", "cannot sort"},
		{"+name,bad", "", "has no sign"},
		{"+json.a,+json.b,+json.c,+json.d,-json.a", "+json.a +json.b +json.c +json.d", ""},
		{"+json.a,+json.b,+json.c,+json.d,+json.e", "", "at most 4 fields"},
		{"+json." + strings.Repeat("a.", 16), "", "17 parts"},
		{"+" + strings.Repeat("ü", 1000), "", "..."},
	}
	for _, tt := range tests {
		keys, err := filter.ParseSort(tt.in, fields, limits)
		if tt.err != "" {
			if err == nil || !strings.Contains(err.Error(), tt.err) {
				t.Errorf("ParseSort(%.40q) = %v, %v; want an error with %q", tt.in, keys, err, tt.err)
			}
			continue
		}
		if got := write(keys); err != nil || got != tt.want {
			t.Errorf("ParseSort(%q) = %q, %v; want %q", tt.in, got, err, tt.want)
		}
	}
	if _, err := filter.ParseSort("+json.a", []string{"name"}, limits); err == nil {
		t.Error("a list without JSON sorts by a JSON path")
	}
}

func write(keys []filter.Key) string {
	var words []string
	for _, k := range keys {
		word := "+" + k.Field
		if k.Descending {
			word = "-" + k.Field
		}
		if k.Path != nil {
			word += "." + k.Path.String()
		}
		words = append(words, word)
	}
	return strings.Join(words, " ")
}

func TestNumericStrings(t *testing.T) {
	for s, want := range map[string]bool{
		"5": true, "-0.5e3": true, "1e999": true, "1e1000": false, "0x10": false, "1_0": false,
		" 5":  false, //nolint:gocritic // the blank is tested
		"5\n": false,
		"NaN": false, "": false, strings.Repeat("1", 1000): true, strings.Repeat("1", 1001): false,
	} {
		if got := filter.IsNumericString(s); got != want {
			t.Errorf("IsNumericString(%.20q) = %t, want %t", s, got, want)
		}
	}
}

// FuzzParseCondition: a parsed condition can be written again, with the same meaning.
func FuzzParseCondition(f *testing.F) {
	for _, s := range []string{"a.b >= 8", "a == x y", " == ", "a < 1e308", "a > True", `"a b"[*].c[d="e f"] == 1`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c, err := filter.ParseCondition(s, limits)
		if err != nil {
			return
		}
		written := c.Path.String() + " " + string(c.Operator) + " " + c.Value
		again, err := filter.ParseCondition(written, limits)
		if utf8.ValidString(s) && (err != nil || !again.Path.Equal(c.Path) || again.Kind != c.Kind || again.Value != c.Value) {
			t.Fatalf("%q was read as %+v, and %q as %+v, %v", s, c, written, again, err)
		}
	})
}

// FuzzParseSort: a parsed sort has allowed fields only, each once.
func FuzzParseSort(f *testing.F) {
	for _, s := range []string{"+name,-json.a.b", " id", ",", "+json.,-json"} {
		f.Add(s)
	}
	fields := []string{"id", "name", filter.JSONField}
	f.Fuzz(func(t *testing.T, s string) {
		keys, err := filter.ParseSort(s, fields, limits)
		if err != nil {
			return
		}
		for _, k := range keys {
			if !slices.Contains(fields, k.Field) || k.Path != nil && k.Field != filter.JSONField {
				t.Fatalf("%q sorts by %+v", s, k)
			}
		}
		for i, k := range keys {
			if slices.ContainsFunc(keys[:i], func(o filter.Key) bool {
				return o.Field == k.Field && o.Path.String() == k.Path.String() && (o.Path == nil) == (k.Path == nil)
			}) {
				t.Fatalf("%q sorts twice by %+v", s, k)
			}
		}
	})
}
