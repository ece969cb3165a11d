package server

import (
	"net/http"
	"sync/atomic"

	"github.com/eosc-perf/backend/adapters/http/problem"
	"github.com/eosc-perf/backend/adapters/http/router"
	"github.com/eosc-perf/backend/core/domain"
)

// startingHandler answers while the server starts: the health check with 200, anything
// else with 503. Once the server is ready, it passes all requests on. The zero value
// is a handler of a server that starts, without a prefix and without pages.
type startingHandler struct {
	ready  atomic.Pointer[http.Handler]
	prefix string
	page   func(path string) http.Handler
}

// setReady passes all further requests to the handler.
func (s *startingHandler) setReady(handler http.Handler) { s.ready.Store(&handler) }

// ServeHTTP implements http.Handler.
func (s *startingHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if handler := s.ready.Load(); handler != nil {
		(*handler).ServeHTTP(w, r)
		return
	}
	path := router.WithoutPrefix(s.prefix, r.URL.Path)
	if path == healthPath {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"status":"alive"}`)) // fails only if the client has closed the connection
		return
	}
	if s.page != nil {
		if page := s.page(path); page != nil {
			r.URL.Path = path
			page.ServeHTTP(w, r)
			return
		}
	}
	problem.FromDomain(domain.UnavailableFor(problem.RetryAfter, "The server is starting", nil)).Write(w)
}
