package parameter

import (
	"encoding/json"
	"net/url"
	"testing"
	"time"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
)

var testLimits = Limits{
	Filters: 3, Terms: 3, IDs: 3,
	Filter: filter.Limits{PathParts: 5, SortKeys: 3, Exponent: 308, NumberLength: 1000},
}

// The parameters of the tests, one of each type.
var (
	perPage      = Integer("per_page", "", Range{Min: 1, Max: 100, Default: 100})
	page         = Integer("page", "", Range{Min: 1, Default: 1})
	status       = Enum("status", "", domain.Approved, domain.OnReview, domain.Approved)
	uploadBefore = Date("upload_before", "")
	uploadAfter  = Date("upload_after", "")
	siteID       = ID("site_id", "")
	tagIDs       = IDs("tags_ids", "")
	terms        = Terms("terms", "")
	filters      = Filters("filters", "")
	where        = Where("where", "", filter.Fields{})
	sortBy       = Sort("sort_by", "", []string{"id", "site_name", filter.JSONField}, "+id")
	name         = Text("name", "")
	executedAt   = DateTime("execution_datetime", "")
	count        = Boolean("count", "")
	materiality  = Number("materiality", "", 0, 0.5)
	must         = Text("must", "").Required()
	undeclared   = Text("name", "")
)

func testSet() *Set {
	return NewSet(testLimits, Join(
		Group{perPage, page}, status, uploadBefore, uploadAfter, siteID, tagIDs, terms, filters, where, sortBy, name, executedAt, must,
		count, materiality)...)
}

