package http

import (
	"encoding/json"
	"net/url"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/eosc-perf/backend/core/document"
	"github.com/eosc-perf/backend/ports"
)

var testLimits = Limits{
	Document: document.Limits{Bytes: 1 << 20, Depth: 64, Exponent: 308}, Filters: 3, Terms: 3, PathParts: 16,
}

func resultsQuery() queryCheck {
	c := queryCheck{params: map[string]*huma.Param{}, sortFields: ports.ResultSort, limits: testLimits}
	for _, p := range params(paging(), status(), uploadWindow(), id("site_id", ""), tagIDs(""), filters(), sortBy("+id"), text("name", ""),
		one(param("execution_datetime", "", str(formatDateTime)))) {
		c.params[p.Name] = p
	}
	c.params["must"] = required(param("must", "", str("")))
	return c
}

func TestQueryErrors(t *testing.T) {
	const uuids = `"Not a valid UUID."`
	for raw, want := range map[string]string{
		"must=1":                              `{}`,
		"":                                    `{"must":["Missing data for required field."]}`,
		"must=&page=0&per_page=101":           `{"page":["Must be greater than or equal to 1."],"per_page":["Must be greater than or equal to 1 and less than or equal to 100."]}`,
		"must=&page=x":                        `{"page":["Not a valid integer."]}`,
		"must=&page=":                         `{"page":["Not a valid integer."]}`,
		"must=&page=1.5":                      `{"page":["Not a valid integer."]}`,
		"must=&page=%2B1":                     `{"page":["Not a valid integer."]}`,
		"must=&page=-99999999999999999999":    `{"page":["Must be greater than or equal to 1."]}`,
		"must=&page=99999999999999999999":     `{}`,
		"must=&per_page=99999999999999999999": `{"per_page":["Must be greater than or equal to 1 and less than or equal to 100."]}`,
		"must=&page=2&page=x":                 `{}`,
		"must=&status=":                       `{"status":["Must be one of: on_review, approved."]}`,
		"must=&status=Approved":               `{"status":["Must be one of: on_review, approved."]}`,
		"must=&upload_before=2020-13-01":      `{"upload_before":["Not a valid date."]}`,
		"must=&upload_before=":                `{"upload_before":["Not a valid date."]}`,
		"must=&upload_after=0000-01-01":       `{"upload_after":["Not a valid date."]}`,
		"must=&upload_after=2020-02-30":       `{"upload_after":["Not a valid date."]}`,
		"must=&site_id=x":                     `{"site_id":[` + uuids + `]}`,
		"must=&site_id=":                      `{"site_id":[` + uuids + `]}`,
		"must=&site_id=%7B77e88a60-5d33-43d3-b802-27273278489e%7D":                   `{}`,
		"must=&site_id=77E88A605D3343D3B80227273278489E":                             `{}`,
		"must=&tags_ids=77e88a60-5d33-43d3-b802-27273278489e&tags_ids=z&tags_ids[]=": `{"tags_ids":{"1":[` + uuids + `],"2":[` + uuids + `]}}`,
		"must=&foo=1&deleted=2":          `{"deleted":["Unknown field."],"foo":["Unknown field."]}`,
		"must[]=1&name[]=x":              `{}`,
		"must%5B%5D=1":                   `{}`,
		"must=a;b":                       `{}`,
		"must=%zz":                       `{"_schema":["Malformed query string."]}`,
		"must=%00":                       `{"must":["Not a valid string."]}`,
		"must=%ff":                       `{"must":["Not a valid string."]}`,
		"must=&%ff=1":                    `{"\ufffd":["Unknown field."]}`,
		"must=&name=":                    `{}`,
		"must=&sort_by=":                 `{}`,
		"must=&sort_by=+id,-json.a.b":    `{}`,
		"must=&execution_datetime=x":     `{"execution_datetime":["Not a valid datetime."]}`,
		"must=&filters=a&filters=a+==+1": `{"filters":{"0":["no space after the path; a filter looks like ` + "`PATH OP VALUE` with single spaces between, for example `machine.cpu.count \\u003e= 8`" + `"]}}`,
		"must=&filters=a+==+1&filters=a+==+1&filters=a+==+1&filters=a+==+1": `{"filters":{"3":["At most 3 filters are allowed."]}}`,
	} {
		_, errs := resultsQuery().parse(raw)
		got, err := json.Marshal(errs)
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != want && string(got) != unescape(t, want) {
			t.Errorf("?%s\n got %s\nwant %s", raw, got, want)
		}
	}
}

