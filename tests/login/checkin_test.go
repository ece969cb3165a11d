package login_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/eosc-perf/backend/tests/harness"
	"github.com/eosc-perf/backend/tests/process"
)

// issuedTokens are the last access tokens of a person: what the provider gave, and one that is not a JWT.
type issuedTokens struct{ JWT, Opaque string }

// tokens are the last access tokens of each person, by subject.
func (p *otherProvider) tokens() (issued map[string]issuedTokens) {
	p.t.Helper()
	res, err := http.Get(p.control + "/tokens")
	if err != nil {
		p.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if err := json.NewDecoder(res.Body).Decode(&issued); err != nil {
		p.t.Fatal(err)
	}
	return issued
}

// EGI Check-in is the provider of most people. Its shape differs from that of other providers in the tests:
// see provider/checkin.js. A browser logs in there, and its tokens are good for the API.
func TestLoginAndTokensOfEGICheckIn(t *testing.T) {
	port := process.FreePort(t)
	public := "http://127.0.0.1:" + port
	provider := startProvider(t, public, "check-in")
	provider.issuer += "/auth/realms/egi"
	s := harness.Start(t, harness.SQLite(t).With(harness.Settings{
		"LISTEN_ADDRESS": "127.0.0.1:" + port, "PUBLIC_URL": public, "SECRET_KEY": key, "TRUSTED_OP_LIST": provider.issuer,
		"ADMIN_ENTITLEMENTS": "urn:mace:egi.eu:group:perf.egi.eu:admins", "AUTH_CACHE_TTL": "1ms",
	}).With(confidential))

	t.Run("people log in, register, stay and leave", func(t *testing.T) {
		v := visit(t, s)
		v.logInAt("cora@egi.eu", "/ui/sessions").wants(t, http.StatusOK, "cora@example.org", provider.issuer, "Not now")
		v.post("/ui/register", url.Values{"return_to": {"/ui/"}}).wants(t, http.StatusOK, "Cora of Check-in")
		if p := v.get("/ui/"); strings.Contains(p.Text, "Review (") {
			t.Error("a member of another group's admins is an administrator")
		}
		if t.Failed() {
			return
		}
		before := provider.set(nil)
		process.Eventually(t, "the token is renewed", func() bool {
			v.get("/ui/sessions").wants(t, http.StatusOK, "this browser")
			return provider.set(nil)["refreshes"] > before["refreshes"]
		})
		v.get("/ui/sessions").wants(t, http.StatusOK, "this browser")
		v.post("/ui/logout", nil).wants(t, http.StatusOK, provider.issuer+"/protocol/openid-connect/logout?")

		root := visit(t, s)
		root.logInAt("root@egi.eu", "/ui/")
		root.post("/ui/register", url.Values{"return_to": {"/ui/"}}).wants(t, http.StatusOK, "Review (")
	})
	t.Run("tokens are good for the API", func(t *testing.T) {
		visit(t, s).logInAt("dora@egi.eu", "/ui/")
		issued := provider.tokens()
		wantCheckInToken(t, issued["dora@egi.eu"].JWT, provider.issuer)
		do := func(method, path, token string) harness.Answer {
			return s.Do(harness.Call{Method: method, Path: path, As: "raw:Bearer " + token})
		}
		dora := do("POST", "/users:register", issued["dora@egi.eu"].JWT).Want(t, http.StatusCreated).Object(t)
		if dora["sub"] != "dora@egi.eu" || dora["iss"] != provider.issuer || dora["email"] != "dora@example.org" {
			t.Errorf("registered as %v", dora)
		}
		for _, token := range []string{issued["dora@egi.eu"].JWT, issued["dora@egi.eu"].Opaque} {
			do("GET", "/users/self", token).Want(t, http.StatusOK)
			do("GET", "/users/self:try_admin", token).Want(t, http.StatusForbidden)
		}
		for _, token := range []string{issued["root@egi.eu"].JWT, issued["root@egi.eu"].Opaque} {
			do("GET", "/users/self:try_admin", token).Want(t, http.StatusNoContent)
		}
	})
}

// wantCheckInToken fails the test unless the access token has the shape of those of EGI Check-in.
func wantCheckInToken(t *testing.T, token, issuer string) {
	t.Helper()
	var claims map[string]any
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		t.Fatalf("%q is no JWT", token)
	}
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err == nil {
		err = json.Unmarshal(text, &claims)
	}
	scope, _ := claims["scope"].(string)
	if err != nil || claims["iss"] != issuer || claims["typ"] != "Bearer" || claims["azp"] != "perf" ||
		!strings.Contains(scope, "offline_access") {
		t.Errorf("the access token is %s, %v", text, err)
	}
	for _, absent := range []string{"aud", "email", "eduperson_entitlement"} {
		if claims[absent] != nil {
			t.Errorf("the access token has %s: %s", absent, text)
		}
	}
}
