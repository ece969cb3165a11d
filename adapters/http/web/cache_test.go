package web

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/eosc-perf/backend/adapters/http/web/address"
	"github.com/eosc-perf/backend/ports"
)

func TestAPageWithoutARankingIsKeptUntilThereIsOne(t *testing.T) {
	c := newCache()
	c.rankings.Add(7)
	has := func(key string) bool { return c.find(key, ports.DataVersion{}, time.Now()) != nil }
	for key, isPassing := range map[string]bool{"passing": true, "final": false} {
		c.Put(key, ports.DataVersion{}, time.Now(), &cachedPage{isPassing: isPassing, rankings: 7}, 0)
		if !has(key) {
			t.Errorf("the %s page is not kept", key)
		}
	}
	c.rankings.Add(1)
	if has("passing") || !has("final") {
		t.Error("after a ranking, not the page that waited for it is dropped")
	}
}

func TestWhichAnswersAreKept(t *testing.T) {
	for name, c := range map[string]struct {
		status, size int
		err          error
		times        int
	}{
		"a page":                      {http.StatusOK, 10, nil, 1},
		"a page that is too large":    {http.StatusOK, maxCachedPage + 1, nil, 2},
		"something that is not there": {http.StatusNotFound, 10, nil, 2},
		"an error":                    {http.StatusOK, 10, errors.New("broken"), 2},
	} {
		pages, times := newCache(), 0
		request := &Request{Request: httptest.NewRequest(http.MethodGet, Path, nil)}
		for range 2 {
			page, err := pages.page(request, "a", ports.DataVersion{}, func(w http.ResponseWriter) error {
				times++
				w.WriteHeader(c.status)
				_, _ = w.Write(make([]byte, c.size))
				return c.err
			})
			if !errors.Is(err, c.err) || err == nil && (page.status != c.status || len(page.body) != c.size) {
				t.Errorf("%s: %+v, %v", name, page, err)
			}
		}
		if times != c.times {
			t.Errorf("%s is made %d times, want %d", name, times, c.times)
		}
	}
}

// Pages of strangers are kept, also those that depend on which results bear which tags. Files that are
// drawn or written while they are read are not.
func TestWhichPagesAreKept(t *testing.T) {
	for name, c := range map[string]struct {
		request Request
		want    bool
	}{
		"a page":                  {Request{path: "/compare"}, true},
		"results with a tag":      {Request{path: "/results", Query: address.Query{Tags: []string{"a"}}}, true},
		"rows by tag":             {Request{path: "/compare", Query: address.Query{By: []string{"tag"}}}, true},
		"a column of tags":        {Request{path: "/results", Query: address.Query{Col: []string{"tags"}}}, true},
		"colours by tag":          {Request{path: "/compare", Query: address.Query{Color: "tag"}}, true},
		"a comparison as CSV":     {Request{path: "/compare", Format: "csv"}, true},
		"a list as Markdown":      {Request{path: "/results", Format: "md"}, true},
		"a list as CSV":           {Request{path: "/results", Format: "csv"}, false},
		"a list as NDJSON":        {Request{path: "/results", Format: "ndjson"}, false},
		"a PNG":                   {Request{path: "/compare", Format: "png"}, false},
		"of somebody who is told": {Request{path: "/compare", Visitor: Visitor{Notice: "x"}}, false},
		"of a session":            {Request{path: "/compare", Visitor: Visitor{Session: "x"}}, false},
	} {
		c.request.Request = httptest.NewRequest(http.MethodGet, Path+c.request.path, nil)
		if got := c.request.isCacheable(); got != c.want {
			t.Errorf("%s: kept %t, want %t", name, got, c.want)
		}
	}
}
