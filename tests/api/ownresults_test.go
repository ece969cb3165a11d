package api_test

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net"
	"net/http"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/eosc-perf/backend/tests/harness"
)

// digestOf is the digest of a result whose document is in canonical form.
func digestOf(g harness.Fixture, document string) string {
	sum := sha256.Sum256([]byte(`{"benchmark_id":"` + g.Benchmark + `","execution_datetime":"2021-05-21T08:31:00","flavor_id":"` + g.Flavor +
		`","json":` + document + `}`))
	return hex.EncodeToString(sum[:])
}

// history are the actions in the history of a resource, with their roles and reasons.
func history(t *testing.T, s *harness.Server, path string) string {
	t.Helper()
	var actions []string
	for _, event := range s.Get(path+"/history").Want(t, 200).Items(t) {
		action := fmt.Sprint(event["role"], " ", event["action"])
		if reason, ok := event["reason"]; ok {
			action += fmt.Sprint(" (", reason, ")")
		}
		actions = append(actions, action)
	}
	return strings.Join(actions, ", ")
}

func withdraw(s *harness.Server, as, id, reason string) harness.Answer {
	return s.Post(as, "/results/"+id+":withdraw", fmt.Sprintf(`{"reason":%q}`, reason))
}

func correct(s *harness.Server, as string, g harness.Fixture, id, reason, body string) harness.Answer {
	return s.Post(as, strings.Replace(g.UploadPath("&reason="+reason), "/results?", "/results/"+id+":correct?", 1), body)
}

func wantState(t *testing.T, s *harness.Server, id, state string) map[string]any {
	t.Helper()
	result := s.Get("/results/"+id).Want(t, 200).Object(t)
	if got, _ := result["state"].(string); got != state {
		t.Errorf("result %s has the state %q, want %q: %v", id, got, state, result)
	}
	return result
}

func TestAPersonHasOneResultOfAContent(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		g := s.NewFixture("content")
		const document = `{"score":1.50,"b":[12345678901234567890]}`
		first := s.Post("alice", g.UploadPath(""), document).Want(t, 201)
		id := first.ID(t)
		again := s.Post("alice", g.UploadPath("&tags_ids="+g.Tag), `{"b": [12345678901234567890], "score": 15e-1}`).Want(t, 200)
		if again.ID(t) != id || again.Header.Get("Location") != "/results/"+id {
			t.Errorf("again: %s, Location %q, want %s", again, again.Header.Get("Location"), id)
		}
		if other := s.Post("bob", g.UploadPath(""), document).Want(t, 201).ID(t); other == id {
			t.Error("two people share a result")
		}
		want := digestOf(g, `{"b":["12345678901234567890"],"score":1.5}`)
		if got := wantState(t, s, id, "")["digest"]; got != want {
			t.Errorf("digest %v, want %s", got, want)
		}
		if list := s.Get("/results?per_page=1").Items(t)[0]; list["digest"] != nil || list["state"] != nil {
			t.Errorf("a list shows %v", list)
		}
		var wait sync.WaitGroup
		ids := make([]string, 12)
		for i := range ids {
			wait.Go(func() {
				a := s.Post("alice", g.UploadPath(""), `{"score":2}`)
				if a.Status != 200 && a.Status != 201 {
					t.Error(a)
				}
				ids[i], _ = a.Object(t)["id"].(string)
			})
		}
		wait.Wait()
		for _, got := range ids {
			if got != ids[0] || got == "" {
				t.Errorf("12 uploads at once made several results: %v", ids)
				break
			}
		}
		if total := s.Total("", "/results"); total != 3 {
			t.Errorf("%d results, want 3", total)
		}
	})
}

