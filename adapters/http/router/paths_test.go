package router

import "testing"

func TestPrefixIsRemoved(t *testing.T) {
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
		if got := WithoutPrefix(newTestRouter(t, tt.prefix).Prefix(), tt.path); got != tt.want {
			t.Errorf("prefix %q: %q becomes %q, want %q", tt.prefix, tt.path, got, tt.want)
		}
	}
}

func TestRoutedPathIsNormalized(t *testing.T) {
	for path, want := range map[string]string{
		"/sites":              "/sites",
		"/sites:search":       "/sites/~search",
		"/sites/ID:approve":   "/sites/ID/~approve",
		"/users/self:update":  "/users/self/~update",
		"/sites/:search":      noPath,
		"/sites:a/flavors":    noPath,
		"/sites/~search":      noPath,
		"/sites/ID/~approve":  noPath,
		"/sites/~x:y":         noPath,
		":x":                  ":x",
		"/sites/a:b:approve":  "/sites/a:b/~approve",
		"/sites/ID/flavors:x": "/sites/ID/flavors/~x",
	} {
		if got := routedPath(path); got != want {
			t.Errorf("routedPath(%q) = %q, want %q", path, got, want)
		}
	}
}
