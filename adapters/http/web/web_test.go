package web

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func newSite(t *testing.T, visitor Visitor) *Site {
	t.Helper()
	s, err := New(Config{
		Log: slog.New(slog.DiscardHandler), Version: "test", Visitor: func(context.Context) Visitor { return visitor },
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func get(t *testing.T, s http.Handler, path string) *httptest.ResponseRecorder {
	t.Helper()
	recorder := httptest.NewRecorder()
	s.ServeHTTP(recorder, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
	return recorder
}

func TestUnknownPagesAreSaidSo(t *testing.T) {
	recorder := get(t, newSite(t, Visitor{}), "/ui/nothing/here")
	if body := recorder.Body.String(); recorder.Code != http.StatusNotFound || !strings.Contains(body, "No such page") ||
		!strings.Contains(body, `href="../assets/style.`) {
		t.Errorf("%d %s", recorder.Code, body)
	}
	if got := get(t, newSite(t, Visitor{}), "/ui/nothing.csv"); got.Code != http.StatusNotFound ||
		got.Header().Get("Content-Type") != "application/json" {
		t.Errorf("another format of nothing is %d %s", got.Code, got.Body)
	}
}

func TestAssetsAreKeptByTheirContent(t *testing.T) {
	s := newSite(t, Visitor{})
	for _, name := range []string{s.assets.Style, s.assets.Script, s.assets.Icon} {
		recorder := get(t, s, "/ui/"+name)
		if got := recorder.Header().Get("Cache-Control"); recorder.Code != http.StatusOK || !strings.Contains(got, "immutable") {
			t.Errorf("%s: %d, %s", name, recorder.Code, got)
		}
	}
	if got := get(t, s, "/ui/assets/style.css"); got.Code != http.StatusNotFound {
		t.Errorf("an asset without its content's name is %d", got.Code)
	}
}

func TestSheetAndScriptStayInTheirBudget(t *testing.T) {
	s := newSite(t, Visitor{})
	const both = 27_000
	if size := len(get(t, s, "/ui/"+s.assets.Style).Body.String()) + len(get(t, s, "/ui/"+s.assets.Script).Body.String()); size > both {
		t.Errorf("sheet and script have %d bytes, at most %d are allowed", size, both)
	}
}

func TestPagesForbidWhatIsNotTheirs(t *testing.T) {
	header := get(t, newSite(t, Visitor{}), "/ui/nothing").Header()
	for _, want := range []string{"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "form-action 'self'"} {
		if !strings.Contains(header.Get("Content-Security-Policy"), want) {
			t.Errorf("the policy %q has no %s", header.Get("Content-Security-Policy"), want)
		}
	}
	if header.Get("X-Content-Type-Options") != "nosniff" || header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("headers are %v", header)
	}
}