func TestResultsAreTakenBackAndRestored(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		g := s.NewFixture("back")
		upload := func(score int) string {
			return s.Post("alice", g.UploadPath(""), fmt.Sprintf(`{"score":%d}`, score)).Want(t, 201).ID(t)
		}
		restore := func(as, id string) harness.Answer { return s.Post(as, "/results/"+id+":restore", "") }
		own, adminsOwn := upload(1), upload(2)
		withdraw(s, "bob", own, "mine").Want(t, 403)
		withdraw(s, "", own, "mine").Want(t, 401)
		for _, body := range []string{`{}`, `{"reason":""}`, `{"reason":" "}`, `{"reason":1}`, `{"reason":"` + strings.Repeat("ü", 501) + `"}`} {
			s.Post("alice", "/results/"+own+":withdraw", body).Want(t, 422)
		}
		restore("alice", own).Want(t, 422)
		if a := restore("admin", own); a.Text("errors", "error") != "Result "+own+" is not withdrawn" {
			t.Error(a)
		}
		withdraw(s, "alice", own, "shared node").Want(t, 204)
		withdraw(s, "alice", own, "again").Want(t, 204)
		result := wantState(t, s, own, "withdrawn")
		if result["state_reason"] != "shared node" || s.Total("", "/results") != 1 || s.Total("", "/results:search") != 1 ||
			s.Total("alice", "/users/self/results") != 2 {
			t.Errorf("withdrawn: %v", result)
		}
		restore("bob", own).Want(t, 403)
		restore("alice", own).Want(t, 204)
		if wantState(t, s, own, "")["state_reason"] != nil || s.Total("", "/results") != 2 {
			t.Error("the result was not restored")
		}
		if got := history(t, s, "/results/"+own); got != "uploader submitted, uploader withdrawn (shared node), uploader restored" {
			t.Errorf("history: %s", got)
		}

		withdraw(s, "admin", adminsOwn, "odd numbers").Want(t, 204)
		restore("alice", adminsOwn).Want(t, 403)
		restore("admin", adminsOwn).Want(t, 204)
		s.Do(harness.Call{Method: "DELETE", Path: "/results/" + adminsOwn + "?reason=spam", As: "admin"}).Want(t, 204)
		if wantState(t, s, adminsOwn, "deleted")["state_reason"] != "spam" {
			t.Error("the reason of the deletion is not shown")
		}
		restore("alice", adminsOwn).Want(t, 403)
		restore("admin", adminsOwn).Want(t, 204)
		wantState(t, s, adminsOwn, "")
		want := "uploader submitted, administrator withdrawn (odd numbers), administrator restored, administrator deleted (spam), " +
			"administrator restored"
		if got := history(t, s, "/results/"+adminsOwn); got != want {
			t.Errorf("history: %s", got)
		}

		// The content of a result that was taken back is free; then the result stays away.
		withdraw(s, "alice", own, "oops").Want(t, 204)
		if second := upload(1); second == own {
			t.Error("an upload returned a result that was withdrawn")
		}
		if a := restore("alice", own).Want(t, 409); !strings.Contains(a.Text("errors", "error"), "has the same content") {
			t.Error(a)
		}
		s.Get("/results/"+g.Site+"/history").Want(t, 404)
		s.Post("alice", "/results/"+g.Site+":restore", "").Want(t, 404)
	})
}

func TestClaimsOnAResultThatWasTakenBackAreStillDecided(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		g := s.NewFixture("claimed")
		id := s.Post("alice", g.UploadPath(""), `{"score":1}`).Want(t, 201).ID(t)
		claim := s.Post("bob", "/results/"+id+":claim", `{"message":"odd"}`).Want(t, 201).ID(t)
		wantState(t, s, id, "claimed")
		withdraw(s, "alice", id, "you are right").Want(t, 204)
		wantState(t, s, id, "withdrawn")
		s.Post("alice", "/results/"+id+":restore", "").Want(t, 204)
		wantState(t, s, id, "claimed")
		withdraw(s, "alice", id, "you are right").Want(t, 204)
		s.Post("admin", "/reports/claims/"+claim+":reject?reason=no+proof", "").Want(t, 204)
		wantState(t, s, id, "withdrawn")
		if s.Total("", "/results") != 0 {
			t.Error("a rejected claim brought back a result that was withdrawn")
		}
		s.Post("alice", "/results/"+id+":restore", "").Want(t, 204)
		wantState(t, s, id, "")
		want := "uploader submitted, claimant claimed, uploader withdrawn (you are right), uploader restored, " +
			"uploader withdrawn (you are right), administrator decided (no proof), uploader restored"
		if got := history(t, s, "/results/"+id); got != want {
			t.Errorf("history: %s", got)
		}
	})
}

