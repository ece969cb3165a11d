package ui_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/eosc-perf/backend/tests/harness"
	"github.com/eosc-perf/backend/tests/process"
)

func TestSubmissionsAreReviewedWithAReason(t *testing.T) {
	s := harness.Start(t, harness.SQLite(t))
	alice, admin := s.Browse(t, "alice"), s.Browse(t, "admin")
	alice.Post("/ui/sites/new", url.Values{"name": {""}, "address": {""}}).
		Want(t, http.StatusUnprocessableEntity, "The address is missing.", `role="alert"`)
	alice.Post("/ui/sites/new", url.Values{"name": {" Ne\u200bw "}, "address": {"Brno"}}).
		Want(t, http.StatusUnprocessableEntity, "invisible", `value="Brno"`)
	site := alice.Post("/ui/sites/new", url.Values{"name": {"New site"}, "address": {"Brno"}}).
		Want(t, http.StatusOK, "It is sent.", "it takes no results.").Path
	id := strings.TrimSuffix(strings.TrimPrefix(site, "/ui/sites/"), "?done=sent")
	alice.Post("/ui/sites/new", url.Values{"name": {"New site"}, "address": {"Brno"}}).
		Want(t, http.StatusUnprocessableEntity, "already submitted/exists")
	alice.Get("/ui/my").Want(t, http.StatusOK, "New site", "Waiting for an administrator")

	review := "/ui/review/site/" + id
	s.Browse(t, "").Get(review).Want(t, http.StatusForbidden, "Log in")
	alice.Get(review).Want(t, http.StatusForbidden, "Only administrators see this.").Lacks(t, "This operation needs")
	alice.Post(review, url.Values{"do": {"approve"}}).Want(t, http.StatusForbidden)
	admin.Get("/ui/review").Want(t, http.StatusOK, "Review (1)", "New site")
	admin.Get(review).Want(t, http.StatusOK, "alice@example.org", "No site has such a name or address.", "Brno")
	admin.Post(review, url.Values{"do": {"reject"}}).Want(t, http.StatusUnprocessableEntity, "Give a reason: it is mailed.")
	admin.Post(review, url.Values{"do": {"reject"}, "reason": {"It exists as OLD"}}).Want(t, http.StatusOK, "Rejected.")
	process.Eventually(t, "the reason is mailed", func() bool { return s.Logs.Contains("It exists as OLD") })
	for _, second := range []harness.Sheet{
		admin.Get(review), admin.Post(review, url.Values{"do": {"approve"}, "reason": {"fine"}}),
	} {
		second.Want(t, http.StatusOK, "You decided this a moment ago: rejected.", "It exists as OLD").Lacks(t, `name="do"`)
	}
}

func TestBenchmarksAreCheckedAndReviewed(t *testing.T) {
	s := harness.Start(t, harness.SQLite(t))
	alice, admin := s.Browse(t, "alice"), s.Browse(t, "admin")
	form := func(more ...string) url.Values {
		values := url.Values{
			"docker_image": {"example/stream"}, "docker_tag": {"1"}, "url": {"https://example.org"},
			"json_schema": {`{"type": "object"}`}, "do": {"check"},
		}
		for i := 0; i+1 < len(more); i += 2 {
			values.Set(more[i], more[i+1])
		}
		return values
	}
	for name, tt := range map[string]struct {
		form url.Values
		want []string
	}{
		"no JSON":    {form("json_schema", "{\n oops"), []string{"The JSON Schema: line 2 is no JSON"}},
		"no object":  {form("json_schema", "[]"), []string{"is no JSON object"}},
		"all faults": {form("json_schema", `{"type": "objekt", "required": 3}`), []string{"/type", "/required"}},
		"bad image":  {form("docker_image", "UPPER"), []string{`href="#docker_image"`}},
		"bad example": {
			form("json_schema", `{"required": ["score"]}`, "example", "{}"),
			[]string{"The result, the whole document: score is missing"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			alice.Post("/ui/benchmarks/new", tt.form).Want(t, http.StatusUnprocessableEntity, tt.want...)
		})
	}
	alice.Post("/ui/benchmarks/new", form()).Want(t, http.StatusOK, "Checked.", "It declares no metric")
	page := alice.Post("/ui/benchmarks/new", form("do", "send")).Want(t, http.StatusOK, "it takes no results.").Path
	id := strings.TrimSuffix(strings.TrimPrefix(page, "/ui/benchmarks/"), "?done=sent")
	admin.Get("/ui/review/benchmark/"+id).Want(t, http.StatusOK, "The JSON Schema compiles.", "It declares no metric")
	admin.Post("/ui/review/benchmark/"+id, url.Values{"do": {"approve"}}).Want(t, http.StatusOK, "Approved.")
	alice.Get("/ui/benchmarks/"+id).Want(t, http.StatusOK, "approved by an administrator").Lacks(t, "Takes no results yet.")
}

