package web

import (
	"container/list"
	"context"
	"maps"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/ports"
)

const (
	// cacheBytes bounds the bytes of all cached pages, maxCachedPage those of one.
	cacheBytes, maxCachedPage = 32 << 20, 1 << 20
	// maxCacheAge bounds the life of a page: a repair of derived data may set the version back.
	maxCacheAge = 10 * time.Minute
)

// cachedPage is a page as it was sent.
type cachedPage struct {
	key     string
	version ports.DataVersion
	at      time.Time
	header  http.Header
	body    []byte
	// isPassing is true for a page that did not wait for a ranking. It is right until somebody asks for one: it knows
	// how often that had happened.
	isPassing bool
	rankings  int64
}

// cache keeps the pages of strangers as long as the data are the same, the most recently used
// ones. A page that many ask for at once is made once.
type cache struct {
	mutex  sync.Mutex
	byKey  map[string]*list.Element
	recent *list.List
	bytes  int
	// rankings counts the rankings that somebody waited for.
	rankings atomic.Int64
	// making are the pages that are being made, by key. The channel is closed at the end.
	making map[string]chan struct{}
}

func newCache() *cache {
	return &cache{byKey: map[string]*list.Element{}, recent: list.New(), making: map[string]chan struct{}{}}
}

// get returns the kept page, or waits for one that is being made. Without one it is up to the
// caller to make the page, and to call done.
func (c *cache) get(
	ctx context.Context, key string, version ports.DataVersion, now time.Time,
) (page *cachedPage, done func(*cachedPage), err error) {
	for {
		c.mutex.Lock()
		if page = c.find(key, version, now); page != nil {
			c.mutex.Unlock()
			return page, nil, nil
		}
		waiting, isMade := c.making[key]
		if !isMade {
			finished := make(chan struct{})
			c.making[key] = finished
			c.mutex.Unlock()
			return nil, func(made *cachedPage) { c.finish(key, made, finished) }, nil
		}
		c.mutex.Unlock()
		select {
		case <-waiting:
		case <-ctx.Done():
			return nil, nil, ctx.Err()
		}
	}
}

func (c *cache) find(key string, version ports.DataVersion, now time.Time) *cachedPage {
	element, ok := c.byKey[key]
	if !ok {
		return nil
	}
	page, _ := element.Value.(*cachedPage)
	isOver := page.isPassing && page.rankings != c.rankings.Load()
	if page.version != version || now.Sub(page.at) > maxCacheAge || isOver {
		c.drop(element)
		return nil
	}
	c.recent.MoveToFront(element)
	return page
}

// finish keeps the page that was made, nil for none, and lets the others go on.
func (c *cache) finish(key string, made *cachedPage, finished chan struct{}) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	delete(c.making, key)
	close(finished)
	if made == nil || len(made.body) > maxCachedPage {
		return
	}
	if old, ok := c.byKey[key]; ok {
		c.drop(old)
	}
	c.byKey[key] = c.recent.PushFront(made)
	c.bytes += len(made.body)
	for c.bytes > cacheBytes {
		c.drop(c.recent.Back())
	}
}

func (c *cache) drop(element *list.Element) {
	page, _ := c.recent.Remove(element).(*cachedPage)
	delete(c.byKey, page.key)
	c.bytes -= len(page.body)
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
	version, known, err := s.version(r)
	if err != nil {
		return err
	}
	if !known {
		return serve(w)
	}
	now := time.Now()
	key := now.UTC().Format(time.DateOnly) + " " + r.base() + " " + r.URL.Path + "." + r.Format + "?" + r.URL.RawQuery
	page, done, err := s.cache.get(r.Context(), key, version, now)
	if err != nil {
		return err
	}
	if page != nil {
		page.send(w, http.StatusOK)
		return nil
	}
	rankings := s.cache.rankings.Load()
	recorder := &recorder{header: http.Header{}, status: http.StatusOK}
	made := false
	defer func() {
		if !made {
			done(nil)
		}
	}()
	if err := serve(recorder); err != nil {
		return err
	}
	page = &cachedPage{
		key: key, version: version, at: now, header: recorder.header, body: recorder.body, isPassing: r.isPassing, rankings: rankings,
	}
	if made = recorder.status == http.StatusOK; made {
		done(page)
	}
	page.send(w, recorder.status)
	return nil
}

func (p *cachedPage) send(w http.ResponseWriter, status int) {
	maps.Copy(w.Header(), p.header)
	if status != http.StatusOK {
		w.WriteHeader(status)
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

// knownBenchmarks are the approved benchmarks at a version of all entities.
type knownBenchmarks struct {
	mutex      sync.Mutex
	references int64
	ids        []uuid.UUID
	areAll     bool
}

// version is that of the results of all benchmarks, and of all entities. known is false if
// there are too many benchmarks.
func (s *Site) version(r *Request) (version ports.DataVersion, known bool, err error) {
	versions := s.config.Services.Comparisons
	now, err := versions.Version(r.Context(), r.Caller(), nil)
	if err != nil {
		return now, false, err
	}
	s.known.mutex.Lock()
	references, ids, areAll := s.known.references, s.known.ids, s.known.areAll
	s.known.mutex.Unlock()
	if !areAll || references != now.References {
		if ids, areAll, err = s.benchmarkIDs(r); err != nil || !areAll {
			return now, false, err
		}
		s.known.mutex.Lock()
		s.known.references, s.known.ids, s.known.areAll = now.References, ids, areAll
		s.known.mutex.Unlock()
	}
	version, err = versions.Version(r.Context(), r.Caller(), ids)
	return version, true, err
}

func (s *Site) benchmarkIDs(r *Request) (ids []uuid.UUID, areAll bool, err error) {
	page, err := s.config.Services.Benchmarks.List(r.Context(), r.Caller(), ports.BenchmarkQuery{ReviewedOptions: ports.ReviewedOptions{
		ListOptions: ports.ListOptions{Page: domain.PageRequest{Number: 1, Size: mostBenchmarks}, Sort: []filter.Key{{Field: "id"}}},
		Status:      domain.Approved,
	}})
	for _, benchmark := range page.Items {
		ids = append(ids, benchmark.ID)
	}
	return ids, page.Total <= mostBenchmarks, err
}