func TestResultsAreCorrected(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		g := s.NewFixture("correct")
		first := s.Post("alice", g.UploadPath(""), `{"score":1}`).Want(t, 201).ID(t)
		other := s.Post("alice", g.UploadPath(""), `{"score":7}`).Want(t, 201).ID(t)
		correct(s, "bob", g, first, "x", `{"score":2}`).Want(t, 403)
		correct(s, "admin", g, first, "x", `{"score":2}`).Want(t, 403)
		correct(s, "alice", g, first, "", `{"score":2}`).Want(t, 422)
		correct(s, "alice", g, first, "x", `{"score":"high"}`).Want(t, 422)
		correct(s, "alice", g, first, "x", `{"score":1}`).Want(t, 422)
		correct(s, "alice", g, first, "x", `{"score":7}`).Want(t, 409)
		wantState(t, s, first, "")
		second := correct(s, "alice", g, first, "clock", `{"score":2}`).Want(t, 201).ID(t)
		if again := correct(s, "alice", g, first, "clock", `{"score":2}`).Want(t, 200).ID(t); again != second {
			t.Errorf("the same correction again: %s, want %s", again, second)
		}
		correct(s, "alice", g, first, "clock", `{"score":3}`).Want(t, 422)
		// Back to the content of the first: a chain, not a circle.
		third := correct(s, "alice", g, second, "it+was+right", `{"score":1}`).Want(t, 201).ID(t)
		if third == first {
			t.Fatal("the correction of a correction is the first result")
		}
		for _, c := range []struct{ id, state, supersedes, supersededBy string }{
			{first, "withdrawn", "", second}, {second, "withdrawn", first, third}, {third, "", second, ""},
		} {
			result := wantState(t, s, c.id, c.state)
			before, _ := result["supersedes"].(string)
			after, _ := result["superseded_by"].(string)
			if before != c.supersedes || after != c.supersededBy {
				t.Errorf("%s supersedes %q and is superseded by %q, want %q and %q", c.id, before, after, c.supersedes, c.supersededBy)
			}
		}
		s.Post("alice", "/results/"+first+":restore", "").Want(t, 422)
		if got := history(t, s, "/results/"+second); got != "uploader submitted, uploader corrected (it was right)" {
			t.Errorf("history: %s", got)
		}
		// The content of the third is taken by the third, and that of the others is free.
		if total := s.Total("", "/results"); total != 2 {
			t.Errorf("%d results, want %s and %s", total, other, third)
		}
		withdraw(s, "admin", other, "odd").Want(t, 204)
		correct(s, "alice", g, other, "x", `{"score":8}`).Want(t, 403)
	})
}

func TestReasonsAreMailedAndInTheHistory(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		g := s.FullFixture("reasons")
		long := strings.Repeat("a", 501)
		a := s.Post("admin", "/sites/"+g.ReviewSite+":approve?reason="+long, "").Want(t, 422)
		if !strings.Contains(a.Body, `{"query":{"reason":["Longer than maximum length 500 characters: it has 501."]}}`) {
			t.Error(a)
		}
		s.Post("admin", "/sites/"+g.ReviewSite+":approve?reason=known+site", "").Want(t, 204)
		s.Post("admin", "/benchmarks/"+g.ReviewBenchmark+":reject?reason=no+licence", "").Want(t, 204)
		s.Do(harness.Call{Method: "DELETE", Path: "/flavors/" + g.ReviewFlavor + "?reason=twice", As: "admin"}).Want(t, 204)
		for path, want := range map[string]string{
			"/sites/" + g.ReviewSite:           "uploader submitted, administrator approved (known site)",
			"/benchmarks/" + g.ReviewBenchmark: "uploader submitted, administrator rejected (no licence)",
			"/flavors/" + g.ReviewFlavor:       "uploader submitted, administrator deleted (twice)",
		} {
			if got := history(t, s, path); got != want {
				t.Errorf("history of %s: %s, want %s", path, got, want)
			}
		}
		s.Do(harness.Call{Method: "PUT", Path: "/sites/" + g.Site, As: "admin", Body: `{"name":"other","address":"a"}`}).Want(t, 204)
		if got := history(t, s, "/sites/"+g.Site); got != "uploader submitted, administrator approved, administrator changed" {
			t.Errorf("history: %s", got)
		}
		page := s.Get("/sites/"+g.Site+"/history?per_page=1&page=2").Want(t, 200).Object(t)
		if page["total"] != 3.0 || page["pages"] != 3.0 || page["items"].([]any)[0].(map[string]any)["action"] != "approved" {
			t.Errorf("the second page: %v", page)
		}
		s.Get("/sites/"+g.Site+"/history?page=4").Want(t, 404)
		s.Get("/sites/"+g.Tag+"/history").Want(t, 404)
		s.Get("/sites/"+g.Site+"/history?sort_by=%2Btime").Want(t, 422)
	})
}

func keyed(s *harness.Server, as, key, path, body string) harness.Answer {
	return s.Do(harness.Call{Method: "POST", Path: path, As: as, Body: body, Header: http.Header{"Idempotency-Key": {key}}})
}

