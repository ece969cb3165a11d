// Package ui_test asks for the pages of the web interface over HTTP, as a browser without a
// script does, and checks their rules.
package ui_test

import (
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/eosc-perf/backend/tests/harness"
)

// upload is a filled form.
func upload(f harness.Fixture, more ...string) url.Values {
	form := url.Values{
		"nonce": {"n"}, "benchmark": {f.Benchmark}, "site": {f.Site}, "flavor": {f.Flavor},
		"day": {"2026-01-02"}, "time": {"10:00"}, "zone": {"+01:00"},
	}
	for i := 0; i+1 < len(more); i += 2 {
		form.Set(more[i], more[i+1])
	}
	return form
}

func score(text string) harness.FormFile {
	return harness.FormFile{Name: "run" + text + ".json", Text: `{"score": ` + text + `}`}
}

// What the schema refuses is said once: that a metric has no number there would be a second line about it.
func TestAFaultIsSaidOnce(t *testing.T) {
	s := harness.Start(t, harness.SQLite(t))
	f, _ := measured(t, s, "once")
	alice := s.Browse(t, "alice")
	check := func(text string) harness.Sheet {
		return alice.PostFiles("/ui/upload", upload(f, "do", "check"), harness.FormFile{Name: "run.json", Text: text})
	}
	check(`{"score":"fast","cpu":{}}`).Want(t, http.StatusOK, "/score is text, must be a number", "1 wrong").Lacks(t, "which is a metric")
	check(`{"score":1,"cpu":{}}`).Want(t, http.StatusOK, "run.json").Lacks(t, "wrong")
}

func TestUploadChecksFilesAndSendsTheGoodOnes(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		f := s.NewFixture("upload")
		alice := s.Browse(t, "alice")
		files := []harness.FormFile{score("1"), score("2"), {Name: "bad.json", Text: `{"score": "x"}`},
			{Name: "no.json", Text: "{\n\noops"}}

		alice.PostFiles("/ui/upload", upload(f, "do", "check"), files...).Want(t, http.StatusOK,
			"run1.json", "2 of 4 can be sent.", "/score is text, must be a number", "Not JSON: line 3 is no JSON", "Send 2 of 4")
		if n := s.Total("", "/results?benchmark_id="+f.Benchmark); n != 0 {
			t.Fatalf("a check stores %d results", n)
		}
		alice.PostFiles("/ui/upload", upload(f, "do", "send"), files...).Want(t, http.StatusOK, "Send 2 of 4")
		if n := s.Total("", "/results?benchmark_id="+f.Benchmark); n != 0 {
			t.Fatalf("%d results are stored before the sender has seen that two files are wrong", n)
		}
		for range 2 { // sent twice, made once
			sent := alice.PostFiles("/ui/upload", upload(f, "do", "send", "bad", "2", "tags", "new tag"), files...)
			sent.Want(t, http.StatusOK, "run1.json", "run2.json", "/results/", "2 files were not sent", "bad.json",
				"/score is text, must be a number",
				"no.json")
			if !strings.HasPrefix(sent.Path, "/ui/upload?sent=") {
				t.Errorf("after sending the page is %s", sent.Path)
			}
		}
		items := s.Get("/results?benchmark_id=" + f.Benchmark).Items(t)
		if len(items) != 2 || fmt.Sprint(items[0]["execution_datetime"]) != "2026-01-02T09:00:00" {
			t.Errorf("stored: %v", items)
		}
		alice.PostFiles("/ui/upload", upload(f, "do", "check"), score("1")).Want(t, http.StatusOK, "Already here:", "/results/")
		alice.PostFiles("/ui/upload", upload(f, "do", "send", "nonce", "other"), score("1")).Want(t, http.StatusOK, "was here already")
	})
}

func TestUploadRefusesWhatIsMissing(t *testing.T) {
	s := harness.Start(t, harness.SQLite(t))
	f, other := s.NewFixture("one"), s.NewFixture("two")
	alice := s.Browse(t, "alice")
	for name, tt := range map[string]struct {
		form url.Values
		want string
	}{
		"no benchmark":            {upload(f, "benchmark", ""), "Choose a benchmark."},
		"unknown benchmark":       {upload(f, "benchmark", f.Site), "There is no such benchmark"},
		"no site":                 {upload(f, "site", ""), "Choose a site."},
		"a flavor of another one": {upload(f, "flavor", other.Flavor), "Choose a flavor of one."},
		"no day":                  {upload(f, "day", ""), "Say on which day it ran."},
		"no time":                 {upload(f, "time", ""), "Say at which time it ran."},
		"no zone":                 {upload(f, "zone", ""), "Choose a time zone."},
		"zone that is none":       {upload(f, "zone", "CET"), "Choose a time zone."},
		"in the future":           {upload(f, "day", "2996-01-01"), "The run lies in the future"},
		"no day at all":           {upload(f, "day", "yesterday"), "A day looks like"},
	} {
		t.Run(name, func(t *testing.T) {
			tt.form.Set("do", "send")
			page := alice.PostFiles("/ui/upload", tt.form, score("1")).Want(t, http.StatusUnprocessableEntity, tt.want, `role="alert"`)
			page.Want(t, http.StatusUnprocessableEntity, "run1.json", `&#34;score&#34;: 1`) // the file is not lost
		})
	}
	alice.PostFiles("/ui/upload", upload(f, "do", "send")).Want(t, http.StatusUnprocessableEntity, "Choose a file.")
	alice.PostFiles("/ui/upload", upload(f, "do", "site", "site", other.Site), score("1")).
		Want(t, http.StatusOK, `<option value="`+other.Flavor+`">`, "run1.json").Lacks(t, `<option value="`+f.Flavor+`"`)
	if n := s.Total("", "/results"); n != 0 {
		t.Errorf("%d results are stored", n)
	}
}

