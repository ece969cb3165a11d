package devprovider_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/eosc-perf/backend/adapters/oidc/devprovider"
)

const (
	callback = "http://localhost:31337/some/callback?x=y"
	verifier = "a-code-verifier-of-at-least-forty-three-characters"
)

// browser talks to a provider and stops at redirects that leave it.
type browser struct {
	t      *testing.T
	issuer string
	client *http.Client
}

func start(t *testing.T, prefix string) *browser {
	t.Helper()
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	issuer := server.URL + prefix + "/dev/oidc"
	provider, err := devprovider.New(devprovider.Config{Issuer: issuer, Accounts: []devprovider.Account{
		{Subject: "alice", Name: "Alice <b>", Email: "alice@example.org", EmailVerified: true},
		{Subject: "admin", Name: "Admin", Email: "admin@example.org", Entitlements: []string{"urn:admin"}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	mux.Handle(prefix+"/dev/oidc/", provider)
	return &browser{t: t, issuer: issuer, client: &http.Client{CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if !strings.HasPrefix(r.URL.String(), issuer) {
			return http.ErrUseLastResponse
		}
		return nil
	}}}
}

// send returns the answer and its body.
func (b *browser) send(req *http.Request) (*http.Response, string) {
	b.t.Helper()
	res, err := b.client.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return res, string(body)
}

func (b *browser) get(address string) (*http.Response, string) {
	b.t.Helper()
	req, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.send(req)
}

func (b *browser) post(address string, form url.Values) (*http.Response, string) {
	b.t.Helper()
	req, err := http.NewRequest(http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.send(req)
}

// tokens is what the token endpoint answers.
type tokens struct {
	Access    string `json:"access_token"`
	Refresh   string `json:"refresh_token"`
	ID        string `json:"id_token"`
	ExpiresIn int    `json:"expires_in"`
	Error     string `json:"error"`
}

func (b *browser) exchange(form url.Values) tokens {
	b.t.Helper()
	res, body := b.post(b.issuer+"/oauth/token", form)
	var got tokens
	if err := json.Unmarshal([]byte(body), &got); err != nil {
		b.t.Fatalf("token endpoint answers %s: %s", res.Status, body)
	}
	return got
}

func (b *browser) userinfo(token string) (map[string]any, int) {
	b.t.Helper()
	req, err := http.NewRequest(http.MethodGet, b.issuer+"/userinfo", nil)
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	res, body := b.send(req)
	info := map[string]any{}
	if res.StatusCode == http.StatusOK {
		if err := json.Unmarshal([]byte(body), &info); err != nil {
			b.t.Fatalf("userinfo: %s", body)
		}
	}
	return info, res.StatusCode
}

func authorization(client string) url.Values {
	challenge := sha256.Sum256([]byte(verifier))
	return url.Values{
		"client_id": {client}, "redirect_uri": {callback}, "response_type": {"code"}, "state": {"a state"},
		"scope":          {"openid profile email eduperson_entitlement offline_access"},
		"code_challenge": {base64.RawURLEncoding.EncodeToString(challenge[:])}, "code_challenge_method": {"S256"},
	}
}

var hidden = regexp.MustCompile(`name="id" value="([^"]+)"`)

// login signs in through the page and returns the code.
func (b *browser) login(client, account string) string {
	b.t.Helper()
	res, page := b.get(b.issuer + "/authorize?" + authorization(client).Encode())
	found := hidden.FindStringSubmatch(page)
	if res.StatusCode != http.StatusOK || found == nil || !strings.Contains(page, `value="`+account+`"`) {
		b.t.Fatalf("login page at %s: %s\n%s", res.Request.URL, res.Status, page)
	}
	// The form has no action: browsers send it to the page's own address.
	res, page = b.post(res.Request.URL.String(), url.Values{"id": {html.UnescapeString(found[1])}, "account": {account}})
	to, err := res.Location()
	if err != nil || !strings.HasPrefix(to.String(), "http://localhost:31337/some/callback?") {
		b.t.Fatalf("after the login: %s to %v\n%s", res.Status, to, page)
	}
	if to.Query().Get("state") != "a state" || to.Query().Get("x") != "y" {
		b.t.Fatalf("redirected to %s, want state and the address's own query", to)
	}
	return to.Query().Get("code")
}

func codeForm(client, code string) url.Values {
	return url.Values{
		"grant_type": {"authorization_code"}, "client_id": {client}, "code": {code},
		"redirect_uri": {callback}, "code_verifier": {verifier},
	}
}

func TestCodeFlowWithRefresh(t *testing.T) {
	for _, client := range []string{devprovider.ClientID, devprovider.ClientID + devprovider.OpaqueSuffix} {
		t.Run(client, func(t *testing.T) {
			b := start(t, "/some/prefix")
			code := b.login(client, "admin")
			got := b.exchange(codeForm(client, code))
			if got.Access == "" || got.ID == "" || got.Refresh == "" || got.ExpiresIn < 3590 || got.ExpiresIn > 3600 {
				t.Fatalf("got %+v, want three tokens for an hour", got)
			}
			info, _ := b.userinfo(got.Access)
			if info["sub"] != "admin" || info["email"] != "admin@example.org" || info["email_verified"] != false || info["name"] != "Admin" {
				t.Errorf("userinfo %v, want the admin's", info)
			}
			if again := b.exchange(codeForm(client, code)); again.Error != "invalid_grant" {
				t.Errorf("the code twice: got %+v, want invalid_grant", again)
			}

			renew := url.Values{"grant_type": {"refresh_token"}, "client_id": {client}, "refresh_token": {got.Refresh}, "scope": {"openid"}}
			narrow := b.exchange(renew)
			if info, status := b.userinfo(narrow.Access); status != http.StatusOK || info["email"] != nil {
				t.Errorf("refreshed for fewer scopes: userinfo %d %v, want no email", status, info)
			}
			if again := b.exchange(renew); again.Error != "invalid_grant" {
				t.Errorf("the refresh token twice: got %+v, want invalid_grant", again)
			}
			renew.Set("refresh_token", narrow.Refresh)
			renew.Del("scope")
			if info, status := b.userinfo(b.exchange(renew).Access); status != http.StatusOK || info["email"] != "admin@example.org" {
				t.Errorf("refreshed for all scopes: userinfo %d %v, want the email again", status, info)
			}
		})
	}
}

func TestCodeNeedsItsVerifier(t *testing.T) {
	b := start(t, "")
	for _, wrong := range []string{"", strings.Repeat("x", 50)} {
		form := codeForm(devprovider.ClientID, b.login(devprovider.ClientID, "alice"))
		form.Set("code_verifier", wrong)
		if got := b.exchange(form); got.Error == "" || got.Access != "" {
			t.Errorf("verifier %q: got %+v, want an error", wrong, got)
		}
		form.Set("code_verifier", verifier)
		if got := b.exchange(form); got.Error != "invalid_grant" {
			t.Errorf("the right verifier after a wrong one: got %+v, want invalid_grant", got)
		}
	}
}

func TestAuthorizationIsRefused(t *testing.T) {
	b := start(t, "")
	for _, c := range []struct {
		name, key, value string
		// back is whether the application is told by a redirect.
		back bool
	}{
		{"elsewhere", "redirect_uri", "https://evil.example/callback", false},
		{"elsewhere in disguise", "redirect_uri", "http://localhost:1@evil.example/", false},
		{"elsewhere by name", "redirect_uri", "http://localhost.evil.example/", false},
		{"unknown client", "client_id", "stranger", false},
		{"account as application", "client_id", "alice", false},
		{"no challenge", "code_challenge", "", true},
		{"plain challenge", "code_challenge_method", "plain", true},
		{"nobody is signed in", "prompt", "none", true},
		{"implicit flow", "response_type", "id_token token", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			form := authorization(devprovider.ClientID)
			form.Set(c.key, c.value)
			res, body := b.get(b.issuer + "/authorize?" + form.Encode())
			to := res.Header.Get("Location")
			if c.back != strings.Contains(to, "error=") || !c.back && (to != "" || res.StatusCode != http.StatusBadRequest) {
				t.Errorf("got %s to %q, want an error by redirect: %v\n%s", res.Status, to, c.back, body)
			}
		})
	}
}

func TestAnyLoopbackAddressIsRedirectedTo(t *testing.T) {
	b := start(t, "")
	for _, address := range []string{"http://localhost", "http://127.0.0.1:8080/a/b", "http://[::1]:9/", "https://localhost:3000/#"} {
		form := authorization(devprovider.ClientID)
		form.Set("redirect_uri", address)
		if res, page := b.get(b.issuer + "/authorize?" + form.Encode()); res.StatusCode != http.StatusOK || !hidden.MatchString(page) {
			t.Errorf("%s: got %s, want the login page", address, res.Status)
		}
	}
}

func TestPages(t *testing.T) {
	b := start(t, "/p")
	_, page := b.get(b.issuer + "/authorize?" + authorization(devprovider.ClientID).Encode())
	if !strings.Contains(page, "Alice &lt;b&gt;") || strings.Contains(page, "<script") || strings.Contains(page, "src=") {
		t.Errorf("the login page must escape names and load nothing:\n%s", page)
	}
	id := hidden.FindStringSubmatch(page)[1]
	for _, c := range []struct {
		name string
		form url.Values
		want int
	}{
		{"unknown account", url.Values{"id": {id}, "account": {"mallory"}}, http.StatusBadRequest},
		{"unknown request", url.Values{"id": {"x"}, "account": {"alice"}}, http.StatusBadRequest},
		{"good", url.Values{"id": {id}, "account": {"alice"}}, http.StatusFound},
		{"a second time", url.Values{"id": {id}, "account": {"admin"}}, http.StatusBadRequest},
	} {
		res, body := b.post(b.issuer+"/login", c.form)
		if res.StatusCode != c.want {
			t.Errorf("%s: got %s, want %d\n%s", c.name, res.Status, c.want, body)
		}
		if c.want == http.StatusBadRequest && !strings.Contains(res.Header.Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("%s: no content security policy: %v", c.name, res.Header)
		}
	}
	if res, _ := b.get(b.issuer + "/login?id=x"); res.StatusCode != http.StatusBadRequest {
		t.Errorf("login page of nothing: got %s, want 400", res.Status)
	}
	res, body := b.get(b.issuer + "/end_session")
	if res.StatusCode != http.StatusOK || !strings.Contains(body, "signed out") {
		t.Errorf("end_session: got %s at %s\n%s", res.Status, res.Request.URL, body)
	}
	res, _ = b.get(b.issuer + "/end_session?client_id=perf&post_logout_redirect_uri=" + url.QueryEscape(callback))
	if res.Header.Get("Location") != callback {
		t.Errorf("end_session: redirected to %q, want %q", res.Header.Get("Location"), callback)
	}
}

func TestDeviceGrant(t *testing.T) {
	b := start(t, "/p")
	_, body := b.post(b.issuer+"/device_authorization", url.Values{"client_id": {devprovider.ClientID}, "scope": {"openid email"}})
	var device struct {
		DeviceCode string `json:"device_code"`
		UserCode   string `json:"user_code"`
		Complete   string `json:"verification_uri_complete"`
	}
	if err := json.Unmarshal([]byte(body), &device); err != nil || device.UserCode == "" {
		t.Fatalf("device authorization: %s", body)
	}
	poll := url.Values{
		"grant_type": {"urn:ietf:params:oauth:grant-type:device_code"}, "client_id": {devprovider.ClientID}, "device_code": {device.DeviceCode},
	}
	if got := b.exchange(poll); got.Error != "authorization_pending" {
		t.Fatalf("before anybody allowed it: got %+v", got)
	}
	if res, page := b.get(device.Complete); res.StatusCode != http.StatusOK || !strings.Contains(page, device.UserCode) {
		t.Fatalf("device page: %s\n%s", res.Status, page)
	}
	if res, _ := b.post(
		b.issuer+"/device", url.Values{"user_code": {"WRONG"}, "account": {"alice"}},
	); res.StatusCode != http.StatusBadRequest {
		t.Errorf("a wrong code: got %s, want 400", res.Status)
	}
	sloppy := strings.ToLower(strings.ReplaceAll(device.UserCode, "-", " "))
	if res, page := b.post(b.issuer+"/device", url.Values{"user_code": {sloppy}, "account": {"alice"}}); res.StatusCode != http.StatusOK {
		t.Fatalf("code %q: got %s\n%s", sloppy, res.Status, page)
	}
	got := b.exchange(poll)
	if info, status := b.userinfo(got.Access); info["sub"] != "alice" || info["email"] != "alice@example.org" {
		t.Errorf("userinfo of the device: %d %v, want alice", status, info)
	}
	if again := b.exchange(poll); again.Error == "" {
		t.Errorf("the device code twice: got %+v, want an error", again)
	}
}

// TestPublicClientWithAnEmptySecret: as oidc-agent names it.
func TestPublicClientWithAnEmptySecret(t *testing.T) {
	b := start(t, "")
	ask := func(path, secret string, form url.Values) string {
		t.Helper()
		req, err := http.NewRequest(http.MethodPost, b.issuer+path, strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.SetBasicAuth(devprovider.ClientID, secret)
		_, body := b.send(req)
		return body
	}
	if body := ask("/device_authorization", "wrong", url.Values{"scope": {"openid"}}); !strings.Contains(body, "unauthorized_client") {
		t.Errorf("a wrong secret: %s", body)
	}
	var device struct {
		DeviceCode string `json:"device_code"`
		UserCode   string `json:"user_code"`
	}
	if body := ask(
		"/device_authorization", "", url.Values{"scope": {"openid"}},
	); json.Unmarshal([]byte(body), &device) != nil || device.UserCode == "" {
		t.Fatalf("device authorization: %s", body)
	}
	b.post(b.issuer+"/device", url.Values{"user_code": {device.UserCode}, "account": {"alice"}})
	body := ask(
		"/oauth/token", "",
		url.Values{"grant_type": {"urn:ietf:params:oauth:grant-type:device_code"}, "device_code": {device.DeviceCode}},
	)
	if !strings.Contains(body, `"access_token":"`) {
		t.Errorf("the token: %s", body)
	}
}

func serviceForm(client, secret string) url.Values {
	return url.Values{"grant_type": {"client_credentials"}, "client_id": {client}, "client_secret": {secret}}
}

func TestClientCredentials(t *testing.T) {
	b := start(t, "")
	all := b.exchange(serviceForm("admin", devprovider.ClientSecret))
	info, _ := b.userinfo(all.Access)
	if entitlements, _ := json.Marshal(info["eduperson_entitlement"]); info["sub"] != "admin" || string(entitlements) != `["urn:admin"]` {
		t.Errorf("userinfo %v, want the admin's", info)
	}
	form := serviceForm("admin", devprovider.ClientSecret)
	form.Set("scope", "openid")
	if info, _ := b.userinfo(b.exchange(form).Access); info["sub"] != "admin" || info["email"] != nil {
		t.Errorf("userinfo for the scope openid: %v, want only the sub", info)
	}
	for _, c := range [][2]string{
		{"admin", "wrong"}, {"mallory", devprovider.ClientSecret}, {devprovider.ClientID, devprovider.ClientSecret},
	} {
		if got := b.exchange(serviceForm(c[0], c[1])); got.Error != "invalid_client" {
			t.Errorf("%s with secret %s: got %+v, want invalid_client", c[0], c[1], got)
		}
	}
}

func TestIntrospectionAndRevocation(t *testing.T) {
	b := start(t, "")
	introspect := func(token, secret string) (active any, status int) {
		req, err := http.NewRequest(http.MethodPost, b.issuer+"/oauth/introspect", strings.NewReader(url.Values{"token": {token}}.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.SetBasicAuth(devprovider.ClientID, secret)
		res, body := b.send(req)
		var answer map[string]any
		if res.StatusCode == http.StatusOK {
			if err := json.Unmarshal([]byte(body), &answer); err != nil {
				t.Fatal(body)
			}
			if exp, _ := answer["exp"].(float64); answer["active"] == true && (answer["sub"] != "alice" || int64(exp) <= time.Now().Unix()) {
				t.Errorf("introspection %s, want alice and a time to come", body)
			}
		}
		return answer["active"], res.StatusCode
	}
	for _, client := range []string{"alice", "alice-opaque"} {
		token := b.exchange(serviceForm(client, devprovider.ClientSecret)).Access
		if active, _ := introspect(token, devprovider.ClientSecret); active != true {
			t.Errorf("%s: active %v, want true", client, active)
		}
		if _, status := introspect(token, "wrong"); status != http.StatusUnauthorized {
			t.Errorf("%s: a wrong secret gets %d, want 401", client, status)
		}
		form := url.Values{"token": {token}, "client_id": {"admin"}, "client_secret": {devprovider.ClientSecret}}
		if res, _ := b.post(b.issuer+"/revoke", form); res.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s: revoked by another client: %s, want 401", client, res.Status)
		}
		form.Set("client_id", client)
		if res, body := b.post(b.issuer+"/revoke", form); res.StatusCode != http.StatusOK {
			t.Errorf("%s: revoke: %s %s", client, res.Status, body)
		}
		if active, _ := introspect(token, devprovider.ClientSecret); active != false {
			t.Errorf("%s: active %v after revocation, want false", client, active)
		}
		if _, status := b.userinfo(token); status != http.StatusForbidden {
			t.Errorf("%s: userinfo %d after revocation, want 403", client, status)
		}
	}
}

func TestScriptPrintsATokenOrSaysWhyNot(t *testing.T) {
	b := start(t, "/prefix")
	server := strings.TrimSuffix(b.issuer, "/dev/oidc")
	for _, c := range []struct {
		name   string
		args   []string
		dots   int
		status int
		says   string
	}{
		{"a JWT", []string{"alice", server}, 2, 0, ""},
		{"a slash at the end", []string{"alice", server + "/"}, 2, 0, ""},
		{"opaque", []string{"--opaque", "alice", server}, 4, 0, ""},
		{"unknown account", []string{"mallory", server}, 0, 1, `no development account "mallory"`},
		{"not mounted", []string{"alice", server + "/elsewhere"}, 0, 1, "no development provider"},
		{"no server", []string{"alice", "http://127.0.0.1:1"}, 0, 1, "no answer from http://127.0.0.1:1"},
		{"no name", nil, 0, 2, "Usage:"},
		{"unknown option", []string{"--wrong", "alice"}, 0, 2, "Usage:"},
		{"too many arguments", []string{"a", "b", "c"}, 0, 2, "Usage:"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out, complaint bytes.Buffer
			command := exec.Command("../../../scripts/dev-token", c.args...) //nolint:gosec // our own script
			command.Stdout, command.Stderr = &out, &complaint
			_ = command.Run()
			if got := command.ProcessState.ExitCode(); got != c.status || !strings.Contains(complaint.String(), c.says) {
				t.Fatalf("exit status %d, want %d; says %q, want %q", got, c.status, complaint.String(), c.says)
			}
			if c.status != 0 {
				if out.Len() > 0 {
					t.Errorf("printed %q, want nothing", out.String())
				}
				return
			}
			token, end := strings.CutSuffix(out.String(), "\n")
			if info, status := b.userinfo(token); !end || info["sub"] != "alice" || strings.Count(token, ".") != c.dots {
				t.Errorf("printed %q, which is %d %v, want a token of alice with %d dots", out.String(), status, info, c.dots)
			}
		})
	}
}
