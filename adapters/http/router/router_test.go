package router

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/gin-gonic/gin"
)

func newTestRouter(tb testing.TB, prefix string) *Router {
	tb.Helper()
	r, err := New(Config{Prefix: prefix, CORS: func(*gin.Context) {}})
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

const id = "77e88a60-5d33-43d3-b802-27273278489e"

// routes answer 200 with their path.
var routes = []struct{ method, path string }{
	{http.MethodGet, "/"},
	{http.MethodGet, "/sites"},
	{http.MethodPost, "/sites"},
	{http.MethodGet, "/sites:search"},
	{http.MethodGet, "/sites/{site_id}"},
	{http.MethodPost, "/sites/{site_id}:approve"},
	{http.MethodGet, "/sites/{site_id}/flavors"},
	{http.MethodGet, "/docs/*page"},
}

func registerRoutes(r *Router) http.Handler {
	for _, route := range routes {
		r.Handle(route.method, route.path, func(c *gin.Context) { c.Status(http.StatusOK) })
	}
	r.Mount("/dev/oidc", func(c *gin.Context) { c.Header("X-Path", c.Request.URL.Path) })
	return r.Handler()
}

func TestRouterFindsOperations(t *testing.T) {
	handler := registerRoutes(newTestRouter(t, "/api"))
	for _, tt := range []struct {
		method, path string
		status       int
		allow        string
	}{
		{"GET", "/api", 200, ""},
		{"GET", "/api/sites", 200, ""},
		{"HEAD", "/sites", 200, ""},
		{"GET", "/sites/", 404, ""},
		{"GET", "/unknown", 404, ""},
		{"DELETE", "/sites", 405, "GET, HEAD, POST, OPTIONS"},
		{"BREW", "/sites", 405, "GET, HEAD, POST, OPTIONS"},
		{"OPTIONS", "/sites", 204, "GET, HEAD, POST, OPTIONS"},
		{"GET", "/sites:search", 200, ""},
		{"GET", "/sites/~search", 404, ""},
		{"GET", "/sites/" + id, 200, ""},
		{"GET", "/sites/x", 404, ""},
		{"GET", "/sites/{" + id + "}", 404, ""},
		{"PUT", "/sites/x", 404, ""},
		{"PUT", "/sites/" + id, 405, "GET, HEAD, OPTIONS"},
		{"POST", "/sites/" + id + ":approve", 200, ""},
		{"POST", "/sites/x:approve", 404, ""},
		{"GET", "/sites/" + id + ":approve", 405, "POST, OPTIONS"},
		{"GET", "/sites/" + id + "/flavors", 200, ""},
		{"GET", "/docs/any/page.html", 200, ""},
		{"POST", "/api/dev/oidc/a:b", 200, ""},
		{"BREW", "/api/dev/oidc/a:b", 200, ""},
	} {
		recorder := httptest.NewRecorder()
		handler.ServeHTTP(recorder, httptest.NewRequestWithContext(t.Context(), tt.method, tt.path, nil))
		if recorder.Code != tt.status || recorder.Header().Get("Allow") != tt.allow {
			t.Errorf("%s %s: %d with Allow %q, want %d with %q",
				tt.method, tt.path, recorder.Code, recorder.Header().Get("Allow"), tt.status, tt.allow)
		}
	}
}

func TestSubtreesKeepTheirPath(t *testing.T) {
	handler := registerRoutes(newTestRouter(t, "/api"))
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/api/dev/oidc/a:b", nil))
	if got := recorder.Header().Get("X-Path"); got != "/dev/oidc/a:b" {
		t.Errorf("the handler sees the path %q, want /dev/oidc/a:b", got)
	}
}

// discardWriter drops the answer, so that only the router's work counts.
type discardWriter struct{ header http.Header }

func (w discardWriter) Header() http.Header         { return w.header }
func (w discardWriter) Write(p []byte) (int, error) { return len(p), nil }
func (w discardWriter) WriteHeader(int)             {}

func BenchmarkRouting(b *testing.B) {
	handler := registerRoutes(newTestRouter(b, "/api"))
	for _, c := range []struct{ name, method, path string }{
		{"list", "GET", "/sites"},
		{"id", "GET", "/sites/" + id},
		{"verb", "POST", "/sites/" + id + ":approve"},
		{"prefix", "GET", "/api/sites"},
		{"unknown", "GET", "/resultats"},
	} {
		b.Run(c.name, func(b *testing.B) {
			request := httptest.NewRequest(c.method, c.path, nil)
			w := discardWriter{http.Header{}}
			b.ReportAllocs()
			for b.Loop() {
				request.URL.Path = c.path
				handler.ServeHTTP(w, request)
			}
		})
	}
}