var hidden = regexp.MustCompile(`(?s)<textarea name="([^"]+)" hidden>\n(.*?)</textarea>`)

func TestNoFileIsLostOverALogin(t *testing.T) {
	s := harness.Start(t, harness.SQLite(t))
	f := s.NewFixture("kept")
	nobody := s.Browse(t, "")
	nobody.Get("/ui/upload").Want(t, http.StatusOK, "Log in to send.")
	if page := s.Browse(t, "newcomer").Get("/ui/my"); !strings.HasPrefix(page.Path, "/ui/register") {
		t.Errorf("who is not registered is at %s", page.Path)
	}
	nobody.PostFiles("/ui/upload", upload(f, "do", "check"), score("3")).Want(t, http.StatusOK, "1 of 1 can be sent.")
	kept := nobody.PostFiles("/ui/upload", upload(f, "do", "send"), score("3"))
	kept.Want(t, http.StatusOK, "Log in to send.", "What you entered is kept.")
	fields := map[string]string{}
	for _, field := range hidden.FindAllStringSubmatch(kept.HTML, -1) {
		fields[field[1]] = field[2]
	}
	if fields["kept-text"] != `{&#34;score&#34;: 3}` || fields["flavor"] != f.Flavor {
		t.Errorf("the page keeps %v", fields)
	}
	back := nobody.LogIn("alice", "/ui/upload").Want(t, http.StatusOK, "run3.json", "1 of 1 can be sent.", `value="2026-01-02"`)
	if back.Path != "/ui/upload" {
		t.Errorf("the login leads to %s", back.Path)
	}
	form := upload(f, "do", "send", "kept-name", "run3.json", "kept-text", `{"score": 3}`)
	nobody.PostFiles("/ui/upload", form).Want(t, http.StatusOK, "run3.json")
	if n := s.Total("", "/results?benchmark_id="+f.Benchmark); n != 1 {
		t.Errorf("%d results, want 1", n)
	}
}

func TestUploadIsBounded(t *testing.T) {
	s := harness.Start(t, harness.SQLite(t))
	f := s.NewFixture("bounds")
	alice := s.Browse(t, "alice")
	many := make([]harness.FormFile, 51)
	for i := range many {
		many[i] = score(fmt.Sprint(i))
	}
	alice.PostFiles("/ui/upload", upload(f, "do", "check"), many...).Want(t, http.StatusUnprocessableEntity, "at most 50 files")
	large := harness.FormFile{Name: "large.json", Text: `{"a": "` + strings.Repeat("x", 17<<20) + `"}`}
	alice.PostFiles("/ui/upload", upload(f, "do", "check"), large).Want(t, http.StatusRequestEntityTooLarge)
	alice.Post("/ui/sites/new", url.Values{"name": {strings.Repeat("n", 1<<20)}}).Want(t, http.StatusRequestEntityTooLarge)
}

func TestAFormStaysWhenItsSenderHasSentTooMuch(t *testing.T) {
	s := harness.Start(t, harness.SQLite(t).With(harness.Settings{"QUOTA_UPLOADS": "1"}))
	f := s.NewFixture("quota")
	alice := s.Browse(t, "alice")
	alice.PostFiles("/ui/upload", upload(f, "do", "send"), score("1"), score("2")).
		Want(t, http.StatusUnprocessableEntity, "run1.json", "run2.json", `role="alert"`)
	alice.PostFiles("/ui/upload", upload(f, "do", "send"), score("1")).Want(t, http.StatusOK, "1 result in the record")
}