func TestAClaimHidesUntilItIsDecided(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		f, ids := measured(t, s, "claim", `{"score":1.5}`)
		id := ids[0]
		page := "/ui/results/" + id
		alice, bob, admin := s.Browse(t, "alice"), s.Browse(t, "bob"), s.Browse(t, "admin")

		bob.Get(page+"/claim").Want(t, http.StatusOK, "It leaves all lists and comparisons at once")
		bob.Post(page+"/claim", url.Values{"reason": {"Other"}}).Want(t, http.StatusUnprocessableEntity, "Say in words what is wrong.")
		bob.Post(page+"/claim", url.Values{"words": {"odd"}}).Want(t, http.StatusUnprocessableEntity, "Choose a reason.", "odd")
		bob.Post(page+"/claim", url.Values{"reason": {"Wrong flavor"}, "words": {"It has <b>one</b> core"}}).
			Want(t, http.StatusOK, "Under claim since", "Thank you.", "My results shows").Lacks(t, "It has")
		bob.Get(page+"/claim").Want(t, http.StatusOK, "It is under claim already").Lacks(t, "It leaves all lists")
		if n := s.Total("", "/results?benchmark_id="+f.Benchmark); n != 0 {
			t.Errorf("%d results are listed", n)
		}
		alice.Get(page).Want(t, http.StatusOK, "It has &lt;b&gt;one&lt;/b&gt; core", "waits for a decision")
		bob.Get(page+"/withdraw").Want(t, http.StatusForbidden, "This operation is for the uploader of the result").
			Lacks(t, "Only administrators")
		const underClaim = "1 result is under claim"
		site := "/ui/sites/" + f.Site
		s.Browse(t, "").Get(site).Want(t, http.StatusOK, underClaim).Lacks(t, "Wrong flavor", "metric-claim 1.50 s")
		s.Browse(t, "newcomer").Get(site).Want(t, http.StatusOK, underClaim).Lacks(t, "Wrong flavor")
		for reader, claim := range map[*harness.Browser]string{alice: "../claims/", bob: "../claims/", admin: "../review/claim/"} {
			reader.Get(site).Want(t, http.StatusOK, underClaim, "metric-claim 1.50 s</a>", "Wrong flavor", `href="`+claim)
		}
		bob.Get("/ui/my").Want(t, http.StatusOK, "My claims", "Wrong flavor", "metric-claim 1.50 s</a>", "2021-05-21", "<bdi>claim claim</bdi>",
			`<span class="warn">claimed</span>`, "waits for a decision")

		claim := fmt.Sprint(s.Do(harness.Call{Method: "GET", Path: "/reports/claims?status=on_review", As: "admin"}).Items(t)[0]["id"])
		alice.Get("/ui/claims/"+claim).Want(t, http.StatusOK, "Made on").Lacks(t, "bob@example.org")
		s.Browse(t, "newcomer").Get("/ui/claims/"+claim).Want(t, http.StatusForbidden)
		review := "/ui/review/claim/" + claim
		admin.Get(review).Want(t, http.StatusOK, "bob@example.org", "Claim stands", "Result back", id)
		admin.Post(review, url.Values{"do": {"reject"}, "result": {id}, "reason": {"It is right"}}).
			Want(t, http.StatusOK, "The result is back")
		admin.Post(review, url.Values{"do": {"approve"}, "result": {id}}).
			Want(t, http.StatusOK, "You decided this a moment ago: the result is back.")
		alice.Get(site).Want(t, http.StatusOK).Lacks(t, "under claim")
		if n := s.Total("", "/results?benchmark_id="+f.Benchmark); n != 1 {
			t.Errorf("%d results are listed", n)
		}
		admin.Get(page).Want(t, http.StatusOK, "It is right").Lacks(t, "Under claim")
		bob.Post(page+"/claim", url.Values{"reason": {"Broken run"}})
		alice.Post(page+"/withdraw", url.Values{"words": {"It is"}}).Want(t, http.StatusOK)
		bob.Get("/ui/my").Want(t, http.StatusOK, "metric-claim 1.50 s</a>", `<span class="warn">withdrawn</span>`)
	})
}

