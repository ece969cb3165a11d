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

func TestPagesSayThatTheServerStarts(t *testing.T) {
	pages, err := Starting(Config{Log: slog.New(slog.DiscardHandler), Version: "test"}, "/api/")
	if err != nil {
		t.Fatal(err)
	}
	style := newSite(t, Visitor{}).assets.Style
	for _, tt := range []struct{ method, path, kind, refresh, style, says string }{
		{"GET", "/", "text/html; charset=utf-8", "5", "/api/ui/", "asks again every 5 seconds"},
		{"GET", "/ui", "text/html; charset=utf-8", "5", "/api/ui/", "asks again"},
		{"GET", "/ui/results/x", "text/html; charset=utf-8", "5", "../", "asks again"},
		{"HEAD", "/ui/compare", "text/html; charset=utf-8", "5", "./", ""},
		{"GET", "/docs/how-to/ask.html", "text/html; charset=utf-8", "5", "/api/ui/", "asks again"},
		{"POST", "/ui/upload", "text/html; charset=utf-8", "", "./", "send again: nothing was stored"},
		{"GET", "/ui/compare.csv", "application/json", "", "", "The server is starting"},
	} {
		w := httptest.NewRecorder()
		pages.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), tt.method, tt.path, nil))
		header, body := w.Header(), w.Body.String()
		if w.Code != http.StatusServiceUnavailable || header.Get("Retry-After") != "5" || header.Get("Refresh") != tt.refresh ||
			header.Get("Cache-Control") != "no-store" || header.Get("Content-Type") != tt.kind || header.Get("Content-Security-Policy") != policy {
			t.Errorf("%s %s: %d with %v", tt.method, tt.path, w.Code, header)
		}
		if !strings.Contains(body, tt.says) || tt.style != "" && !strings.Contains(body, `href="`+tt.style+style+`"`) {
			t.Errorf("%s %s says\n%s", tt.method, tt.path, body)
		}
	}
	if got := get(t, pages, "/ui/"+style); got.Code != http.StatusOK {
		t.Errorf("the style of the page answers %d", got.Code)
	}
}

func TestMethodsThatAPageDoesNotHaveAreRefused(t *testing.T) {
	s, err := New(Config{Log: slog.New(slog.DiscardHandler), Version: "test", APIPage: http.NotFoundHandler()})
	if err != nil {
		t.Fatal(err)
	}
	const reading, both = "GET, HEAD, OPTIONS", "GET, HEAD, POST, OPTIONS"
	const id = "77e88a60-5d33-43d3-b802-27273278489e"
	for _, tt := range []struct{ path, allow, answers string }{
		{"/ui/", reading, "text/html; charset=utf-8"},
		{"/ui/compare", reading, "text/html; charset=utf-8"},
		{"/ui/upload", both, "text/html; charset=utf-8"},
		{"/ui/results/" + id, both, "text/html; charset=utf-8"},
		{"/ui/results/" + id + "/withdraw", both, "text/html; charset=utf-8"},
		{"/ui/api", reading, "text/html; charset=utf-8"},
		{"/ui/feed.atom", reading, "text/html; charset=utf-8"},
		{"/ui/" + s.assets.Icon, reading, "text/html; charset=utf-8"},
		{"/ui/compare.csv", reading, "application/json"},
		{"/ui/results/" + id + ".bib", reading, "application/json"},
		{"/ui/upload.csv", "", ""},
		{"/ui/api.csv", "", ""},
		{"/ui/nothing", "", ""},
	} {
		for _, method := range []string{"PUT", "DELETE", "PATCH", "TRACE", "POST", "OPTIONS"} {
			if method == http.MethodPost && tt.allow == both {
				continue
			}
			status, kind := http.StatusMethodNotAllowed, tt.answers
			switch {
			case tt.allow == "":
				status, kind = http.StatusNotFound, "" // as for GET
			case method == http.MethodOptions:
				status, kind = http.StatusNoContent, ""
			}
			w := httptest.NewRecorder()
			s.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), method, tt.path, nil))
			if got := w.Header().Get("Content-Type"); w.Code != status || w.Header().Get("Allow") != tt.allow || kind != "" && got != kind {
				t.Errorf("%s %s: %d, Allow %q, %s; want %d, %q, %s", method, tt.path, w.Code, w.Header().Get("Allow"), got, status, tt.allow, kind)
			}
		}
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
