package http

import (
	"net/http"
	"testing"

	"github.com/eosc-perf/backend/adapters/http/budget"
)

func TestWithoutPrefix(t *testing.T) {
	for _, tt := range []struct{ prefix, path, want string }{
		{"/", "/", "/"},
		{"/", "/sites", "/sites"},
		{"/", "//sites///x", "/sites/x"},
		{"/", "/sites/", "/sites/"},
		{"/api/v1", "/api/v1", "/"},
		{"/api/v1", "/api/v1/", "/"},
		{"/api/v1", "/api/v1/sites", "/sites"},
		{"/api/v1", "//api//v1//sites", "/sites"},
		{"/api/v1", "/api/v1sites", "/api/v1sites"},
		{"/api/v1", "/sites", "/sites"},
		{"/api/v1", "/api/v1/api/v1", "/api/v1"},
	} {
		if got := newRouter(tt.prefix, nil, budget.New(0)).withoutPrefix(tt.path); got != tt.want {
			t.Errorf("prefix %q: %q becomes %q, want %q", tt.prefix, tt.path, got, tt.want)
		}
	}
}

func TestRoutedPath(t *testing.T) {
	for path, want := range map[string]string{
		"/sites":              "/sites",
		"/sites:search":       "/sites/~search",
		"/sites/ID:approve":   "/sites/ID/~approve",
		"/users/self:update":  "/users/self/~update",
		"/sites/:search":      nowhere,
		"/sites:a/flavors":    nowhere,
		"/sites/~search":      nowhere,
		"/sites/ID/~approve":  nowhere,
		"/sites/~x:y":         nowhere,
		":x":                  ":x",
		"/sites/a:b:approve":  "/sites/a:b/~approve",
		"/sites/ID/flavors:x": "/sites/ID/flavors/~x",
	} {
		if got := routedPath(path); got != want {
			t.Errorf("routedPath(%q) = %q, want %q", path, got, want)
		}
	}
}

func TestIsJSON(t *testing.T) {
	for contentType, want := range map[string]bool{
		"": true, "application/json": true, "APPLICATION/JSON; charset=utf-8": true, "application/vnd.api+json": true,
		"application/Problem+JSON": true, "application/json;": true, "application/json; charset": true,
		"text/json": false, "text/plain": false, "application/jsonx": false, "application/x-www-form-urlencoded": false,
		"json": false, "+json": false, "application/json, text/plain": false,
	} {
		if got := isJSON(contentType); got != want {
			t.Errorf("isJSON(%q) = %t, want %t", contentType, got, want)
		}
	}
}

func TestCORS(t *testing.T) {
	for _, tt := range []struct {
		name, origin, want string
		origins            []string
		maxAge             bool
	}{
		{"any", "https://a.example", "*", []string{"*"}, true},
		{"no origin", "", "*", []string{"*"}, true},
		{"listed", "https://a.example", "https://a.example", []string{"https://b.example", "https://a.example"}, true},
		{"not listed", "https://c.example", "", []string{"https://a.example"}, false},
		{"none", "https://a.example", "", []string{"none"}, false},
	} {
		header := http.Header{}
		cors(tt.origins)(header, tt.origin, true)
		if got := header.Get("Access-Control-Allow-Origin"); got != tt.want || (header.Get("Access-Control-Max-Age") != "") != tt.maxAge {
			t.Errorf("%s: %v", tt.name, header)
		}
	}
}
