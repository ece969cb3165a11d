package resultlist

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/ports"
)

func TestPlans(t *testing.T) {
	sorted := func(text string) []filter.Key {
		keys, err := filter.ParseSort(text, ports.ResultSort, filter.Limits{SortKeys: 10, PathParts: 10})
		if err != nil {
			t.Fatal(err)
		}
		return keys
	}
	one := []filter.Condition{{Path: filter.Names("a"), Operator: filter.Greater, Kind: filter.Number, Value: "1"}}
	indexed := Facts{FiltersIndexed: true, Matching: 10_000, Visible: 50_000, MaxLookups: 500}
	with := func(change func(*Facts)) Facts {
		f := indexed
		change(&f)
		return f
	}
	for name, c := range map[string]struct {
		sort    string
		filters []filter.Condition
		change  func(*ports.ResultQuery)
		facts   Facts
		want    Plan
	}{
		"all by time":            {"+execution_datetime", nil, nil, indexed, ByTimeIndex},
		"all by id":              {"-id", nil, nil, Facts{}, ByTimeIndex},
		"all by name":            {"+site_name", nil, nil, indexed, ByRows},
		"no index":               {"+execution_datetime", one, nil, Facts{}, ByDocuments},
		"no index, sort":         {"+json.b", nil, nil, Facts{}, ByDocuments},
		"a filter without index": {"+json.b", one, nil, with(func(f *Facts) { f.FiltersIndexed = false }), ByDocuments},
		"only a sort": {
			"+json.b", nil, nil, with(func(f *Facts) { f.FiltersIndexed, f.SortIndexed = false, true }), InIndexOrder,
		},
		"filters and a site": {"+json.b", one, func(q *ports.ResultQuery) { q.SiteIDs = []uuid.UUID{{}} }, indexed, ByDocuments},
		"filters and a condition": {
			"+json.b", one, func(q *ports.ResultQuery) { q.Where = filter.Comparison{} }, indexed, ByDocuments,
		},
		"few, sort indexed":       {"+json.b", one, nil, with(func(f *Facts) { f.SortIndexed, f.Matching = true, 500 }), ByValueIndex},
		"few, by time":            {"+execution_datetime", one, nil, with(func(f *Facts) { f.Matching = 500 }), ByDocuments},
		"many, sort indexed":      {"+json.b", one, nil, with(func(f *Facts) { f.SortIndexed = true }), InIndexOrder},
		"many, by id":             {"+id", one, nil, with(func(f *Facts) { f.SortIndexed = true }), ByHashTable},
		"many, by two values":     {"+json.b,+json.c", one, nil, with(func(f *Facts) { f.SortIndexed = true }), ByHashTable},
		"many, by a value and id": {"+json.b,-id", one, nil, with(func(f *Facts) { f.SortIndexed = true }), InIndexOrder},
		"many, large hash tables": {
			"+json.b", one, nil, with(func(f *Facts) { f.SortIndexed, f.Visible = true, maxHashed+1 }), ByHashTable,
		},
		"many, by a path of no results": {"+json.b..c", one, nil, with(func(f *Facts) { f.SortIndexed = true }), ByHashTable},
		"many, by time":                 {"-execution_datetime", one, nil, indexed, ByFirstDocuments},
		"many, by name":                 {"+site_name", one, nil, indexed, ByHashTable},
	} {
		q := ports.ResultQuery{Filters: c.filters}
		q.Sort = sorted(c.sort)
		if c.change != nil {
			c.change(&q)
		}
		if got, reason := Choose(q, c.facts); got != c.want || reason == "" {
			t.Errorf("%s: %s (%s), want %s", name, got, reason, c.want)
		}
	}
}

func TestPlansOfParts(t *testing.T) {
	one := []filter.Condition{{Path: filter.Names("a"), Operator: filter.Greater, Kind: filter.Number, Value: "1"}}
	for name, c := range map[string]struct {
		sort    string
		filters []filter.Condition
		facts   Facts
		want    Plan
	}{
		"by time":               {"+execution_datetime", nil, Facts{}, ByTimeIndex},
		"by name":               {"+site_name", nil, Facts{}, ByRows},
		"no index":              {"+json.b", nil, Facts{}, ByDocuments},
		"in the index":          {"+json.b", nil, Facts{SortIndexed: true}, InIndexOrder},
		"filters in the index":  {"-json.b", one, Facts{SortIndexed: true, FiltersIndexed: true}, InIndexOrder},
		"filters by time":       {"+execution_datetime", one, Facts{SortIndexed: true, FiltersIndexed: true}, ByDocuments},
		"filters without index": {"+json.b", one, Facts{SortIndexed: true}, ByDocuments},
	} {
		q := ports.ResultQuery{Filters: c.filters}
		var err error
		if q.Sort, err = filter.ParseSort(c.sort, ports.ResultSort, filter.Limits{SortKeys: 10, PathParts: 10}); err != nil {
			t.Fatal(err)
		}
		if got, reason := ChooseAfter(q, c.facts); got != c.want || reason == "" {
			t.Errorf("%s: %s (%s), want %s", name, got, reason, c.want)
		}
	}
}

func TestConditionsBecomeFilters(t *testing.T) {
	for text, want := range map[string][2]string{
		`json.a > 1`: {"a > 1 ", ""},
		`json.a > 1 AND json.b BETWEEN "x" AND "y" AND site_name = "s"`: {"a > 1 b >= x b <= y ", `site_name = "s"`},
		`json.a > 1 OR json.b = 2`:                                      {"", `json.a > 1 OR json.b = 2`},
		`NOT json.a = 1`:                                                {"", `NOT json.a = 1`},
		`json.a != 1 AND json.a[*] = 1`:                                 {"a[*] == 1 ", `json.a != 1`},
		`json.a[b="c"].d > 1 AND json.e[*] BETWEEN 1 AND 2`:             {`a[b="c"].d > 1 `, `json.e[*] BETWEEN 1 AND 2`},
		`json.a = 1 GHz AND json."b.c" = true`:                          {`a == 1 GHz "b.c" == true `, ``},
		`(json.a = 1 AND json.b = 2) AND json = 3`:                      {"a == 1 b == 2 ", `json = 3`},
		`json.a IN (1, 2) AND json.a ~ "x"`:                             {"", `json.a IN (1, 2) AND json.a ~ "x"`},
	} {
		e, err := filter.ParseWhere(text, ports.ResultFields, filter.Limits{PathParts: 9, Exponent: 300, NumberLength: 99, Comparisons: 9})
		if err != nil {
			t.Fatal(err)
		}
		q := withFilters(ports.ResultQuery{Where: e})
		filters, rest := "", ""
		for _, f := range q.Filters {
			filters += f.Path.String() + " " + string(f.Operator) + " " + strings.Trim(f.Comparison().Values[0].String(), `"`) + " "
		}
		if q.Where != nil {
			rest = q.Where.String()
		}
		if filters != want[0] || rest != want[1] {
			t.Errorf("%s: filters %q and %q, want %q and %q", text, filters, rest, want[0], want[1])
		}
	}
}
