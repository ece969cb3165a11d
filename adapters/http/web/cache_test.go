package web

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/eosc-perf/backend/adapters/http/web/address"
	"github.com/eosc-perf/backend/ports"
)

func keep1(t *testing.T, c *cache, key string, version int64, body string) {
	t.Helper()
	page, done, err := c.get(t.Context(), key, ports.DataVersion{Results: version}, time.Now())
	if err != nil || page != nil {
		t.Fatalf("%s is kept already: %v, %v", key, page, err)
	}
	done(&cachedPage{key: key, version: ports.DataVersion{Results: version}, at: time.Now(), header: http.Header{}, body: []byte(body)})
}

func (c *cache) has(key string, version int64, now time.Time) bool {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.find(key, ports.DataVersion{Results: version}, now) != nil
}

func TestPagesAreKeptAsLongAsTheDataAreTheSame(t *testing.T) {
	c := newCache()
	keep1(t, c, "a", 1, "x")
	if !c.has("a", 1, time.Now()) {
		t.Error("a page is not kept")
	}
	if c.has("a", 2, time.Now()) {
		t.Error("a page of older data is kept")
	}
	keep1(t, c, "a", 2, "x")
	if c.has("a", 2, time.Now().Add(maxCacheAge+time.Second)) {
		t.Error("an old page is kept")
	}
	if c.bytes != 0 || c.recent.Len() != 0 {
		t.Errorf("%d bytes of %d pages are left", c.bytes, c.recent.Len())
	}
}

func TestAPageWithoutARankingIsKeptUntilThereIsOne(t *testing.T) {
	c := newCache()
	c.rankings.Add(7)
	for key, isPassing := range map[string]bool{"passing": true, "final": false} {
		_, done, err := c.get(t.Context(), key, ports.DataVersion{}, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		done(&cachedPage{key: key, at: time.Now(), isPassing: isPassing, rankings: 7})
		if !c.has(key, 0, time.Now()) {
			t.Errorf("the %s page is not kept", key)
		}
	}
	c.rankings.Add(1)
	if c.has("passing", 0, time.Now()) || !c.has("final", 0, time.Now()) {
		t.Error("after a ranking, not the page that waited for it is dropped")
	}
}

func TestKeptPagesHaveABound(t *testing.T) {
	c := newCache()
	const size, many = 1 << 19, 100
	for i := range many {
		keep1(t, c, fmt.Sprint(i), 1, string(make([]byte, size)))
	}
	if c.bytes > cacheBytes || c.recent.Len() != cacheBytes/size {
		t.Errorf("%d bytes of %d pages are kept, at most %d may be", c.bytes, c.recent.Len(), cacheBytes)
	}
	if c.has("0", 1, time.Now()) || !c.has(fmt.Sprint(many-1), 1, time.Now()) {
		t.Error("others than the most recent pages are kept")
	}
	keep1(t, c, "large", 1, string(make([]byte, maxCachedPage+1)))
	if c.has("large", 1, time.Now()) {
		t.Error("a page that is too large is kept")
	}
}

func TestAPageThatManyAskForIsMadeOnce(t *testing.T) {
	c := newCache()
	var made atomic.Int32
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			page, done, err := c.get(t.Context(), "a", ports.DataVersion{}, time.Now())
			if err != nil {
				t.Error(err)
			}
			if page == nil {
				made.Add(1)
				done(&cachedPage{key: "a", at: time.Now(), body: []byte("x")})
			}
		})
	}
	all.Wait()
	if made.Load() != 1 {
		t.Errorf("the page was made %d times", made.Load())
	}
}

func TestAPageThatFailsIsMadeByTheNext(t *testing.T) {
	c := newCache()
	_, done, err := c.get(t.Context(), "a", ports.DataVersion{}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := c.get(gone, "a", ports.DataVersion{}, time.Now()); err == nil {
		t.Error("a visitor who is gone waits")
	}
	next := make(chan bool)
	go func() {
		page, _, err := c.get(t.Context(), "a", ports.DataVersion{}, time.Now())
		next <- page == nil && err == nil
	}()
	done(nil)
	if !<-next {
		t.Error("nobody makes the page that failed")
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