func TestRequestsWithAKeyAreDoneOnce(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		g := s.FullFixture("keys")
		site := `{"name":"keyed","address":"a"}`
		first := keyed(s, "alice", `"site-1"`, "/sites", site).Want(t, 201)
		for _, key := range []string{`"site-1"`, "site-1"} {
			again := keyed(s, "alice", key, "/sites", site).Want(t, 201)
			if again.Body != first.Body {
				t.Errorf("again: %s, want %s", again, first.Body)
			}
		}
		if s.Total("", "/sites?status=on_review&name=keyed") != 1 {
			t.Error("the site was submitted twice")
		}
		for name, a := range map[string]harness.Answer{
			"another body":   keyed(s, "alice", "site-1", "/sites", `{"name":"keyed","address":"b"}`),
			"another path":   keyed(s, "alice", "site-1", "/tags", `{"name":"keyed","address":"a"}`),
			"another query":  keyed(s, "alice", "claim-1", "/results/"+g.Result+":claim", `{"message":"odd"}`),
			"another person": keyed(s, "bob", "site-1", "/sites", site),
		} {
			if want := map[bool]int{true: 201, false: 422}[name == "another query"]; name != "another path" && a.Status != want || a.Status == 200 {
				t.Errorf("%s: %s", name, a)
			}
		}
		claims := s.Total("admin", "/reports/claims")
		keyed(s, "alice", "claim-1", "/results/"+g.Result+":claim", `{"message":"odd"}`).Want(t, 201)
		if s.Total("admin", "/reports/claims") != claims {
			t.Error("a claim was made twice")
		}
		// An answer without a body, and an error, are answers, too.
		for range 2 {
			keyed(s, "admin", "approve-1", "/sites/"+g.ReviewSite+":approve", "").Want(t, 204)
			keyed(s, "admin", "approve-2", "/sites/"+g.ReviewSite+":approve", "").Want(t, 422)
		}
		refused := keyed(s, "alice", "late", g.UploadPath(""), `{"score":"high"}`).Want(t, 422)
		if again := keyed(s, "alice", "late", g.UploadPath(""), `{"score":"high"}`).Want(t, 422); again.Body != refused.Body {
			t.Errorf("again: %s, want %s", again, refused.Body)
		}
		for _, key := range []string{"", `""`, `"open`, strings.Repeat("k", 256), "ü"} {
			keyed(s, "alice", key, "/tags", `{"name":"never"}`).Want(t, 400)
		}
		s.Do(harness.Call{Method: "POST", Path: "/tags", As: "alice", Body: `{"name":"never"}`,
			Header: http.Header{"Idempotency-Key": {"a", "b"}}}).Want(t, 400)

		var wait sync.WaitGroup
		bodies := make([]string, 12)
		for i := range bodies {
			wait.Go(func() {
				a := keyed(s, "bob", "race", g.UploadPath("&tags_ids="+g.Tag), `{"score":5}`)
				if bodies[i] = a.Body; a.Status != 201 || !strings.HasSuffix(a.Header.Get("Location"), "/results/"+a.ID(t)) {
					t.Error(a)
				}
			})
		}
		wait.Wait()
		for _, body := range bodies {
			if body != bodies[0] {
				t.Errorf("12 requests at once got several answers: %.200s and %.200s", body, bodies[0])
			}
		}
	})
}

func TestResultsKnowTheProgramThatUploadedThem(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		g := s.NewFixture("client")
		a := s.Do(harness.Call{Method: "POST", Path: g.UploadPath(""), As: "alice", Body: `{"score":1}`,
			Header: http.Header{"User-Agent": {"uploader/" + strings.Repeat("ü", 300)}}}).Want(t, 201)
		for _, as := range []string{"", "alice"} {
			if shown := s.Do(harness.Call{Method: "GET", Path: "/results/" + a.ID(t), As: as}); strings.Contains(shown.Body, "uploader/") {
				t.Errorf("%q sees the client: %s", as, shown)
			}
		}
	})
}

// line is a line of a batch.
func line(g harness.Fixture, more, document string) string {
	return fmt.Sprintf(`{"execution_datetime":"2021-05-21T08:31:00Z","benchmark_id":%q,"flavor_id":%q%s,"json":%s}`,
		g.Benchmark, g.Flavor, more, document)
}

func batch(s *harness.Server, as, path, contentType, body string) harness.Answer {
	return s.Do(harness.Call{Method: "POST", Path: path, As: as, Body: body, ContentType: contentType})
}

func statuses(t *testing.T, a harness.Answer) string {
	t.Helper()
	var list []string
	for _, item := range a.Object(t)["items"].([]any) {
		one := item.(map[string]any)
		list = append(list, fmt.Sprint(one["line"], ":", one["status"]))
	}
	return strings.Join(list, " ")
}

