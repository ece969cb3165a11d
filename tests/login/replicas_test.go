package login_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/eosc-perf/backend/tests/harness"
)

// twoServers are servers on one database with one key, which trust the development provider of
// the first one.
func twoServers(t *testing.T, database harness.Settings) (first, second *harness.Server) {
	t.Helper()
	first = harness.Start(t, database.With(harness.Settings{"SECRET_KEY": key, "AUTH_CACHE_TTL": "1ms"}))
	second = harness.Start(t, database.With(harness.Settings{
		"SECRET_KEY": key, "AUTH_CACHE_TTL": "1ms", "OIDC_CLIENT_ID": "perf", "OIDC_ISSUER": first.Issuer(), "TRUSTED_OP_LIST": first.Issuer(),
	}))
	return first, second
}

const key = "a key of at least sixteen bytes"

// at is the same browser at another server: cookies are for a host, whatever the port.
func (v *visitor) at(s *harness.Server) *visitor {
	return &visitor{t: v.t, client: v.client, base: s.Base}
}

func TestEveryServerServesASession(t *testing.T) {
	database := harness.Postgres(t)
	first, second := twoServers(t, database)
	v := visit(t, first)
	v.logIn("alice", "/ui/").wants(t, http.StatusOK, "Alice Uploader")
	v.at(second).get("/ui/sessions").wants(t, http.StatusOK, "this browser", "Alice Uploader")

	// A login that began at one server ends at the other: the state is in the browser.
	w := visit(t, second)
	w.logIn("bob", "/ui/sessions").wants(t, http.StatusOK, "Bob Uploader")
	w.at(first).get("/ui/sessions").wants(t, http.StatusOK, "Bob Uploader")

	// A logout counts everywhere at once.
	v.at(second).post("/ui/logout", nil).wants(t, http.StatusOK, "logged out")
	v.get("/ui/sessions").wants(t, http.StatusUnauthorized)
}

func TestSessionsSurviveAChangeOfTheKey(t *testing.T) {
	database := harness.Postgres(t)
	first, _ := twoServers(t, database)
	client := harness.Settings{"OIDC_CLIENT_ID": "perf", "OIDC_ISSUER": first.Issuer(), "TRUSTED_OP_LIST": first.Issuer()}
	v, w, x := visit(t, first), visit(t, first), visit(t, first)
	v.logIn("alice", "/ui/")
	w.post("/ui/sites/new", url.Values{"name": {"Kept over two keys"}, "address": {"a"}}).wants(t, http.StatusOK, "Log in")
	answer := x.callback("bob")
	changed := harness.Start(t, database.With(client).With(harness.Settings{
		"SECRET_KEY": "another key of sixteen bytes", "SECRET_KEY_PREVIOUS": key,
	}))
	v.at(changed).get("/ui/sessions").wants(t, http.StatusOK, "Alice Uploader")
	// A form that waits for its visitor, and a login under way, outlive the change, too.
	w.at(changed).logIn("alice", "/ui/sites/new").wants(t, http.StatusOK, "Kept over two keys")
	x.get(strings.Replace(answer, first.Base, changed.Base, 1)).wants(t, http.StatusOK, "Bob Uploader")
	lost := harness.Start(t, database.With(client).With(harness.Settings{"SECRET_KEY": "a third key of sixteen bytes"}))
	v.at(lost).get("/ui/sessions").wants(t, http.StatusUnauthorized, "session has ended")
}

func TestPeopleHaveAFewSessions(t *testing.T) {
	for name, database := range harness.Databases {
		t.Run(name, func(t *testing.T) {
			haveFewSessions(t, harness.Start(t, database(t).With(harness.Settings{"SESSION_QUOTA": "2"})))
		})
	}
}

func haveFewSessions(t *testing.T, few *harness.Server) {
	visitors := []*visitor{visit(t, few), visit(t, few), visit(t, few)}
	for _, v := range visitors[:2] {
		v.logIn("alice", "/ui/").wants(t, http.StatusOK)
	}
	p := visitors[2].logIn("alice", "/ui/sessions").wants(t, http.StatusTooManyRequests, "You have 2 sessions", "End my other sessions")
	if p.Header.Get("Retry-After") == "" || visitors[2].session() != "" {
		t.Errorf("the answer has no Retry-After, or a cookie: %v", p.Header)
	}
	visitors[2].pick(visitors[2].get("/ui/login?return_to=/ui/sessions&end_others=true"), "alice").wants(t, http.StatusOK, "this browser")
	for _, v := range visitors[:2] {
		v.get("/ui/sessions").wants(t, http.StatusUnauthorized)
	}
	for range 4 {
		visit(t, few).logIn("admin", "/ui/").wants(t, http.StatusOK)
	}
	// Only a full quota ends other sessions.
	other := visit(t, few)
	other.pick(other.get("/ui/login?end_others=true"), "admin").wants(t, http.StatusOK)
	if n := len(strings.Split(other.get("/ui/sessions").Text, "aria-label=\"End the session")); n != 5 {
		t.Errorf("the administrator sees %d other sessions, want 4", n-1)
	}
}