func TestOwnResultsAreWithdrawnRestoredAndCorrected(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		f := s.NewFixture("own")
		alice, bob := s.Browse(t, "alice"), s.Browse(t, "bob")
		id := s.Post("alice", f.UploadPath(""), `{"score":1}`).Want(t, http.StatusCreated).ID(t)
		page := "/ui/results/" + id

		alice.Get("/ui/my").Want(t, http.StatusOK, "All 1", "Counted 1", id)
		bob.Get("/ui/my").Want(t, http.StatusOK, "All 0").Lacks(t, id)
		bob.Get(page+"/withdraw").Want(t, http.StatusForbidden)
		bob.Post(page+"/withdraw", url.Values{"words": {"mine"}}).Want(t, http.StatusForbidden)
		alice.Post(page+"/withdraw", url.Values{}).Want(t, http.StatusUnprocessableEntity, "Say why the result is withdrawn.")
		alice.Post(page+"/withdraw", url.Values{"words": {"wrong flavor"}}).
			Want(t, http.StatusOK, "Withdrawn by its uploader: wrong flavor.")
		alice.Get("/ui/my?state=withdrawn").Want(t, http.StatusOK, "Withdrawn 1", id, "wrong flavor")
		alice.Get("/ui/my?state=counted").Want(t, http.StatusOK, "Counted 0", "Nothing here.").Lacks(t, id)
		s.Browse(t, "").Get(page).Want(t, http.StatusOK, "Withdrawn by its uploader: wrong flavor.").Lacks(t, "Bring the result back")
		alice.Post(page, url.Values{"do": {"restore"}}).Want(t, http.StatusOK, "The result is back.").Lacks(t, "Withdrawn by")

		alice.Get("/ui/upload?corrects="+id).
			Want(t, http.StatusOK, "Correct a result", `value="2021-05-21"`, `value="`+f.Flavor+`" selected`)
		alice.PostFiles("/ui/upload", upload(f, "do", "send", "corrects", id), score("2")).
			Want(t, http.StatusUnprocessableEntity, "Say why the result is corrected.")
		corrected := alice.PostFiles("/ui/upload", upload(f, "do", "send", "corrects", id, "reason", "a typing error"), score("2"))
		corrected.Want(t, http.StatusOK, "This is the corrected result.", "Corrects", id)
		alice.Get(page).
			Want(t, http.StatusOK, "Withdrawn by its uploader: a typing error.", "The corrected result").Lacks(t, "Bring the result back")
	})
}

func TestLogInOnAFormKeepsWhatWasEntered(t *testing.T) {
	s := harness.Start(t, harness.SQLite(t))
	stranger := s.Browse(t, "")
	stranger.Get("/ui/sites/new").Want(t, http.StatusOK, `form="form" name="do" value="login" formnovalidate>Log in</button>`, `id="form"`)
	stranger.Post("/ui/sites/new", url.Values{"do": {"login"}, "name": {"Half a si"}, "address": {""}}).
		Want(t, http.StatusOK, "What you entered is kept.", "Half a si", "../login?return_to=%2Fui%2Fsites%2Fnew").
		Lacks(t, `name="do"`)
}

// Two files of one form that say the same make one result, and the check says so before they are sent.
func TestACheckNamesTheFileThatSaysTheSame(t *testing.T) {
	s := harness.Start(t, harness.SQLite(t))
	f := s.NewFixture("twins")
	alice := s.Browse(t, "alice")
	copied := harness.FormFile{Name: "copy.json", Text: `{ "score": 1 }`}
	alice.PostFiles("/ui/upload", upload(f, "do", "check"), score("1"), score("2"), copied).
		Want(t, http.StatusOK, "The same as <bdi>run1.json</bdi>: they make one result.", "3 of 3 can be sent.")
	alice.PostFiles("/ui/upload", upload(f, "do", "check"), score("1"), score("2")).Want(t, http.StatusOK).Lacks(t, "The same as")
}

// Who has chosen the wrong flavor does not need the file again.
func TestACorrectionKeepsTheDocumentUnlessAFileIsChosen(t *testing.T) {
	s := harness.Start(t, harness.SQLite(t))
	f, other := s.NewFixture("wrong"), s.NewFixture("right")
	alice := s.Browse(t, "alice")
	id := s.Post("alice", f.UploadPath(""), `{"score":1}`).Want(t, http.StatusCreated).ID(t)
	form := alice.Get("/ui/upload?corrects="+id).Want(t, http.StatusOK, "result.json", "1 of 1 can be sent.").Lacks(t, "Already here:")
	fields := map[string]string{}
	for _, field := range hidden.FindAllStringSubmatch(form.HTML, -1) {
		fields[field[1]] = html.UnescapeString(field[2])
	}
	send := func(with ...string) url.Values {
		kept := []string{"do", "send", "corrects", id, "reason", "wrong flavor", "site", other.Site, "flavor", other.Flavor,
			"kept-name", "result.json", "kept-text", fields["kept-text"]}
		return upload(f, append(kept, with...)...)
	}
	chosen := alice.PostFiles("/ui/upload", send("do", "check"), score("7"))
	chosen.Want(t, http.StatusOK, "run7.json", "1 of 1 can be sent.").Lacks(t, "result.json", "A correction is one file")
	alice.PostFiles("/ui/upload", send()).Want(t, http.StatusOK, "This is the corrected result.", "right")
}