// TestLimitsOfALineAreThoseOfADocument: what is around the document in a line does not count.
func TestLimitsOfALineAreThoseOfADocument(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		g := s.NewFixture("limits-of-lines")
		nested := func(levels int) string {
			return `{"score":1,"x":` + strings.Repeat("[", levels-1) + strings.Repeat("]", levels-1) + "}"
		}
		sized := func(bytes int) string {
			const before, after = `{"score":1,"x":"`, `"}`
			return before + strings.Repeat("x", bytes-len(before)-len(after)) + after
		}
		body := strings.Join([]string{
			line(g, "", nested(64)), line(g, "", nested(65)), line(g, "", `{"score":1,"x":[`+strings.Repeat("1e300,", 5000)+`0]}`),
			line(g, "", sized(1<<20)), line(g, "", sized(1<<20+1)), line(g, "", `{"score":1e300,"x":"`+strings.Repeat("x", 1<<20-100)+`"}`),
		}, "\n")
		a := batch(s, "alice", "/results:batch", "application/x-ndjson", body).Want(t, 200)
		if got := statuses(t, a); got != "1:201 2:422 3:413 4:201 5:413 6:413" {
			t.Errorf("statuses %s: %s", got, a.Body)
		}
		for document, status := range map[string]int{sized(1 << 20): 200, sized(1<<20 + 1): 413} {
			s.Post("alice", g.UploadPath(""), document).Want(t, status)
		}
		for _, part := range []string{
			"nested deeper than 64 levels", "(JSON_DEPTH_LIMIT)", "The line has",
			`The document at \"/json\" has 1048577 bytes; BODY_LIMIT is 1048576 bytes`,
			"The document has", "BODY_LIMIT, which is 1048576 bytes", `\"/json/x/`,
		} {
			if !strings.Contains(a.Body, part) {
				t.Errorf("%s\nwant %s", a.Body, part)
			}
		}
	})
}

func TestManyResultsAreUploadedTogether(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		g := s.NewFixture("batch")
		const ndjson = "application/x-ndjson"
		lines := []string{
			line(g, "", `{"score":1}`), line(g, `,"tags_ids":["`+g.Tag+`"]`, `{"score":2}`), "", line(g, "", `{"score":1.0}`), `{"json":`,
			line(g, "", `{"score":"high"}`), line(g, `,"more":1`, `{}`), `[]`, line(harness.Fixture{Benchmark: g.Site, Flavor: g.Flavor}, "", `{}`),
			`{"execution_datetime":"noon","benchmark_id":"x","flavor_id":1,"json":[]}`,
		}
		body := strings.Join(lines, "\n")
		a := batch(s, "alice", "/results:batch", ndjson, body).Want(t, 200)
		if got := statuses(t, a); got != "1:201 2:201 4:200 5:400 6:422 7:422 8:422 9:404 10:422" {
			t.Errorf("statuses %s: %s", got, a.Body)
		}
		if o := a.Object(t); o["created"] != 2.0 || o["existing"] != 1.0 || o["refused"] != 6.0 {
			t.Errorf("counts: %s", a.Body)
		}
		if !strings.Contains(a.Body, `"errors":{"json":{"more":["Unknown field."]}}`) {
			t.Errorf("errors: %s", a.Body)
		}
		again := batch(s, "alice", "/results:batch", ndjson, body).Want(t, 200).Object(t)
		if again["created"] != 0.0 || again["existing"] != 3.0 {
			t.Errorf("again: %v", again)
		}
		if s.Total("", "/results") != 2 || s.Total("", "/results?tags_ids="+g.Tag) != 1 {
			t.Error("the results are not those of the batch")
		}
		array := "[ " + line(g, "", `{"score":3, "text":"],[\\\"{"}`) + " , " + line(g, "", `{"score":"high"}`) + "\n]"
		refused := batch(s, "alice", "/results:batch?atomic=true", "", strings.ReplaceAll(array, "[ {", "{")) // NDJSON by default
		refused.Want(t, 422)
		refused = batch(s, "alice", "/results:batch?atomic=true", "application/json", array).Want(t, 422)
		if got := statuses(t, refused); got != "1:424 2:422" || s.Total("", "/results") != 2 {
			t.Errorf("an atomic batch: %s", refused)
		}
		if got := statuses(t, batch(s, "alice", "/results:batch", "application/json", array).Want(t, 200)); got != "1:201 2:422" {
			t.Errorf("a batch: %s", got)
		}
		mark := "\ufeff"
		for contentType, body := range map[string]string{
			ndjson: mark + line(g, "", `{"score":4}`), "application/json": mark + " []", "": mark + "[]",
		} {
			batch(s, "alice", "/results:batch?atomic=true", contentType, body).Want(t, 200)
		}
		if got := statuses(t, batch(s, "alice", "/results:batch", "", array).Want(t, 200)); got != "1:200 2:422" {
			t.Errorf("an array without a content type: %s", got)
		}
		for body, status := range map[string]int{`{}`: 400, `[`: 400, `[] x`: 400, `[]`: 200, ``: 400} {
			batch(s, "alice", "/results:batch", "application/json", body).Want(t, status)
		}
		batch(s, "alice", "/results:batch", "text/plain", "x").Want(t, 415)
		many := func(n int) string {
			var b strings.Builder
			for i := range n {
				b.WriteString(line(g, "", fmt.Sprintf(`{"score":%d}`, 1000+i)) + "\n")
			}
			return b.String()
		}
		before := s.Total("", "/results")
		tooMany := batch(s, "alice", "/results:batch", ndjson, many(1001)).Want(t, 413)
		if !strings.Contains(tooMany.Text("errors", "error"), "1000") || s.Total("", "/results") != before {
			t.Error(tooMany)
		}
		batch(s, "alice", "/results:batch", ndjson, strings.Repeat(" ", 16<<20+1)).Want(t, 413)
		if created := batch(s, "alice", "/results:batch?atomic=true", ndjson, many(1000)).Want(t, 200).Object(t)["created"]; created != 1000.0 {
			t.Errorf("%v results of 1000 were created", created)
		}
		keyedBatch := harness.Call{Method: "POST", Path: "/results:batch", As: "bob", Body: many(250), ContentType: ndjson,
			Header: http.Header{"Idempotency-Key": {"batch-1"}}}
		first := s.Do(keyedBatch).Want(t, 200)
		if again := s.Do(keyedBatch).Want(t, 200); again.Body != first.Body {
			t.Error("a repetition with a key got another answer")
		}
		keyedBatch.Body = many(251)
		s.Do(keyedBatch).Want(t, 422)
	})
}

