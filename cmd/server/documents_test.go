package main

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/eosc-perf/backend/cmd/wiring/manualtest"
	"github.com/eosc-perf/backend/docs/doctest"
)

// TestTutorial runs every shell block of the tutorial, as one script, against a
// fresh server, and compares what it prints with what the tutorial shows.
func TestTutorial(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, s *testServer) {
		doctest.Check(t, "../../docs/tutorials/first-results.md", func(script string) string {
			return strings.ReplaceAll(shell(t, script, "PERF="+s.base), s.base, "http://127.0.0.1:5000")
		})
	})
}

// TestHowToPages runs the blocks of the how-to guides, each on a server of its own
// with demo data.
func TestHowToPages(t *testing.T) {
	for _, page := range []string{"get-a-token", "upload-a-result", "add-a-benchmark", "review"} {
		t.Run(page, func(t *testing.T) {
			s := start(t, map[string]string{"DATA_DIR": t.TempDir(), "DEMO": "true"})
			doctest.Check(t, "../../docs/how-to/"+page+".md", func(script string) string {
				printed := shell(t, script, "PERF="+s.base, "ISSUER="+s.issuer())
				return strings.ReplaceAll(printed, s.base, "http://127.0.0.1:5000")
			})
		})
	}
}

// TestDocumentationIsServed: with and without the prefix, as reads of the API are.
func TestDocumentationIsServed(t *testing.T) {
	s := start(t, map[string]string{"DATA_DIR": t.TempDir(), "BACKEND_ROUTE": "/api/v1"})
	for _, prefix := range []string{"", "/api/v1"} {
		for path, part := range map[string]string{
			"/docs/": "<h1", "/docs/how-to/upgrade.html": "<h1 id=\"upgrade\"", "/docs/style.css": "body", "/docs/explanation/overview.svg": "<svg",
		} {
			a := s.get(prefix+path).want(t, 200)
			if !strings.Contains(a.body, part) {
				t.Errorf("%s has no %s:\n%s", prefix+path, part, a.body)
			}
			if a.header.Get("ETag") == "" || a.header.Get("Cache-Control") != "no-cache" {
				t.Errorf("%s: %v", prefix+path, a.header)
			}
		}
		if to := s.get(prefix+"/docs").want(t, 301).header.Get("Location"); to != "/api/v1/docs/" {
			t.Errorf("%s/docs leads to %q", prefix, to)
		}
		s.get(prefix+"/docs/none.html").want(t, 404)
		s.post("", prefix+"/docs/", "{}").want(t, 405)
	}
}

// TestDocumentLeadsOn: whoever begins at the server's start page, which shows the
// document, learns where the documentation is, and whose tokens count.
func TestDocumentLeadsOn(t *testing.T) {
	s := start(t, map[string]string{"DATA_DIR": t.TempDir(), "BACKEND_ROUTE": "/api/v1", "TRUSTED_OP_LIST": "https://op.example.org/a,https://op.example.org/b"})
	var document struct {
		ExternalDocs struct {
			URL string `json:"url"`
		} `json:"externalDocs"`
		Components struct {
			SecuritySchemes map[string]struct {
				Description string `json:"description"`
			} `json:"securitySchemes"`
		} `json:"components"`
	}
	if err := json.Unmarshal([]byte(s.get("/api/v1/api-spec.json").want(t, 200).body), &document); err != nil {
		t.Fatal(err)
	}
	manual := s.get(document.ExternalDocs.URL).want(t, 200)
	for _, page := range []string{"get-a-token", "upload-a-result", "add-a-benchmark", "review", "upgrade"} {
		if !strings.Contains(manual.body, `href="how-to/`+page+`.html"`) {
			t.Errorf("%s has no link to %s", document.ExternalDocs.URL, page)
		}
	}
	text := document.Components.SecuritySchemes["bearerAuth"].Description
	for _, issuer := range []string{s.issuer(), "https://op.example.org/a", "https://op.example.org/b"} {
		if !strings.Contains(text, "`"+issuer+"`") {
			t.Errorf("%q does not name %s", text, issuer)
		}
	}
}

// TestManualIsCurrent: the page of this program's commands is what it says.
func TestManualIsCurrent(t *testing.T) {
	manualtest.Check(t, command(), "../../docs/reference/server.md")
}

// TestDocumentAndPage: the document names what the table has, the page is
// complete without any other server.
func TestDocumentAndPage(t *testing.T) {
	s := start(t, map[string]string{"DATA_DIR": t.TempDir(), "BACKEND_ROUTE": "/api/v1"})
	for _, prefix := range []string{"", "/api/v1"} {
		a := s.get(prefix+"/api-spec.json?ignored=1").want(t, 200)
		paths, _ := a.object(t)["paths"].(map[string]any)
		for _, op := range operations {
			path, _, _ := strings.Cut(strings.ReplaceAll(op.path, "review:", ""), "?")
			item, _ := paths[path].(map[string]any)
			described, _ := item[strings.ToLower(op.method)].(map[string]any)
			if described["operationId"] != op.id || (described["security"] == nil) != (op.right == "public") {
				t.Errorf("%s %s: %v", op.method, path, described)
			}
		}
		for _, page := range []string{prefix, prefix + "/"} {
			if page == "" {
				continue
			}
			html := s.get(page).want(t, 200)
			links := regexp.MustCompile(`(?:src|href)="([^"]+)"`).FindAllStringSubmatch(html.body, -1)
			if len(links) < 3 || !strings.Contains(html.body, "/api/v1/api-spec.json") {
				t.Errorf("the page at %q: %s", page, html.body)
			}
			for _, link := range links {
				if !strings.HasPrefix(link[1], "/api/v1/") {
					t.Errorf("the page at %q links to %s", page, link[1])
				}
				s.get(link[1]).want(t, 200)
			}
		}
	}
	s.get("/api/v1/sites").want(t, 200)
	s.get("/sites").want(t, 200)
	s.get("/api/v1sites").want(t, 404)
}

