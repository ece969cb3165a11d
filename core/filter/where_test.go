package filter_test

import (
	"strings"
	"testing"

	"github.com/eosc-perf/backend/core/filter"
)

var fields = filter.Fields{
	"id": filter.IDType, "site_name": filter.TextType, "execution_datetime": filter.TimeType, filter.JSONField: filter.DocumentType,
}

var whereLimits = filter.Limits{PathParts: 16, SortKeys: 4, Exponent: 308, NumberLength: 100, Comparisons: 5}

func TestConditionsHaveACanonicalForm(t *testing.T) {
	for in, want := range map[string]string{
		`json.a=1`:                                       `json.a = 1`,
		`json.a == 1 and json.b!="x"`:                    `json.a = 1 AND json.b != "x"`,
		`json.a > 1 or json.b < 2 AND json.c >= 3`:       `json.a > 1 OR json.b < 2 AND json.c >= 3`,
		`(json.a > 1 or json.b < 2) AND json.c <= 3`:     `(json.a > 1 OR json.b < 2) AND json.c <= 3`,
		`((json.a > 1))`:                                 `json.a > 1`,
		`not json.a = 1`:                                 `NOT json.a = 1`,
		`NOT(json.a = 1 OR json.b = 2)`:                  `NOT (json.a = 1 OR json.b = 2)`,
		`json.a ~ 'it''s'`:                               `json.a ~ "it's"`,
		`json.a !~ "x"`:                                  `json.a !~ "x"`,
		`json.a in (1,"x",TRUE)`:                         `json.a IN (1, "x", true)`,
		`json.a NOT IN (1)`:                              `json.a NOT IN (1)`,
		`json.a between 1 and 2 and json.b = 1`:          `json.a BETWEEN 1 AND 2 AND json.b = 1`,
		`json.a not between 1 and 2`:                     `json.a NOT BETWEEN 1 AND 2`,
		`json.a exists`:                                  `json.a EXISTS`,
		`json.a Missing`:                                 `json.a MISSING`,
		`json.freq > 4GHz`:                               `json.freq > 4 GHz`,
		`json.freq > 4  GHz`:                             `json.freq > 4 GHz`,
		`json.bw >= 1.5e3 MiB/s`:                         `json.bw >= 1.5e3 MiB/s`,
		`json.load < 5%`:                                 `json.load < 5 %`,
		`json."clat_ns"."percentile"."99.000000" > 1`:    `json.clat_ns.percentile."99.000000" > 1`,
		`json."fio version" = "fio-3"`:                   `json."fio version" = "fio-3"`,
		`json.jobs[0].x = 1`:                             `json.jobs.0.x = 1`,
		`json.jobs[*].x = 1`:                             `json.jobs[*].x = 1`,
		`json.jobs[jobname="4k read"].read.iops > 1e4`:   `json.jobs[jobname="4k read"].read.iops > 1e4`,
		`json.jobs[id=3][1] = 1`:                         `json.jobs[id=3].1 = 1`,
		`site_name = 'CESNET'`:                           `site_name = "CESNET"`,
		`tag = "gpu"`:                                    `tag = "gpu"`,
		`json exists`:                                    `json EXISTS`,
		`id = "5A7B1C9E-3F0D-4C58-9B1E-2D6F8A4C0E11"`:    `id = "5a7b1c9e-3f0d-4c58-9b1e-2d6f8a4c0e11"`,
		`execution_datetime >= "2026-01-01T01:00+01:00"`: `execution_datetime >= "2026-01-01T00:00:00Z"`,
		`execution_datetime between "2026-01-01 00:00:00.5Z" and "2026-02-01T00:00Z"`: `execution_datetime BETWEEN ` +
			`"2026-01-01T00:00:00.5Z" AND "2026-02-01T00:00:00Z"`,
	} {
		e, err := filter.ParseWhere(in, fields, whereLimits)
		if err != nil {
			t.Errorf("%s: %v", in, err)
			continue
		}
		if e.String() != want {
			t.Errorf("%s\n got %s\nwant %s", in, e, want)
		}
		again, err := filter.ParseWhere(e.String(), fields, whereLimits)
		if err != nil || again.String() != want {
			t.Errorf("%s, read again: %v, %v", want, again, err)
		}
	}
}