func TestResultsAreValidatedWithoutBeingStored(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		schema := `{"type":"object","required":["score","unit"],"properties":{"score":{"type":"number","minimum":0,` +
			`"metric":{"better":"lower"}},"unit":{"type":"string"},"n":{"type":"integer"}}}`
		benchmark := s.Post("alice", "/benchmarks", `{"docker_image":"validate","docker_tag":"1","url":"https://example.org","json_schema":`+
			schema+`}`).Want(t, 201).ID(t)
		g := s.NewFixture("validate-2")
		validate := func(query, body string) harness.Answer {
			return s.Post("", "/results:validate?benchmark_id="+benchmark+query, body)
		}
		a := validate("", `{"score":-1,"n":"5"}`).Want(t, 200)
		for _, part := range []string{
			`"valid":false`, `"path":"/score","rule":"minimum"`, `"path":"/n","rule":"type"`, `"path":"","rule":"required"`,
			`"code":"benchmark_not_approved"`, `"code":"number_as_text"`,
		} {
			if !strings.Contains(a.Body, part) {
				t.Errorf("%s\nwant %s in it", a, part)
			}
		}
		s.Post("admin", "/benchmarks/"+benchmark+":approve", "").Want(t, 204)
		if a := validate("", `{"score":1,"unit":"s"}`).Want(t, 200); a.Body != `{"valid":true,"violations":[],"warnings":[]}` {
			t.Error(a)
		}
		fixture := harness.Fixture{Benchmark: benchmark, Flavor: g.Flavor}
		for i := range 8 {
			s.Post("alice", fixture.UploadPath(""), fmt.Sprintf(`{"score":%d,"unit":"s"}`, 100+i)).Want(t, 201)
		}
		same := "&execution_datetime=2021-05-21T08:31:00Z&flavor_id=" + g.Flavor
		for body, code := range map[string]string{
			`{"score":103,"unit":"s"}`: "same_content", `{"score":90000,"unit":"s"}`: "far_from_others", `{"unit":"s"}`: "metric_missing",
		} {
			if a := validate(same, body).Want(t, 200); !strings.Contains(a.Body, `"code":"`+code+`"`) {
				t.Errorf("%s\nwant %s", a, code)
			}
		}
		if s.Total("", "/results") != 8 {
			t.Error("a validation stored something")
		}
		// A result under claim still takes its content, so that an upload finds it; one that was withdrawn does not.
		id := s.Post("alice", fixture.UploadPath(""), `{"score":103,"unit":"s"}`).Want(t, 200).ID(t)
		for step, c := range []struct {
			do     func() harness.Answer
			warned bool
		}{
			{func() harness.Answer { return s.Post("bob", "/results/"+id+":claim", `{"message":"odd"}`).Want(t, 201) }, true},
			{func() harness.Answer { return withdraw(s, "alice", id, "odd").Want(t, 204) }, false},
		} {
			c.do()
			a := validate(same, `{"score":103,"unit":"s"}`).Want(t, 200)
			if strings.Contains(a.Body, "same_content") != c.warned {
				t.Errorf("step %d: %s\nwant a warning: %v", step, a, c.warned)
			}
		}
		onReview := s.Post("alice", "/sites", `{"name":"validate-site","address":"a"}`).Want(t, 201).ID(t)
		flavor := s.Post("alice", "/sites/"+onReview+"/flavors", `{"name":"validate"}`).Want(t, 201).ID(t)
		a = validate("&flavor_id="+flavor, `{"score":103,"unit":"s"}`).Want(t, 200)
		if !strings.Contains(a.Body, "flavor_not_approved") || !strings.Contains(a.Body, "site_not_approved") {
			t.Errorf("%s\nwant that flavor and site are on review", a)
		}
		twin := s.Post("bob", "/tags", `{"name":"validate-2\u2010tag"}`)
		meant := s.Post("bob", "/tags", `{"name":"validate-2-tag"}`).Want(t, 201).ID(t)
		a = validate("&tags_ids="+twin.Want(t, 201).ID(t), `{"score":1,"unit":"s"}`).Want(t, 200)
		if !strings.Contains(a.Body, `"code":"similar_tag"`) ||
			!strings.Contains(a.Body, meant) || !strings.Contains(a.Body, `validate-2\\u2010tag`) {
			t.Errorf("%s\nwant the tag that looks alike", a)
		}
		validate("&execution_datetime=2021-05-21T08:31:00", `{}`).Want(t, 422)
		validate("&flavor_id="+g.Site, `{}`).Want(t, 404)
		s.Post("", "/results:validate?benchmark_id="+g.Site, `{}`).Want(t, 404)
		s.Post("", "/results:validate", `{}`).Want(t, 422)
	})
}