// TestParameterOrder: generated clients call positionally.
func TestParameterOrder(t *testing.T) {
	s := start(t, map[string]string{"DATA_DIR": t.TempDir()})
	paths, _ := s.get("/api-spec.json").object(t)["paths"].(map[string]any)
	for where, want := range map[string]string{
		"get /benchmarks":                     "status upload_before upload_after per_page page docker_image docker_tag sort_by",
		"get /sites":                          "status upload_before upload_after per_page page name address sort_by",
		"get /sites/{site_id}/flavors":        "site_id status upload_before upload_after per_page page name sort_by",
		"get /tags":                           "per_page page name sort_by",
		"get /results":                        "upload_before upload_after per_page page execution_before execution_after benchmark_id site_id flavor_id tags_ids filters sort_by",
		"post /results":                       "execution_datetime benchmark_id flavor_id tags_ids",
		"get /reports/submits":                "upload_before upload_after per_page page resource_type sort_by",
		"get /benchmarks:search":              "terms sort_by status upload_before upload_after per_page page",
		"get /sites:search":                   "terms sort_by status upload_before upload_after per_page page",
		"get /sites/{site_id}/flavors:search": "site_id terms sort_by status upload_before upload_after per_page page",
		"get /tags:search":                    "terms sort_by per_page page",
		"get /users:search":                   "terms sort_by per_page page",
		"get /users":                          "per_page page sub iss email sort_by",
		"post /users:remove":                  "sub iss email",
		"get /users/self/results":             "upload_before upload_after per_page page execution_before execution_after benchmark_id site_id flavor_id tags_ids filters sort_by",
		"get /results:search":                 "terms sort_by upload_before upload_after per_page page",
		"get /reports/claims":                 "status upload_before upload_after per_page page sort_by",
		"get /results/{result_id}/claims":     "result_id status upload_before upload_after per_page page sort_by",
		"get /users/self/claims":              "status upload_before upload_after per_page page sort_by",
	} {
		method, path, _ := strings.Cut(where, " ")
		item, _ := paths[path].(map[string]any)
		operation, _ := item[method].(map[string]any)
		parameters, _ := operation["parameters"].([]any)
		var names []string
		for _, p := range parameters {
			parameter, _ := p.(map[string]any)
			name, _ := parameter["name"].(string)
			names = append(names, name)
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%s: %s, want %s", where, got, want)
		}
	}
}

// TestHeadersOfEveryAnswer: HEAD, OPTIONS, CORS, request ids, health.
func TestHeadersOfEveryAnswer(t *testing.T) {
	s := start(t, map[string]string{"DATA_DIR": t.TempDir()})
	for _, a := range []answer{s.get("/sites"), s.get("/nope"), s.post("", "/sites", "{}"), s.do(call{method: "PATCH", path: "/sites"})} {
		if a.header.Get("Access-Control-Allow-Origin") != "*" || a.header.Get("X-Request-Id") == "" {
			t.Errorf("%s: %v", a, a.header)
		}
	}
	if a := s.do(call{method: "GET", path: "/sites", header: http.Header{"X-Request-Id": {"mine-1"}}}); a.header.Get("X-Request-Id") != "mine-1" {
		t.Error(a.header)
	}
	if a := s.do(call{method: "GET", path: "/sites", header: http.Header{"X-Request-Id": {"bad id\"<"}}}); strings.Contains(a.header.Get("X-Request-Id"), "bad") {
		t.Error(a.header)
	}
	for _, path := range []string{"/sites", "/", "/api-spec.json", "/healthz", "/readyz"} {
		head, get := s.do(call{method: "HEAD", path: path}).want(t, 200), s.get(path).want(t, 200)
		if head.body != "" || head.header.Get("Content-Type") != get.header.Get("Content-Type") {
			t.Errorf("%s\n%v, GET %v", head, head.header, get.header)
		}
	}
	options := s.do(call{method: "OPTIONS", path: "/sites", header: http.Header{"Origin": {"https://x.example"}}}).want(t, 204)
	if options.body != "" || options.header.Get("Access-Control-Allow-Methods") != "GET, HEAD, POST, PUT, PATCH, DELETE" ||
		options.header.Get("Access-Control-Allow-Headers") != "Authorization, Content-Type, Accept, Origin, X-Requested-With" || options.header.Get("Access-Control-Max-Age") == "" {
		t.Error(options.header)
	}
	if a := s.get("/healthz"); !sameJSON(t, a.body, `{"status":"alive"}`) {
		t.Error(a)
	}
	if a := s.get("/readyz"); !sameJSON(t, a.body, `{"status":"ready","checks":{"database":"ok","schema":"ok","server":"ok"}}`) {
		t.Error(a)
	}
	log := s.logs.tail(1 << 20)
	for _, part := range []string{`"operation":"ListSites"`, `"request_id":"mine-1"`, `"method":"GET"`, `"status":200`, `"duration":`, `"bytes":`} {
		if !strings.Contains(log, part) {
			t.Errorf("no %s in the log", part)
		}
	}
}
