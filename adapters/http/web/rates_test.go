package web

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/eosc-perf/backend/adapters/http/fair"
)

// What reads all results that an address chooses counts as heavy, the citation of one result does not.
func TestWhichRequestsAreHeavy(t *testing.T) {
	list, item := read("/results", nil), route{}
	for name, c := range map[string]struct {
		route  route
		format string
		query  string
		want   bool
	}{
		"a list":                 {list, "", "", false},
		"a list as Markdown":     {list, "md", "", true},
		"a list as figure":       {list, "svg", "", true},
		"the citation of a list": {list, "bib", "", true},
		"a list that was cited":  {list, "", "?set=9c417e02-20", true},
		"a result":               {item, "", "", false},
		"the figure of a result": {item, "png", "", true},
		"the citation of one":    {item, "bib", "", false},
		"a result with a key":    {item, "", "?set=9c417e02", false},
	} {
		r := &Request{Request: httptest.NewRequest(http.MethodGet, Path+"/results"+c.query, nil), Format: c.format}
		if got := slices.Contains(c.route.classes(r), fair.HeavyReads); got != c.want {
			t.Errorf("%s: heavy %t, want %t", name, got, c.want)
		}
	}
}