// The answer to an upload of the largest size is too long to be kept. Its repetition gets it all the same.
func TestLongAnswersAreGivenAgain(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		g := s.NewFixture("long")
		document := func(score int) string {
			return fmt.Sprintf(`{"score":%d,"text":"%s"}`, score, strings.Repeat("x", 1<<20-40))
		}
		upload := func(key string, score int) harness.Answer {
			return keyed(s, "alice", key, g.UploadPath(""), document(score))
		}
		first := upload("long-1", 1).Want(t, 201)
		id := first.ID(t)
		path := strings.Replace(g.UploadPath("&reason=clock"), "/results?", "/results/"+id+":correct?", 1)
		correction := keyed(s, "alice", "long-2", path, document(2)).Want(t, 201)
		for name, c := range map[string]struct{ first, again harness.Answer }{
			"an upload, corrected since": {first, upload("long-1", 1)},
			"a correction":               {correction, keyed(s, "alice", "long-2", path, document(2))},
		} {
			if len(c.first.Body) <= 1<<20 {
				t.Fatalf("%s: the answer has %d bytes, and is not long", name, len(c.first.Body))
			}
			if c.again.Status != 201 || !reflect.DeepEqual(c.again.Object(t), c.first.Object(t)) ||
				c.again.Header.Get("Location") != c.first.Header.Get("Location") {
				t.Errorf("%s again: %s", name, c.again)
			}
		}
		if total := s.Total("alice", "/users/self/results"); total != 2 {
			t.Errorf("%d results, want 2", total)
		}
		upload("long-1", 3).Want(t, 422)

		// A batch without a good line has an answer without a location.
		refused := strings.Repeat(fmt.Sprintf("{%q:1}\n", strings.Repeat("n", 1500)), 1000)
		call := harness.Call{Method: "POST", Path: "/results:batch", As: "alice", Body: refused, ContentType: "application/x-ndjson",
			Header: http.Header{"Idempotency-Key": {"long-3"}}}
		s.Do(call).Want(t, 200)
		s.Do(call).Want(t, 409)
	})
}