func TestQueryErrorsNameParameterAndFault(t *testing.T) {
	const uuids = `"Not a valid UUID."`
	for raw, want := range map[string]string{
		"must=1": `{}`,
		"":       `{"must":["Missing data for required field."]}`,
		"must=&page=0&per_page=101": `{"page":["Must be greater than or equal to 1."],` +
			`"per_page":["Must be greater than or equal to 1 and less than or equal to 100."]}`,
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
		"must=&foo=1&deleted=2": `{"deleted":["Unknown field."],"foo":["Unknown field."]}`,
		"must[]=1&name[]=x":     `{}`,
		"must%5B%5D=1":          `{}`,
		"must=a;b":              `{}`,
		"must=&tags_ids=1&tags_ids=1&tags_ids=1&tags_ids=1": `{"tags_ids":{"3":["At most 3 tags_ids are allowed (TAG_LIMIT); there are 4."]}}`,
		"must=&sort_by=-json.a,-json.b,-json.c,-json.d":     `{"sort_by":["at most 3 fields to sort by are allowed; there are 4 (SORT_LIMIT)"]}`,
		"must=&sort_by=-json.a.b.c.d.e.f":                   `{"sort_by":["the path has 6 parts, at most 5 are allowed (PATH_LIMIT)"]}`,
		"must=&filters=a.b.c.d.e.f+==+1":                    `{"filters":{"0":["the path has 6 parts, at most 5 are allowed (PATH_LIMIT)"]}}`,
		"must=&filters=a+==+1e309": `{"filters":{"0":["the exponent of the number is beyond the limit of 308 ` +
			`(NUMBER_EXPONENT_LIMIT)"]}}`,
		"must=&where=json.a=1+or+json.b=-1e309": `{"where":{"0":["at character 20: the exponent of the number is beyond the limit of 308 ` +
			`(NUMBER_EXPONENT_LIMIT)"]}}`,
		"must=&where=json.a=1+or+json.a.b.c.d.e.f=2": `{"where":{"0":["at character 13: the path has 6 parts, at most 5 are allowed ` +
			`(PATH_LIMIT)"]}}`,
		"must=&where=json.a=1+or+json.b=2+or+json.c=3+or+json.d=4+or+json.e=5": `{"where":{"0":["at character 37: at most 3 comparisons ` +
			`are allowed; there are 5 (FILTER_LIMIT)"]}}`,
		"must=%zz":                    `{"_schema":["Malformed query string."]}`,
		"must=%00":                    `{"must":["Not a valid string."]}`,
		"must=%ff":                    `{"must":["Not a valid string."]}`,
		"must=&%ff=1":                 `{"\ufffd":["Unknown field."]}`,
		"must=&name=":                 `{}`,
		"must=&sort_by=":              `{}`,
		"must=&sort_by=+id,-json.a.b": `{}`,
		"must=&execution_datetime=x":  `{"execution_datetime":["Not a valid datetime."]}`,
		"must=&execution_datetime=2021-05-21T08:31:00+02:00": `{"execution_datetime":["Not a valid datetime.",` +
			`"A + in a URL stands for a blank: send the offset as %2B02:00."]}`,
		"must=&execution_datetime=2021-05-21T08:31+0200": `{"execution_datetime":["Not a valid datetime.",` +
			`"A + in a URL stands for a blank: send the offset as %2B0200."]}`,
		"must=&execution_datetime=2021-05-21T08:31:00+99:00":   `{"execution_datetime":["Not a valid datetime."]}`,
		"must=&execution_datetime=2021-05-21T08:31:00%2B24:00": `{"execution_datetime":["Not a valid datetime."]}`,
		"must=&page=%203%09&per_page=+7+":                      `{}`,
		"must=&count=%20true&materiality=+0.1%20":              `{}`,
		"must=&count=tr%20ue&materiality=0%20.1":               `{"count":["Not a valid boolean."],"materiality":["Not a valid number."]}`,
		"must=&page=%201%202":                                  `{"page":["Not a valid integer."]}`,
		"must=&filters=a&filters=a+==+1": `{"filters":{"0":["no space after the path; a filter looks like ` +
			"`PATH OP VALUE` with single spaces between, for example `machine.cpu.count \\u003e= 8`" + `"]}}`,
		"must=&filters=a+==+1&filters=a+==+1&filters=a+==+1&filters=a+==+1": `{"filters":{"3":["At most 3 filters are allowed ` +
			`(FILTER_LIMIT); there are 4."]}}`,
	} {
		_, errs := testSet().Parse(raw)
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

func TestBlanksAroundAnIntegerAreNoPartOfIt(t *testing.T) {
	v, errs := testSet().Parse("must=&page=%203%09&per_page=+7+")
	if len(errs) > 0 || page.Of(v) != 3 || perPage.Of(v) != 7 {
		t.Errorf("page %d of %d items, %v, want 3 of 7", page.Of(v), perPage.Of(v), errs)
	}
}

func TestQueryParsesTypedValues(t *testing.T) {
	v, errs := testSet().Parse("must=&page=3&page=4&name=&name=b&upload_after=2020-02-29&sort_by=+site_name,-json.a&filters=a+==+x;+y")
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	if page.Of(v) != 3 || perPage.Of(v) != 100 {
		t.Errorf("page %d of %d items, want 3 of 100", page.Of(v), perPage.Of(v))
	}
	if got := name.Optional(v); got == nil || *got != "" {
		t.Errorf("an empty value is no value: %v", got)
	}
	if siteID.Optional(v) != nil || len(tagIDs.Of(v)) != 0 || uploadBefore.Optional(v) != nil {
		t.Error("an absent key has a value")
	}
	if got := uploadAfter.Optional(v); got == nil || !got.Equal(time.Date(2020, 2, 29, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("upload_after is %v", got)
	}
	if status.Of(v) != domain.Approved {
		t.Errorf("status is %q, want the default", status.Of(v))
	}
	if got := sortBy.Of(v); len(got) != 2 || got[0].Field != "site_name" || !got[1].Descending {
		t.Errorf("sort_by is %+v", got)
	}
	if got := filters.Of(v); len(got) != 1 || got[0].Value != "x; y" {
		t.Errorf("filters are %+v", got)
	}
}

func TestNoOrderIsTheDefaultOrder(t *testing.T) {
	for _, raw := range []string{"must=", "must=&sort_by=", "must=&sort_by=,"} {
		v, errs := testSet().Parse(raw)
		if got := sortBy.Of(v); len(errs) > 0 || len(got) != 1 || got[0].Field != "id" {
			t.Errorf("?%s: %+v %v, want +id", raw, got, errs)
		}
	}
}

func TestReadingAnUndeclaredParameterPanics(t *testing.T) {
	v, errs := testSet().Parse("must=")
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	defer func() {
		if recover() == nil {
			t.Error("a parameter that the operation does not declare has a value")
		}
	}()
	undeclared.Optional(v)
}

func TestParametersDescribeThemselves(t *testing.T) {
	invalid := Integer("page", "", Range{Min: 1}).WithInvalid("bad page", "0")
	title, errs := invalid.InvalidExample()
	if got, err := json.Marshal(errs); title != "bad page" || err != nil || string(got) != `["Must be greater than or equal to 1."]` {
		t.Errorf("the invalid example is %q, %s, %v", title, got, err)
	}
	list := IDs("tags_ids", "").WithInvalid("bad id", "x")
	title, errs = list.InvalidExample()
	if got, err := json.Marshal(errs); title != "bad id" || err != nil || string(got) != `{"0":["Not a valid UUID."]}` {
		t.Errorf("the invalid example is %q, %s, %v", title, got, err)
	}
	if got := sortBy.Describe(); got.Schema.Default != "+id" || got.Description == "" || got.Required {
		t.Errorf("sort_by is described as %+v", got)
	}
}

// FuzzQuery: no query makes Parse panic, and a query that passes is well-formed.
func FuzzQuery(f *testing.F) {
	for _, s := range []string{"must=1&page=2", "must[]=;&filters=a+==+1", "must=&sort_by=+json.a", "must=%zz", "&&=&must"} {
		f.Add(s)
	}
	set := testSet()
	f.Fuzz(func(t *testing.T, raw string) {
		v, errs := set.Parse(raw)
		if len(errs) > 0 {
			return
		}
		if n, size := page.Of(v), perPage.Of(v); n < 1 || size < 1 || size > 100 || (n-1)*size < 0 {
			t.Fatalf("page %d of %d items of %q", n, size, raw)
		}
		if _, err := url.ParseQuery(plainKeys(raw)); err != nil {
			t.Fatalf("%q passed: %v", raw, err)
		}
	})
}

// BenchmarkQuery parses the query of a list with filters, and reads its values.
func BenchmarkQuery(b *testing.B) {
	set := testSet()
	const raw = "must=&per_page=20&page=3&filters=machine.cpu.count+%3E+4&filters=result.score+%3C+100&sort_by=%2Bjson.result.score"
	b.ReportAllocs()
	for b.Loop() {
		v, errs := set.Parse(raw)
		if len(errs) > 0 {
			b.Fatal(errs)
		}
		page.Of(v)
		filters.Of(v)
		sortBy.Of(v)
	}
}