func unescape(t *testing.T, s string) string {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(s), &v); err != nil {
		t.Fatalf("%s: %v", s, err)
	}
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestQueryValues(t *testing.T) {
	q, errs := resultsQuery().parse("must=&page=3&page=4&name=&name=b&upload_after=2020-02-29&sort_by=+site_name,-json.a&filters=a+==+x;+y")
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	if p := q.page(); p.Number != 3 || p.Size != 100 {
		t.Errorf("page %+v", p)
	}
	if name := q.text("name"); name == nil || *name != "" {
		t.Errorf("an empty value is no value: %v", name)
	}
	if q.text("address") != nil || q.uuid("site_id") != nil || len(q.tagIDs()) != 0 {
		t.Error("an absent key has a value")
	}
	w := q.window("upload")
	if w.Before != nil || !w.After.Equal(time.Date(2020, 2, 29, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("window %+v", w)
	}
	if len(q.sort) != 2 || q.sort[0].Field != "site_name" || !q.sort[1].Descending {
		t.Errorf("sort %+v", q.sort)
	}
	if len(q.filters) != 1 || q.filters[0].Value != "x; y" {
		t.Errorf("filters %+v", q.filters)
	}
}

func TestParseDateTime(t *testing.T) {
	for in, want := range map[string]string{
		"2021-05-21T08:31:00Z":               "2021-05-21T08:31:00Z",
		"2021-05-21 08:31:00+02:00":          "2021-05-21T06:31:00Z",
		"2021-05-21T08:31:00-0330":           "2021-05-21T12:01:00Z",
		"2021-05-21T08:31Z":                  "2021-05-21T08:31:00Z",
		"2021-05-21T08:31:00.5Z":             "2021-05-21T08:31:00.5Z",
		"2021-05-21T08:31:00.1234567890123Z": "2021-05-21T08:31:00.123456Z",
		"9999-12-31T23:59:59.999999Z":        "9999-12-31T23:59:59.999999Z",
		"2021-05-21T08:31:00":                "no zone",
		"2021-05-21 08:31":                   "no zone",
		"9999-12-31T23:59:59-01:00":          "",
		"0001-01-01T00:00:00+01:00":          "",
		"0000-01-01T00:00:00Z":               "",
		"2021-02-30T08:31:00Z":               "",
		"2021-05-21T24:00:00Z":               "",
		"2021-05-21T08:31:60Z":               "",
		"2021-05-21T08:31:00+25:00":          "",
		"2021-05-21T08:31:00.Z":              "",
		"2021-05-21T08:31.5Z":                "",
		"2021-05-21T08:31:001Z":              "",
		"2021-05-21":                         "",
		"2021-05-21T08:31:00 02:00":          "",
		"2021-05-21T08:31:00Z\n":             "",
		"":                                   "",
	} {
		got, ok := parseDateTime(in)
		text := ""
		switch {
		case ok && !got.HasZone:
			text = "no zone"
		case ok:
			text = got.UTC().Format(time.RFC3339Nano)
		}
		if text != want {
			t.Errorf("parseDateTime(%q) = %q, want %q", in, text, want)
		}
	}
}

func TestDateTimeIsNaiveWithSixDigitsOrNone(t *testing.T) {
	zone := time.FixedZone("x", -12600)
	for in, want := range map[time.Time]string{
		time.Date(2021, 5, 21, 8, 31, 0, 500_000_000, time.UTC): `"2021-05-21T08:31:00.500000"`,
		time.Date(2021, 5, 21, 8, 31, 0, 999, time.UTC):         `"2021-05-21T08:31:00"`,
		time.Date(2021, 5, 21, 5, 1, 0, 1000, zone):             `"2021-05-21T08:31:00.000001"`,
	} {
		if got, err := json.Marshal(DateTime(in)); err != nil || string(got) != want {
			t.Errorf("%v: %s, %v; want %s", in, got, err, want)
		}
	}
}

// FuzzQuery: no query makes the check panic, and what passes can be read.
func FuzzQuery(f *testing.F) {
	for _, s := range []string{"must=1&page=2", "must[]=;&filters=a+==+1", "must=&sort_by=+json.a", "must=%zz", "&&=&must"} {
		f.Add(s)
	}
	check := resultsQuery()
	f.Fuzz(func(t *testing.T, raw string) {
		q, errs := check.parse(raw)
		if len(errs) > 0 {
			return
		}
		if p := q.page(); p.Number < 1 || p.Size < 1 || p.Size > maxPerPage || p.Offset() < 0 {
			t.Fatalf("page %+v of %q", p, raw)
		}
		q.reviewed("id")
		q.uuid("site_id")
		q.tagIDs()
		q.executionTime()
		if _, err := url.ParseQuery(plainKeys(raw)); err != nil {
			t.Fatalf("%q passed: %v", raw, err)
		}
	})
}