// What is kept of answers is bounded for each person; what was done is not done again beyond that either.
func TestAnswersThatAreKeptAreBoundedForAPerson(t *testing.T) {
	for name, database := range harness.Databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			settings := database(t)
			s := harness.Start(t, settings)
			g := s.NewFixture("kept")
			site := func(as, key, name string) harness.Answer {
				return keyed(s, as, key, "/sites", fmt.Sprintf(`{"name":%q,"address":"a"}`, name))
			}
			site("alice", "kept-1", "before").Want(t, 201)
			if _, err := harness.OpenSQL(t, settings).ExecContext(t.Context(),
				"UPDATE daily_use SET used = 65536 WHERE kind = 'kept_answers' AND sub = 'alice'"); err != nil {
				t.Fatal(err)
			}
			first := keyed(s, "alice", "kept-2", g.UploadPath(""), `{"score":1}`).Want(t, 201)
			again := keyed(s, "alice", "kept-2", g.UploadPath(""), `{"score":1}`).Want(t, 201)
			if !reflect.DeepEqual(again.Object(t), first.Object(t)) {
				t.Errorf("got %s, want %s", again, first)
			}
			site("alice", "kept-3", "beyond").Want(t, 201)
			site("alice", "kept-3", "beyond").Want(t, 409)
			site("alice", "kept-3", "another").Want(t, 422)
			for range 2 {
				site("alice", "kept-4", "beyond").Want(t, 409)
			}
			site("alice", "kept-4", "a mended one").Want(t, 201)
			withdrawn := strings.Replace(first.Header.Get("Location"), s.Base, "", 1) + ":withdraw"
			for range 2 {
				keyed(s, "alice", "kept-5", withdrawn, `{"reason":"clock"}`).Want(t, 204)
			}
			site("alice", "kept-1", "before").Want(t, 201)
			mine := site("bob", "kept-6", "of bob").Want(t, 201)
			if theirs := site("bob", "kept-6", "of bob").Want(t, 201); theirs.Body != mine.Body {
				t.Errorf("got %s, want %s", theirs, mine)
			}
		})
	}
}

// sendPart sends a part of a body, and no more. It returns the status.
func sendPart(t *testing.T, s *harness.Server, call harness.Call, length int) int {
	t.Helper()
	connection, err := net.Dial("tcp", strings.TrimPrefix(s.Base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = connection.Close() }()
	_, err = fmt.Fprintf(connection, "POST %s HTTP/1.1\r\nHost: perf\r\nAuthorization: Bearer %s\r\nContent-Type: %s\r\n"+
		"Idempotency-Key: %s\r\nContent-Length: %d\r\n\r\n%s", call.Path, s.Token(call.As), call.ContentType, call.Header.Get("Idempotency-Key"),
		len(call.Body), call.Body[:length])
	if err == nil {
		err = connection.(*net.TCPConn).CloseWrite()
	}
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.ReadResponse(bufio.NewReader(connection), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	return answer.StatusCode
}

// The results that arrived whole before a connection broke are stored, unless the batch is atomic. The repetition
// of the batch finds them, also with the same key.
func TestBatchesThatBreakStoreTheirBeginning(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		g := s.NewFixture("broken")
		const results, ndjson, array = 250, "application/x-ndjson", "application/json"
		number := 0
		body := func(contentType string) string {
			lines := make([]string, results)
			for i := range lines {
				number++
				lines[i] = line(g, "", fmt.Sprintf(`{"score":%d,"text":"},\n{"}`, number))
			}
			if contentType == array {
				return "[" + strings.Join(lines, ",") + "]"
			}
			return strings.Join(lines, "\n") + "\n"
		}
		size := len(body(ndjson)) / results // all lines have nearly this size
		for i, c := range []struct {
			contentType, query string
			cut                int
		}{
			{ndjson, "", 1}, {ndjson, "", 3*size + 20}, {ndjson, "", 120*size + 7}, {ndjson, "", 230 * size}, {array, "", 120*size + 7},
			{array, "", 1}, {array, "", results*size - 10}, {ndjson, "?atomic=true", 120*size + 7}, {array, "?atomic=true", 120*size + 7},
		} {
			call := harness.Call{Method: "POST", As: "alice", Path: "/results:batch" + c.query, Body: body(c.contentType),
				ContentType: c.contentType, Header: http.Header{"Idempotency-Key": {fmt.Sprint("broken-", i)}}}
			want := strings.Count(call.Body[:c.cut], "\n")
			if c.contentType == array {
				want = strings.Count(call.Body[:c.cut], "},{\"execution")
			}
			if c.query != "" {
				want = 0
			}
			before := s.Total("", "/results")
			if status := sendPart(t, s, call, c.cut); status != 400 {
				t.Errorf("%v: status %d, want 400", c, status)
			}
			if stored := s.Total("", "/results") - before; stored != want {
				t.Errorf("%v: %d results are stored, want %d", c, stored, want)
			}
			again := s.Do(call).Want(t, 200).Object(t)
			if again["existing"] != float64(want) || again["created"] != float64(results-want) {
				t.Errorf("%v: the repetition has %v new results and %v that existed, want %d", c, again["created"], again["existing"], want)
			}
		}
	})
}
