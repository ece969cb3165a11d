package api_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/eosc-perf/backend/tests/harness"
)

// TestOpenAPIDocumentLinksToDocumentationAndProviders: whoever begins at the server's start page, which shows the
// document, learns where the documentation is, and whose tokens count.
func TestOpenAPIDocumentLinksToDocumentationAndProviders(t *testing.T) {
	s := harness.Start(
		t,
		harness.SQLite(t).With(harness.Settings{
			"BACKEND_ROUTE": "/api/v1", "TRUSTED_OP_LIST": "https://op.example.org/a,https://op.example.org/b",
		}),
	)
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
	if err := json.Unmarshal([]byte(s.Get("/api/v1/api-spec.json").Want(t, 200).Body), &document); err != nil {
		t.Fatal(err)
	}
	manual := s.Get(document.ExternalDocs.URL).Want(t, 200)
	for _, page := range []string{"get-a-token", "upload-a-result", "add-a-benchmark", "review", "upgrade"} {
		if !strings.Contains(manual.Body, `href="how-to/`+page+`.html"`) {
			t.Errorf("%s has no link to %s", document.ExternalDocs.URL, page)
		}
	}
	text := document.Components.SecuritySchemes["bearerAuth"].Description
	for _, issuer := range []string{s.Issuer(), "https://op.example.org/a", "https://op.example.org/b"} {
		if !strings.Contains(text, "`"+issuer+"`") {
			t.Errorf("%q does not name %s", text, issuer)
		}
	}
}

// TestOpenAPIDocumentAndPageAreComplete: the document names what the table has, the page is
// complete without any other server.
func TestOpenAPIDocumentAndPageAreComplete(t *testing.T) {
	s := harness.Start(t, harness.SQLite(t).With(harness.Settings{"BACKEND_ROUTE": "/api/v1"}))
	for _, prefix := range []string{"", "/api/v1"} {
		a := s.Get(prefix+"/api-spec.json?ignored=1").Want(t, 200)
		paths, _ := a.Object(t)["paths"].(map[string]any)
		for _, op := range harness.Operations {
			path := op.DocumentPath()
			item, _ := paths[path].(map[string]any)
			described, _ := item[strings.ToLower(op.Method)].(map[string]any)
			if described["operationId"] != op.ID || (described["security"] == nil) != (op.Right == "public") {
				t.Errorf("%s %s: %v", op.Method, path, described)
			}
		}
		for _, page := range []string{prefix, prefix + "/"} {
			if page == "" {
				continue
			}
			html := s.Get(page).Want(t, 200)
			links := regexp.MustCompile(`(?:src|href)="([^"]+)"`).FindAllStringSubmatch(html.Body, -1)
			if len(links) < 3 || !strings.Contains(html.Body, "/api/v1/api-spec.json") {
				t.Errorf("the page at %q: %s", page, html.Body)
			}
			for _, link := range links {
				if !strings.HasPrefix(link[1], "/api/v1/") {
					t.Errorf("the page at %q links to %s", page, link[1])
				}
				s.Get(link[1]).Want(t, 200)
			}
		}
	}
	s.Get("/api/v1/sites").Want(t, 200)
	s.Get("/sites").Want(t, 200)
	s.Get("/api/v1sites").Want(t, 404)
}

// TestParametersStandInTheOrderOfTheContract: generated clients call positionally.
func TestParametersStandInTheOrderOfTheContract(t *testing.T) {
	s := harness.Start(t, harness.SQLite(t))
	paths, _ := s.Get("/api-spec.json").Object(t)["paths"].(map[string]any)
	for where, want := range map[string]string{
		"get /benchmarks":              "status upload_before upload_after per_page page docker_image docker_tag sort_by",
		"get /sites":                   "status upload_before upload_after per_page page name address sort_by",
		"get /sites/{site_id}/flavors": "site_id status upload_before upload_after per_page page name sort_by",
		"get /tags":                    "per_page page name sort_by",
		"get /results": "upload_before upload_after per_page page execution_before execution_after benchmark_id " +
			"site_id flavor_id tags_ids filters sort_by where as_of cursor count",
		"post /results":                       "execution_datetime benchmark_id flavor_id tags_ids",
		"get /reports/submits":                "upload_before upload_after per_page page resource_type sort_by",
		"get /benchmarks:search":              "terms sort_by status upload_before upload_after per_page page",
		"get /sites:search":                   "terms sort_by status upload_before upload_after per_page page",
		"get /sites/{site_id}/flavors:search": "site_id terms sort_by status upload_before upload_after per_page page",
		"get /tags:search":                    "terms sort_by per_page page",
		"get /users:search":                   "terms sort_by per_page page",
		"get /users":                          "per_page page sub iss email sort_by",
		"post /users:remove":                  "sub iss email",
		"get /users/self/results": "upload_before upload_after per_page page execution_before execution_after benchmark_id " +
			"site_id flavor_id tags_ids filters sort_by where as_of cursor count",
		"get /results:export": "upload_before upload_after execution_before execution_after benchmark_id site_id flavor_id tags_ids filters " +
			"where terms as_of sort_by format columns filename end",
		"get /results:search":             "terms sort_by upload_before upload_after per_page page",
		"get /reports/claims":             "status upload_before upload_after per_page page sort_by",
		"get /results/{result_id}/claims": "result_id status upload_before upload_after per_page page sort_by",
		"get /users/self/claims":          "status upload_before upload_after per_page page sort_by",
	} {
		method, path, _ := strings.Cut(where, " ")
		item, _ := paths[path].(map[string]any)
		operation, _ := item[method].(map[string]any)
		parameters, _ := operation["parameters"].([]any)
		var names []string
		for _, p := range parameters {
			parameter, _ := p.(map[string]any)
			if name, _ := parameter["name"].(string); parameter["in"] != "header" {
				names = append(names, name)
			}
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%s: %s, want %s", where, got, want)
		}
	}
}