func TestAUserIsRemovedByTheTypedAddress(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		f := s.FullFixture("holdings")
		admin := s.Browse(t, "admin")
		user := url.Values{"sub": {"alice"}, "iss": {s.Issuer()}}
		page := "/ui/admin/users"
		admin.Get(page+"?"+user.Encode()).Want(t, http.StatusOK, "2 results", "3 submissions", "1 benchmark", "1 site", "1 flavor")
		s.Browse(t, "alice").Get(page).Want(t, http.StatusForbidden)
		user.Set("confirm", "alice@example")
		admin.Post(page, user).Want(t, http.StatusUnprocessableEntity, "nobody is removed")
		admin.Get("/ui/results/"+f.Withdrawn).Want(t, http.StatusOK)
		user.Set("confirm", "alice@example.org")
		admin.Post(page, user).Want(t, http.StatusOK, "is removed").Lacks(t, "alice@example.org")
		admin.Get("/ui/results/"+f.Withdrawn).Want(t, http.StatusNotFound)
	})
}

func TestAdministrationIsForAdministrators(t *testing.T) {
	s := harness.Start(t, harness.SQLite(t).With(harness.Settings{"MAIL_PASSWORD": "", "SECRET_KEY": "a-secret-key-of-the-test"}))
	admin, alice, nobody := s.Browse(t, "admin"), s.Browse(t, "alice"), s.Browse(t, "")
	for _, page := range []string{
		"/ui/admin", "/ui/admin/users", "/ui/admin/outbox", "/ui/admin/audit", "/ui/admin/settings", "/ui/review",
	} {
		nobody.Get(page).Want(t, http.StatusForbidden, "Log in").Lacks(t, "Settings")
		alice.Get(page).Want(t, http.StatusForbidden, "Only administrators see this.")
		admin.Get(page).Want(t, http.StatusOK).Lacks(t, "a-secret-key-of-the-test")
	}
	admin.Get("/ui/admin").Want(t, http.StatusOK, "database", "schema", "Everything works")
	s.NewFixture("audited")
	admin.Get("/ui/admin/audit").Want(t, http.StatusOK, "ApproveSite", "admin@example.org", "AddFlavor", "alice@example.org")
	admin.Get("/ui/admin/audit?terms=ApproveSite").Want(t, http.StatusOK, "ApproveSite").Lacks(t, "AddFlavor")
	admin.Get("/ui/admin/settings").Want(t, http.StatusOK, "QUERY_TIMEOUT", "SECRET_KEY")
	admin.Post("/ui/admin/outbox", url.Values{"mail": {"all"}}).Want(t, http.StatusOK, "due now")
	admin.Post("/ui/admin/outbox", url.Values{"mail": {"x"}}).Want(t, http.StatusUnprocessableEntity)
}

func TestTagsThatLookAlikeAreSeen(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		f := s.NewFixture("twins")
		admin, alice := s.Browse(t, "admin"), s.Browse(t, "alice")
		meant := s.Post("alice", "/tags", `{"name":"paypal <b>"}`).Want(t, http.StatusCreated).ID(t)
		admin.Get("/ui/admin").Want(t, http.StatusOK).Lacks(t, "Tags that look alike")
		alice.PostFiles("/ui/upload", upload(f, "do", "check", "tags", "p\u0430ypal <b>, new one"), score("1")).
			Want(t, http.StatusOK, "looks like the tag <bdi>&#34;paypal &lt;b&gt;&#34;</bdi>").Lacks(t, "new one</bdi> looks like")
		twin := s.Post("bob", "/tags", `{"name":"p\u0430ypal <b>"}`).Want(t, http.StatusCreated).ID(t)
		admin.Get("/ui/admin").Want(t, http.StatusOK, "Tags that look alike", `p\u0430ypal`, meant, twin, "Everything works")
	})
}

func TestDangerousThingsWantTheNameTyped(t *testing.T) {
	s := harness.Start(t, harness.SQLite(t))
	f := s.NewFixture("delete")
	admin := s.Browse(t, "admin")
	for _, page := range []string{"/ui/flavors/" + f.Flavor, "/ui/sites/" + f.Site} {
		s.Browse(t, "alice").Get(page).Want(t, http.StatusOK).Lacks(t, "Type the name")
		s.Browse(t, "alice").Post(page, url.Values{"do": {"delete"}, "confirm": {"delete"}}).Want(t, http.StatusForbidden)
		admin.Post(page, url.Values{"do": {"delete"}, "confirm": {"Delete"}}).Want(t, http.StatusUnprocessableEntity, "nothing is deleted")
		admin.Post(page, url.Values{"do": {"delete"}, "confirm": {"delete"}}).Want(t, http.StatusOK, "It is deleted.")
		admin.Get(page).Want(t, http.StatusNotFound)
	}
}
