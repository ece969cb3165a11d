package http

import (
	"net/http"
	"sync/atomic"

	"github.com/eosc-perf/backend/adapters/http/problem"
	"github.com/eosc-perf/backend/core/domain"
)

// Gate is a handler for the time before there is one: it is alive, and not
// ready for anything else until it is opened.
type Gate struct{ handler atomic.Pointer[http.Handler] }

// Open hands all further requests to the handler.
func (g *Gate) Open(handler http.Handler) { g.handler.Store(&handler) }

// ServeHTTP implements http.Handler.
func (g *Gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if handler := g.handler.Load(); handler != nil {
		(*handler).ServeHTTP(w, r)
		return
	}
	if r.URL.Path == healthPath {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"status":"alive"}`)) // a client that is gone needs no answer
		return
	}
	problem.FromDomain(domain.UnavailableFor(problem.RetryAfter, "The server is starting", nil)).Write(w)
}
