package web

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/eosc-perf/backend/adapters/http/middleware"
	"github.com/eosc-perf/backend/adapters/http/problem"
	"github.com/eosc-perf/backend/adapters/http/router"
	"github.com/eosc-perf/backend/adapters/http/web/address"
	"github.com/eosc-perf/backend/ports"
)

// Handler makes the answer to a request for one page.
type Handler func(*Request) (Answer, error)

// route is the address of a page, in the notation of http.ServeMux.
type route struct {
	pattern string
	handler Handler
	// formats are the suffixes that the page has besides HTML.
	formats []string
	// cacheable is true for a page that is kept for strangers: it shows nothing but what its
	// address and the version of the data decide.
	cacheable bool
	// vocabulary is true for a page whose query is that of package address: other spellings
	// are led to the canonical one.
	vocabulary bool
	// keys are those of the query of a page that has no such vocabulary; nil for any. The page says which others it
	// ignores, and its files refuse them.
	keys []string
	// heavy is true for a page that reads many results, as its files do.
	heavy bool
}

// read is a page whose address has the vocabulary of results.
func read(path string, handler Handler, formats ...string) route {
	return route{pattern: "GET " + Path + path, handler: handler, formats: formats, vocabulary: true}
}

// show is a page whose address has no vocabulary, or its own.
func show(path string, handler Handler) route {
	return route{pattern: "GET " + Path + path, handler: handler}
}

// knows is a page with these keys in its query.
func knows(r route, keys ...string) route {
	r.keys = append([]string{}, keys...)
	return r
}

// cached is a page that is cached for strangers.
func cached(r route) route {
	r.cacheable = true
	return r
}

// send is what a form sends to a page.
func send(path string, handler Handler) route {
	return route{pattern: "POST " + Path + path, handler: handler}
}

// table are the routes of all pages, by subject.
func (s *Site) table() [][]route {
	return [][]route{
		s.frontRoutes(),
		s.itemRoutes(),
		s.fileRoutes(),
		s.compareRoutes(),
		s.chooseRoutes(),
		s.workRoutes(),
	}
}

func (s *Site) register() {
	for _, routes := range s.table() {
		for _, route := range routes {
			s.formats[route.pattern] = route.formats
			s.routes.HandleFunc(route.pattern, s.handle(route))
		}
	}
	s.routes.Handle("GET "+assetsPath, s.assets)
	if s.config.APIPage != nil {
		s.routes.Handle("GET "+Path+"/api", s.counted(s.config.APIPage))
	}
	s.routes.HandleFunc("/", s.handle(route{handler: s.otherMethod}))
}

// formatKey is the key of the suffix of a path in the context of its request.
type formatKey struct{}

// withoutFormat returns the request without the suffix of its path, which its context has. Assets keep theirs.
func withoutFormat(r *http.Request) *http.Request {
	path, format := cutFormat(r.URL.Path)
	if format == "" || strings.HasPrefix(path, assetsPath) {
		return r
	}
	copied := *r.URL
	copied.Path, copied.RawPath = path, ""
	r = r.WithContext(context.WithValue(r.Context(), formatKey{}, format))
	r.URL = &copied
	return r
}

// otherMethod answers a request for which no page is: 404 where no method leads to one, else 405, and 204 to OPTIONS.
func (s *Site) otherMethod(r *Request) (Answer, error) {
	allow := router.Allowed(s.routes, r.Request, func(pattern string) bool {
		return r.Format == "" || slices.Contains(s.formats[pattern], r.Format)
	})
	switch {
	case allow == "":
		return nil, errNoPage
	case r.Method == http.MethodOptions:
		return Methods{allow}, nil
	}
	return nil, problem.New(http.StatusMethodNotAllowed, nil).WithHeader("Allow", allow)
}

// handle serves one page.
func (s *Site) handle(route route) http.HandlerFunc {
	return func(w http.ResponseWriter, hr *http.Request) {
		r := s.request(hr)
		r.writer = w
		defer s.recover(w, r)
		err := s.count(w, r, route)
		if err == nil {
			err = s.serve(w, r, route)
		}
		if err != nil {
			s.noteRefusal(r, err)
			s.problem(w, r, err)
		}
	}
}

func (s *Site) serve(w http.ResponseWriter, r *Request, route route) error {
	answer, err := r.check(route)
	if err != nil {
		return err
	}
	if answer != nil {
		return answer.send(s, w, r)
	}
	serve := func(w http.ResponseWriter) error {
		answer, err := s.answer(r, route)
		if err != nil {
			return err
		}
		return answer.send(s, w, r)
	}
	if route.cacheable && r.isCacheable() {
		return s.serveCached(w, r, serve)
	}
	return serve(w)
}

func (s *Site) request(hr *http.Request) *Request {
	format, _ := hr.Context().Value(formatKey{}).(string)
	r := &Request{
		Request: hr, Visitor: s.config.Visitor(hr.Context()), Format: format, site: s, path: strings.TrimPrefix(hr.URL.Path, Path),
	}
	middleware.RecordOf(hr.Context()).Caller = r.Visitor.Caller
	return r
}

// check reads the address of a request. It returns an answer if the page need not be asked.
func (r *Request) check(route route) (Answer, error) {
	if r.Format != "" && !slices.Contains(route.formats, r.Format) {
		return r.site.otherMethod(r)
	}
	if !route.vocabulary {
		return nil, r.checkKeys(route)
	}
	if len(r.URL.RawQuery) > longestQuery {
		return nil, errLongQuery
	}
	r.Query, r.Ignored = address.Parse(r.URL.Query())
	if to, other := r.canonical(); other {
		return Redirect{to}, nil
	}
	return nil, nil //nolint:nilnil // the page answers
}

// checkKeys notes what the page of a route ignores in its query. A file refuses it.
func (r *Request) checkKeys(route route) error {
	if route.keys == nil {
		return nil
	}
	for _, key := range slices.Sorted(maps.Keys(r.URL.Query())) {
		if r.Format != "" || !slices.Contains(route.keys, key) {
			r.unknown = append(r.unknown, address.Ignored{Key: key})
		}
	}
	if r.Format != "" && len(r.unknown) > 0 {
		return refusal(r.unknown)
	}
	return nil
}

// answer asks a page for its answer, when the turn of the client has come.
func (s *Site) answer(r *Request, route route) (Answer, error) {
	if s.config.Shares != nil && isReading(r.Method) {
		ctx := r.Context()
		share, err := s.config.Shares.Read(ctx, middleware.RecordOf(ctx).Client, r.RequestURI)
		if err != nil {
			return nil, err
		}
		middleware.RecordOf(ctx).Admitted = true
		defer share.Release()
		r.Request = r.WithContext(ports.WithShare(ctx, share))
	}
	return route.handler(r)
}

// longestQuery bounds the length of an address in bytes.
const longestQuery = 8 << 10
