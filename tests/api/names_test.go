package api_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/eosc-perf/backend/tests/harness"
)

// namedBody is the JSON text of a body with one field that is given as JSON.
func namedBody(kind, field, value string) string {
	fields := map[string]string{
		"benchmarks": `"docker_image":"named","docker_tag":"1","url":"https://example.org","json_schema":{}`,
		"sites":      `"name":"named","address":"a"`, "flavors": `"name":"named"`, "tags": `"name":"named"`,
	}[kind]
	return `{` + fields + `,"` + field + `":` + value + `}` // of equal keys the last counts
}

// TestNamesThatPersonsCannotTellApart: contract, section 7.8, on both databases and without a
// look-up of images.
func TestNamesThatPersonsCannotTellApart(t *testing.T) {
	oddNames := []string{
		`""`, `" "`, `" x"`, `"x "`, `"\u00a0x"`, `"x\u3000"`, `"x\u200by"`, `"\u200b"`, `"x\u200dy"`, `"\ufeffx"`, `"x\u00ad"`,
		`"a\u202eb"`, `"a\u2066b\u2069"`,
		`"a\u001b[31mb"`, `"a\nb"`, `"a\r\nb"`, `"a\tb"`, `"a\u007fb"`, `"a\u0085b"`, `"a\u2028b"`, `"\ue000"`, `"\uffff"`, `"\u0378"`,
		`"Zu\u0308rich"`,
		`"\u3164"`, `"a\ufe0f"`, `"\u0301a"`, `"\udb40\udc41"`,
	}
	odd := map[string][]string{
		"benchmarks docker_image": append([]string{`"q:b"`, `"UPPER"`, `"a b"`, `"a//b"`, `"x@sha256:1"`, `"https://quay.io/x"`,
			`"_"`}, oddNames...),
		"benchmarks docker_tag": append([]string{`"b:c"`, `"a/b"`, `"-a"`, `".a"`, `"é"`, `"` + strings.Repeat("t", 129) + `"`}, oddNames...),
		"benchmarks url": {
			`""`, `" "`, `"u"`, `"javascript:alert(1)"`, `"JAVASCRIPT:alert(1)"`, `"java\nscript:x"`, `"data:text/html,x"`,
			`"https://a.example/\r\nX: y"`,
			`" https://a.example"`, `"https://"`, `"https:///x"`, `"ftp://a.example"`, `"//a.example"`, `"http:a"`, `"https://a.example/\u202e"`,
		},
		"sites name": oddNames, "flavors name": oddNames, "tags name": oddNames,
	}
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		f := s.NewFixture("fixture")
		changed := map[string]string{
			"benchmarks": "/benchmarks/" + f.Benchmark, "sites": "/sites/" + f.Site, "flavors": "/flavors/" + f.Flavor, "tags": "/tags/" + f.Tag,
		}
		for target, values := range odd {
			kind, field, _ := strings.Cut(target, " ")
			path := "/" + kind
			if kind == "flavors" {
				path = "/sites/" + f.Site + path
			}
			for _, value := range values {
				body := namedBody(kind, field, value)
				put := harness.Call{Method: "PUT", Path: changed[kind], As: "admin", Body: body}
				for _, a := range []harness.Answer{s.Post("alice", path, body), s.Do(put)} {
					errors, _ := a.Object(t)["errors"].(map[string]any)
					fields, _ := errors["json"].(map[string]any)
					texts, _ := fields[field].([]any)
					if a.Status != 422 || len(fields) != 1 || len(texts) != 1 {
						t.Errorf("%s\nwant 422 about %s", a, field)
					}
				}
			}
		}
	})
}

// TestNamesThatAreGood: whatever people call things in their scripts, and what the earlier
// program's clients send.
func TestNamesThatAreGood(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		for i, name := range []string{
			"s3", "flavorN", "new_name1", "CESNET-MCC", "Zürich", "東京大学", "جامعة", "אוניברסיטה", "दिल्ली", "☀️", "👩‍🔬", "a (b) / c & <d>",
			"دانشگاه\u200cها",
		} {
			site := s.Post("alice", "/sites", fmt.Sprintf(`{"name":%q,"address":"line\nline\t\u200b"}`, name)).Want(t, 201)
			if got := site.Object(t)["name"]; got != name {
				t.Errorf("%q became %q", name, got)
			}
			s.Post("alice", "/sites/"+site.ID(t)+"/flavors", fmt.Sprintf(`{"name":%q,"description":"\u001b \n"}`, name)).Want(t, 201)
			s.Post("alice", "/tags", fmt.Sprintf(`{"name":%q}`, name)).Want(t, 201)
			image := []string{"b1", "docker.io/library/busybox", "localhost:5000/x", "quay.io/a/b_c-d.e"}[i%4]
			body := fmt.Sprintf(`{"docker_image":%q,"docker_tag":"v%d.0","url":"http://[::1]:8080/x?y#z","json_schema":{}}`, image, i)
			s.Post("alice", "/benchmarks", body).Want(t, 201)
		}
		// Twins by their code points are conflicts, as before.
		s.Post("alice", "/sites", `{"name":"Zürich","address":"a"}`).Want(t, 409)
	})
}

// TestStoredNamesStayAsTheyAre: rows of the earlier program can be changed without a change of
// their names.
func TestStoredNamesStayAsTheyAre(t *testing.T) {
	for kind, database := range harness.Databases {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			settings := database(t)
			s, sql := harness.Start(t, settings), harness.OpenSQL(t, settings)
			f := s.NewFixture("fixture")
			for statement, id := range map[string]string{
				"UPDATE benchmark SET docker_image = 'Q:B ', docker_tag = 'b:c', url = '' WHERE id = '%s'": f.Benchmark,
				"UPDATE site SET name = ' x' WHERE id = '%s'":                                              f.Site,
				"UPDATE flavor SET name = '' WHERE id = '%s'":                                              f.Flavor,
				"UPDATE tag SET name = '" + strings.Repeat("x ", 600) + "' WHERE id = '%s'":                f.Tag,
			} {
				if _, err := sql.ExecContext(t.Context(), fmt.Sprintf(statement, id)); err != nil {
					t.Fatal(err)
				}
			}
			for path, field := range map[string]string{
				"/benchmarks/" + f.Benchmark: "docker_tag", "/sites/" + f.Site: "name", "/flavors/" + f.Flavor: "name", "/tags/" + f.Tag: "name",
			} {
				put := func(body string) harness.Answer {
					return s.Do(harness.Call{Method: "PUT", Path: path, As: "admin", Body: body})
				}
				before := s.Get(path).Body
				put(strings.Replace(before, `{`, `{"description":"new",`, 1)).Want(t, 204)
				if got := s.Get(path).Object(t); got["description"] != "new" {
					t.Errorf("after a change of the description: %v", got)
				}
				put(strings.TrimSuffix(before, "}")+`,"`+field+`":" bad"}`).Want(t, 422)
				put(strings.TrimSuffix(before, "}")+`,"`+field+`":"`+strings.Repeat("x", 1001)+`"}`).Want(t, 422)
				put(before).Want(t, 204)
			}
		})
	}
}
