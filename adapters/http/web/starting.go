package web

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/eosc-perf/backend/adapters/http/problem"
	"github.com/eosc-perf/backend/core/domain"
)

// errStarting is why there are no pages yet.
var errStarting = problem.FromDomain(domain.UnavailableFor(problem.RetryAfter, "The server is starting", nil))

// Starting returns a handler for a server that starts: every address of a page, also outside of Path, answers 503 with
// a page that says so and that browsers load again. Of the config, Log and Version count. The prefix is the public one.
func Starting(c Config, prefix string) (http.Handler, error) {
	s, err := New(Config{Log: c.Log, Version: c.Version})
	if err != nil {
		return nil, err
	}
	s.prefix = strings.TrimSuffix(prefix, "/")
	return http.HandlerFunc(func(w http.ResponseWriter, hr *http.Request) {
		protect(w.Header())
		if strings.HasPrefix(hr.URL.Path, assetsPath) {
			s.routes.ServeHTTP(w, hr)
			return
		}
		r := s.request(withoutFormat(hr))
		if !strings.HasPrefix(hr.URL.Path, Path+"/") {
			r.path, r.root = "/", s.prefix+Path+"/"
		}
		if r.Format == "" && isReading(hr.Method) {
			w.Header().Set("Refresh", strconv.Itoa(int(problem.RetryAfter/time.Second)))
		}
		s.problem(w, r, errStarting)
	}), nil
}

// isReading tells whether a method changes nothing.
func isReading(method string) bool { return method == http.MethodGet || method == http.MethodHead }
