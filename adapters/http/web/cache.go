package web

import (
	"maps"
	"net/http"
	"slices"
	"sync/atomic"
	"time"

	"github.com/eosc-perf/backend/core/versioned"
	"github.com/eosc-perf/backend/ports"
)

const (
	// cacheBytes bounds the bytes of all cached pages, maxCachedPage those of one.
	cacheBytes, maxCachedPage = 32 << 20, 1 << 20
	// maxCached bounds the number of cached pages.
	maxCached = 50_000
	// maxCacheAge bounds the life of a page: a repair of derived data may set the version
	// back.
	maxCacheAge = 10 * time.Minute
)

// cachedPage is a page as it was sent.
type cachedPage struct {
	recorder

	// isPassing is true for a page that did not wait for a ranking. It is right until somebody asks for one: it knows
	// how often that had happened.
	isPassing bool
	rankings  int64
}

// cache keeps the pages of strangers as long as the data are the same.
type cache struct {
	*versioned.Cache[string, ports.DataVersion, *cachedPage]

	// rankings counts the rankings that somebody waited for.
	rankings atomic.Int64
}

func newCache() *cache {
	return &cache{Cache: versioned.New[string, ports.DataVersion, *cachedPage](versioned.Limits{
		Entries: maxCached, Weight: cacheBytes, Age: maxCacheAge,
	})}
}

// find returns the kept page, nil for none.
func (c *cache) find(key string, version ports.DataVersion, now time.Time) *cachedPage {
	page, ok := c.Get(key, version, now)
	if !ok || page.isPassing && page.rankings != c.rankings.Load() {
		return nil
	}
	return page
}

// page returns the kept page, or that of serve, which it keeps. Of those who ask for the same at once one makes it.
func (c *cache) page(r *Request, key string, version ports.DataVersion, serve func(http.ResponseWriter) error) (*cachedPage, error) {
	now := time.Now()
	key = now.UTC().Format(time.DateOnly) + " " + key
	if page := c.find(key, version, now); page != nil {
		return page, nil
	}
	done, err := c.Begin(r.Context(), key, version)
	if err != nil {
		return nil, err
	}
	defer done()
	if page := c.find(key, version, now); page != nil { // somebody asked for the same meanwhile
		return page, nil
	}
	page := &cachedPage{recorder: recorder{header: http.Header{}, status: http.StatusOK}, rankings: c.rankings.Load()}
	if err := serve(&page.recorder); err != nil {
		return nil, err
	}
	page.isPassing = r.isPassing
	if page.status == http.StatusOK && len(page.body) <= maxCachedPage {
		c.Put(key, version, now, page, len(page.body))
	}
	return page, nil
}

// isCacheable is true for a page that depends on nothing but its address, the day and the
// version of the data.
func (r *Request) isCacheable() bool {
	// Figures are drawn two at a time, and exports go on while they are read.
	isFigure := r.Format == "png" || r.Format == "pdf"
	isExport := r.path == "/results" && slices.Contains(exportFormats, r.Format)
	return isReading(r.Method) && !isFigure && !isExport && !r.Visitor.IsKnown() && r.Visitor.Session == "" && r.Visitor.Notice == ""
}

// serveCached answers with the kept page, or makes and keeps it.
func (s *Site) serveCached(w http.ResponseWriter, r *Request, serve func(http.ResponseWriter) error) error {
	version, err := s.config.Services.Comparisons.Version(r.Context(), r.Caller(), nil)
	if err != nil {
		return err
	}
	key := r.base() + " " + r.URL.Path + "." + r.Format + "?" + r.URL.RawQuery
	page, err := s.cache.page(r, key, version, serve)
	if err != nil {
		return err
	}
	page.send(w)
	return nil
}

func (p *cachedPage) send(w http.ResponseWriter) {
	maps.Copy(w.Header(), p.header)
	if p.status != http.StatusOK {
		w.WriteHeader(p.status)
	}
	_, _ = w.Write(p.body) //nolint:gosec // a template wrote it; after an error the client has disconnected
}

// recorder holds an answer back.
type recorder struct {
	header http.Header
	status int
	body   []byte
}

// Header implements http.ResponseWriter.
func (r *recorder) Header() http.Header { return r.header }

// WriteHeader implements http.ResponseWriter.
func (r *recorder) WriteHeader(status int) { r.status = status }

// Write implements http.ResponseWriter.
func (r *recorder) Write(p []byte) (int, error) {
	r.body = append(r.body, p...)
	return len(p), nil
}