func TestErrorsOfConditionsSayWhereAndWhatWasMeant(t *testing.T) {
	for in, want := range map[string][]string{
		``:                                  {"at the end", "a comparison must follow"},
		`json.cpu = Intel Xeon AND id = ""`: {"at character 12", `did you mean "Intel Xeon"?`},
		`$.cpu > 4`:                         {"at character 1", "did you mean json.cpu?"},
		`fio[0] > 4`:                        {"at character 1", "did you mean json.fio[0]?", "If the array is under another key"},
		`cpu.count > 4`:                     {"at character 1", "did you mean json.cpu.count?"},
		`site_nam = "x"`:                    {"at character 1", "did you mean site_name?"},
		`Site_Name = "x"`:                   {"did you mean site_name?"},
		`"fio version" = "x"`:               {`did you mean json."fio version"?`},
		`json.fio version = "x"`:            {"at character 10", `"version" is no operator`, "stands in quotes"},
		`json.fio version EXISTS`:           {`did you mean json."fio version"?`},
		`json.a.p(95) <= 250`:               {"at character 9", `did you mean json.a."p(95)"?`},
		"json.\u00fc \u2713 = 1":            {"at character 8", "did you mean json.\"\u00fc \u2713\"?"},
		`json.a[n='4k read'].b > 1`:         {"at character 19", "in double quotes"},
		`json.a > 9.4 Gbit/s`:               {"at character 14", "did you mean Gb/s?"},
		`json.a > 9.4 Gbps`:                 {"did you mean Gb/s?"},
		`json.a > 9.4 MB/sec`:               {"did you mean MB/s?"},
		`json.a > 9.4 MByte`:                {"did you mean MB?"},
		`json.a > 9.4 msec`:                 {"did you mean ms?"},
		"json.a = \u201cx y\u201d":          {`did you mean "x y"?`},
		`json.a => 4`:                       {"at character 8", "did you mean >=?"},
		`json.a <> 4`:                       {"did you mean !=?"},
		`json.a LIKE "x"`:                   {"did you mean ~"},
		`json.a IS NULL`:                    {"did you mean MISSING"},
		`json.a = null`:                     {"did you mean MISSING"},
		`json.a = 4 && json.b = 5`:          {"at character 12", "did you mean AND?"},
		`json.a = 4 || json.b = 5`:          {"did you mean OR?"},
		`json.a = 4 json.b = 5`:             {"at character 12"},
		`json.a = 4 ghz`:                    {"at character 12", "did you mean GHz?"},
		`json.a = 4 KB`:                     {"kB (1000) or KiB (1024)"},
		`json.a = .5`:                       {"did you mean 0.5?"},
		`json.a = +5`:                       {"did you mean 5?"},
		`json.a = 2026-01-01`:               {`did you mean "2026-01-01"?`},
		`json.a = "x`:                       {"at character 10", "no closing"},
		`json.a = 'x`:                       {"no closing '"},
		`json."a = 1`:                       {"at character 6", "has no end"},
		`(json.a = 1`:                       {"at character 1", "not closed"},
		`json.a = 1)`:                       {"at character 11", "was not opened"},
		`json.a =`:                          {"at the end", "a value must follow"},
		`json.a`:                            {"at the end", "an operator must follow"},
		`json.a IN 5`:                       {"a list in parentheses"},
		`json.a IN (5`:                      {"a comma or a closing parenthesis"},
		`json.a BETWEEN 1`:                  {"AND and the upper value"},
		`json.a BETWEEN 1 AND "x"`:          {"both values of BETWEEN"},
		`json.a ~ 5`:                        {`"5"`},
		`id = "x"`:                          {"a UUID"},
		`id ~ "x"`:                          {"id is none"},
		`execution_datetime > "2026-01-01T00:00:00"`:       {"a date-time with an offset"},
		`execution_datetime > 5`:                           {"a date-time with an offset"},
		`execution_datetime > "2026-01-01T00:00:00 02:00"`: {`did you mean "2026-01-01T00:00:00+02:00"?`, "send it as %2B"},
		`execution_datetime IN ('2026-01-01 00:00 0200')`:  {`did you mean "2026-01-01 00:00+0200"?`, "send it as %2B"},
		`json.a > 1e 5`:                              {"at character 10", `did you mean 1e+5?`, "send it as %2B"},
		`json.a > 1.5E 05 AND json.b = 1`:            {"at character 10", `did you mean 1.5E+05?`},
		`json.a LIKE "%x%"`:                          {"did you mean ~?", "contains its value as it is"},
		`json.a =~ "^x"`:                             {"did you mean ~?", "contains its value as it is"},
		`json.a REGEXP "^x"`:                         {"did you mean ~?", "contains its value as it is"},
		`json.a > 1e x`:                              {"1e x is no value"},
		`json.a b = 1`:                               {`did you mean json."a b"`, "send it as %2B"},
		`json.a = 1e309`:                             {"limit of 308"},
		`json.a = "\u0000"`:                          {"U+0000"},
		`json.` + strings.Repeat("a.", 16) + `a = 1`: {"17 parts"},
		strings.Repeat("json.a = 1 AND ", 5) + "json.a = 1":              {"at most 5 comparisons"},
		strings.Repeat("(", 17) + "json.a = 1" + strings.Repeat(")", 17): {"at character 17", "more than 16 levels"},
		"json.\u00fc = \u00e9": {"at character 10"},
	} {
		e, err := filter.ParseWhere(in, fields, whereLimits)
		if err == nil {
			t.Errorf("%s: read as %s, want an error", in, e)
			continue
		}
		for _, part := range want {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("%s: %v\nwant %q in it", in, err, part)
			}
		}
	}
}

// FuzzParseWhere: the canonical form of a condition means the same.
func FuzzParseWhere(f *testing.F) {
	for _, s := range []string{
		`json.a = 1 AND NOT (json."b c"[*].d ~ 'x' OR tag IN ("a", 'b'))`, `json.a[name="x"].1 BETWEEN 1 GHz AND 2 GHz`,
		`site_name !~ "x" OR json.a NOT IN (true, 1e3) AND execution_datetime < "2026-01-01T00:00Z"`, `json.a MISSING`, `json.a[ = 1`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		e, err := filter.ParseWhere(s, fields, whereLimits)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "at ") && !strings.Contains(err.Error(), "UTF-8") {
				t.Fatalf("%q: the error %q names no place", s, err)
			}
			return
		}
		again, err := filter.ParseWhere(e.String(), fields, whereLimits)
		if err != nil || again.String() != e.String() {
			t.Fatalf("%q was read as %s, and that as %v, %v", s, e, again, err)
		}
		for _, c := range e.Comparisons() {
			if alone, err := filter.ParseComparison(c.String()); err != nil || alone.String() != c.String() {
				t.Fatalf("%q: the comparison %s was read as %s, %v", s, c, alone, err)
			}
		}
	})
}
