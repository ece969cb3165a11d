package hostile_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/eosc-perf/backend/tests/harness"
)

// badTexts are what a database may refuse, or what a page must not repeat as it is.
var badTexts = map[string]string{
	"NUL": "a\x00b", "broken UTF-8": "a\xffb", "half a character": "a\xe2\x82", "a surrogate": "\xed\xa0\x80",
	"beyond Unicode": "\xf4\x90\x80\x80", "line breaks": "a\r\nX-Evil: 1", "a terminal's escape": "\x1b[2J", "direction": "\u202eabc",
	"HTML": `"><script>alert(1)</script>`, "very long": strings.Repeat("long", 2000), "a template": "{{.}}",
	"SQL": `'; DROP TABLE result; --`, "backslash": `a\`, "percent": "%", "wildcards": "%_*",
}

// ofPages are those that no database refuses: they are tried on one.
var ofPages = []string{"line breaks", "a terminal's escape", "direction", "HTML", "a template"}

// ofOne ends addresses of pages about the benchmark of the test.
const ofOne = " of one benchmark"

// TestPagesRefuseBadTextsFromEveryDoor: keys of addresses, fields of forms, names and texts of
// files, headers, cookies. No page fails for them, or repeats a script.
func TestPagesRefuseBadTextsFromEveryDoor(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		f := s.FullFixture("doors")
		alice, admin := s.Browse(t, "alice"), s.Browse(t, "admin")
		judge := func(what string, sheet harness.Sheet) {
			t.Helper()
			repeats := strings.Contains(sheet.HTML, badTexts["HTML"]) || strings.Contains(sheet.HTML, "\x00")
			if repeats || sheet.Status >= http.StatusInternalServerError {
				t.Errorf("%s: %d\n%.300s", what, sheet.Status, sheet.HTML)
			}
		}
		for kind, text := range badTexts {
			if s.Settings["DB_HOST"] == "" && slices.Contains(ofPages, kind) {
				continue
			}
			bad := url.QueryEscape(text)
			for _, query := range []string{
				"results?terms=", "results?benchmark=", "results?site=", "results?flavor=", "results?tag=", "results?sort=",
				"results?sort=-json.", "results?col=", "results?col=json.", "results?json.score=", "results?where=", "results?after=",
				"results?where=json.score+%3D+%22x%22+AND+site_name+~+%22", "compare?by=json." + ofOne, "compare?metric=" + ofOne,
				"compare?base=" + ofOne, "compare?json.score=" + ofOne, "compare?benchmark=", "compare.csv?by=" + ofOne,
				"feed.atom?benchmark=", "benchmarks?terms=", "sites?terms=", "benchmarks/", "sites/", "results/", "claims/", "review/site/",
				"review/", "admin/users?terms=", "admin/users?iss=x&sub=", "admin/users?sub=x&iss=", "admin/audit?terms=",
				"admin/audit?after=", "upload?sent=", "upload?benchmark=", "upload?site=", "login?return_to=",
				"login/callback?code=x&state=", "login/callback?error=", "my?done=", "review?done=", "", "?",
			} {
				query, isOfOne := strings.CutSuffix(query, ofOne)
				if query += bad; isOfOne {
					query += "&benchmark=" + f.Benchmark
				}
				judge(kind+" in "+query, admin.Get("/ui/"+query))
			}
			for path, fields := range map[string]string{
				"sites/new": "name address description", "benchmarks/new": "docker_image docker_tag url json_schema description example",
				"sites/" + f.Site + "/flavors/new": "name description", "results/" + f.Result + "/claim": "message",
				"results/" + f.Result: "do tags confirm reason", "results/" + f.Result + "/withdraw": "reason",
				"sites/" + f.Site: "do confirm reason", "benchmarks/" + f.Benchmark: "do confirm metrics reason",
				"review/site/" + f.Site: "do reason name address", "admin/users": "sub iss confirm", "admin/outbox": "mail",
				"upload": "do benchmark site flavor day time zone tags nonce",
			} {
				form := url.Values{}
				for field := range strings.FieldsSeq(fields) {
					form.Set(field, text)
					judge(kind+" in the field "+field+" of "+path, admin.Post("/ui/"+path, url.Values{field: {text}}))
				}
				judge(kind+" in all fields of "+path, alice.Post("/ui/"+path, form))
			}
			upload := url.Values{
				"benchmark": {f.Benchmark}, "site": {f.Site}, "flavor": {f.Flavor}, "day": {"2026-01-02"}, "time": {"10:00"}, "zone": {"Z"},
				"do": {"check"},
			}
			file := harness.FormFile{Name: strings.ToValidUTF8(text, "?"), Text: `{"score":"` + text + `"}`}
			judge(kind+" in a file", alice.PostFiles("/ui/upload", upload, file))
			for _, header := range []string{
				"Idempotency-Key", "User-Agent", "X-Request-Id", "Accept", "Accept-Language", "If-None-Match", "Origin", "Cookie", "Authorization",
			} {
				value := strings.NewReplacer("\r", "", "\n", "", "\x00", "", "\x1b", "").Replace(text)
				a := s.Do(harness.Call{
					Method: http.MethodPost, Path: "/tags", As: "alice", Header: http.Header{header: {value}},
					Body: fmt.Sprintf(`{"name":"door %d %d"}`, len(kind), len(header)),
				})
				if a.Status >= http.StatusInternalServerError {
					t.Errorf("%s in the header %s: %s", kind, header, a)
				}
			}
		}
		if found := s.Logs.Errors(); len(found) > 0 {
			t.Errorf("errors in the log:\n%.3000s", strings.Join(found, ""))
		}
	})
}
