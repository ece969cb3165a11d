package relyingparty_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/eosc-perf/backend/adapters/oidc/relyingparty"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// fake is a provider that says what the test wants.
type fake struct {
	t   *testing.T
	url string
	key *ecdsa.PrivateKey
	// description and claims are changes of what is right; nil removes.
	description, claims, answer map[string]any
	status                      int
	signer                      *ecdsa.PrivateKey
	// form and header are what the token endpoint got last.
	form   url.Values
	header http.Header
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func start(t *testing.T) *fake {
	t.Helper()
	f := &fake{t: t, key: newKey(t), status: http.StatusOK}
	f.signer = f.key
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	f.url = server.URL
	return f
}

// An issuer with TLS whose description names an endpoint without is not used: secrets would go there
// in the clear.
func TestEndpointsOfIssuersWithTLSHaveTLS(t *testing.T) {
	for _, endpoint := range []string{"", "token_endpoint", "authorization_endpoint"} {
		f := &fake{t: t, key: newKey(t), status: http.StatusOK}
		f.signer = f.key
		server := httptest.NewTLSServer(f)
		t.Cleanup(server.Close)
		f.url = server.URL
		if endpoint != "" {
			f.description = map[string]any{endpoint: "http" + strings.TrimPrefix(f.url, "https") + "/x"}
		}
		client, err := relyingparty.New(relyingparty.Config{Issuer: f.url, ClientID: "us", HTTPClient: server.Client()})
		if err != nil {
			t.Fatal(err)
		}
		_, err = client.Begin(t.Context(), login)
		if away := domain.KindOf(err) == domain.Unavailable; away != (endpoint != "") || !away && err != nil {
			t.Errorf("without TLS is %q: %v", endpoint, err)
		}
	}
}

func changed(right, changes map[string]any) map[string]any {
	right = maps.Clone(right)
	for name, value := range changes {
		if right[name] = value; value == nil {
			delete(right, name)
		}
	}
	return right
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var answer any
	switch r.URL.Path {
	case "/.well-known/openid-configuration":
		answer = changed(map[string]any{
			"issuer": f.url, "authorization_endpoint": f.url + "/authorize", "token_endpoint": f.url + "/token", "jwks_uri": f.url + "/keys",
			"userinfo_endpoint": f.url + "/userinfo", "end_session_endpoint": f.url + "/end",
			"scopes_supported": []string{"openid", "email", "offline_access", "other"},
		}, f.description)
	case "/keys":
		answer = jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: f.key.Public(), KeyID: "k", Algorithm: "ES256", Use: "sig"}}}
	case "/token":
		if err := r.ParseForm(); err != nil {
			f.t.Error(err)
		}
		f.form, f.header = r.PostForm, r.Header
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(f.status)
		if f.status >= http.StatusInternalServerError {
			return
		}
		if f.status != http.StatusOK {
			answer = map[string]any{"error": "invalid_grant"}
			break
		}
		answer = changed(map[string]any{
			"access_token": "access", "token_type": "Bearer", "expires_in": 3600, "refresh_token": "refresh", "id_token": f.idToken(),
		}, f.answer)
	default:
		http.NotFound(w, r)
		return
	}
	if err := json.NewEncoder(w).Encode(answer); err != nil {
		f.t.Error(err)
	}
}

func (f *fake) idToken() string {
	now := time.Now().Unix()
	claims, err := json.Marshal(changed(map[string]any{
		"iss": f.url, "sub": "ada", "aud": "us", "exp": now + 60, "iat": now, "nonce": "nonce",
	}, f.claims))
	if err != nil {
		f.t.Fatal(err)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: f.signer, KeyID: "k"}}, nil)
	if err != nil {
		f.t.Fatal(err)
	}
	signed, err := signer.Sign(claims)
	if err != nil {
		f.t.Fatal(err)
	}
	token, err := signed.CompactSerialize()
	if err != nil {
		f.t.Fatal(err)
	}
	return token
}

// symmetric is an ID token that HS256 signs with the secret.
func (f *fake) symmetric(secret []byte) string {
	now := time.Now().Unix()
	claims, err := json.Marshal(map[string]any{"iss": f.url, "sub": "ada", "aud": "us", "exp": now + 60, "iat": now, "nonce": "nonce"})
	if err != nil {
		f.t.Fatal(err)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.HS256, Key: jose.JSONWebKey{Key: secret, KeyID: "k"}}, nil)
	if err != nil {
		f.t.Fatal(err)
	}
	signed, err := signer.Sign(claims)
	if err != nil {
		f.t.Fatal(err)
	}
	token, err := signed.CompactSerialize()
	if err != nil {
		f.t.Fatal(err)
	}
	return token
}

// publicText is the public key as its owner publishes it.
func publicText(t testing.TB, key *ecdsa.PrivateKey) []byte {
	t.Helper()
	text, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: text})
}

func (f *fake) client(secret string) *relyingparty.Provider {
	f.t.Helper()
	client, err := relyingparty.New(relyingparty.Config{Issuer: f.url + "/", ClientID: "us", ClientSecret: secret})
	if err != nil {
		f.t.Fatal(err)
	}
	return client
}

var login = ports.Login{RedirectURI: "https://us.example.org/callback", State: "state", Nonce: "nonce", Verifier: strings.Repeat("v", 43)}

func TestLoginBeginsWithPKCEStateAndNonce(t *testing.T) {
	f := start(t)
	address, err := f.client("").Begin(t.Context(), login)
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"response_type": "code", "client_id": "us", "redirect_uri": login.RedirectURI, "state": "state", "nonce": "nonce",
		"scope": "openid email offline_access", "code_challenge_method": "S256",
	} {
		if got := u.Query().Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if u.Query().Get("code_challenge") == login.Verifier || strings.Contains(address, login.Verifier) {
		t.Errorf("%s shows the verifier", address)
	}
}

func TestTokensAreCheckedAfterALogin(t *testing.T) {
	const refused, away = domain.Unauthenticated, domain.Unavailable
	for _, c := range []struct {
		name   string
		change func(f *fake)
		want   domain.Kind
	}{
		{"all is right", func(*fake) {}, 0},
		{"a clock that is ahead", func(f *fake) { f.claims = map[string]any{"iat": time.Now().Add(50 * time.Second).Unix()} }, 0},
		{"another nonce", func(f *fake) { f.claims = map[string]any{"nonce": "other"} }, refused},
		{"no nonce", func(f *fake) { f.claims = map[string]any{"nonce": nil} }, refused},
		{"another audience", func(f *fake) { f.claims = map[string]any{"aud": "them"} }, refused},
		{"another issuer", func(f *fake) { f.claims = map[string]any{"iss": "https://evil.example"} }, refused},
		{"another party", func(f *fake) { f.claims = map[string]any{"azp": "them"} }, refused},
		{"no subject", func(f *fake) { f.claims = map[string]any{"sub": nil} }, refused},
		{"an ID token that is over", func(f *fake) { f.claims = map[string]any{"exp": time.Now().Add(-2 * time.Minute).Unix()} }, refused},
		{"an ID token of tomorrow", func(f *fake) { f.claims = map[string]any{"iat": time.Now().Add(time.Hour).Unix()} }, refused},
		{"an access token of another", func(f *fake) { f.claims = map[string]any{"at_hash": "AAAA"} }, refused},
		{"another key", func(f *fake) { f.signer = newKey(f.t) }, refused},
		{"no ID token", func(f *fake) { f.answer = map[string]any{"id_token": nil} }, refused},
		{"an ID token without a signature", func(f *fake) {
			f.answer = map[string]any{"id_token": "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEifQ."}
		}, refused},
		{"an ID token signed with the public key as a secret", func(f *fake) {
			f.answer = map[string]any{"id_token": f.symmetric(publicText(f.t, f.key))}
		}, refused},
		{"an ID token signed with the secret of the client", func(f *fake) {
			f.answer = map[string]any{"id_token": f.symmetric([]byte(strings.Repeat("s", 32)))}
		}, refused},
		{"a refused code", func(f *fake) { f.status = http.StatusBadRequest }, refused},
		{"a provider that fails", func(f *fake) { f.status = http.StatusInternalServerError }, away},
		{"a description of another issuer", func(f *fake) { f.description = map[string]any{"issuer": "https://evil.example"} }, away},
		{"no token endpoint", func(f *fake) { f.description = map[string]any{"token_endpoint": nil} }, away},
		{"a token endpoint that is no address", func(f *fake) { f.description = map[string]any{"token_endpoint": "/token"} }, away},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := start(t)
			c.change(f)
			got, err := f.client("s").Finish(t.Context(), login, ports.LoginAnswer{Code: "code"})
			if domain.KindOf(err) != c.want || (err == nil) != (c.want == 0) {
				t.Fatalf("got %v, want kind %d", err, c.want)
			}
			if c.want != 0 {
				return
			}
			if got.Subject != "ada" || got.Access != "access" || got.Refresh != "refresh" || time.Until(got.AccessExpires) < 50*time.Minute {
				t.Errorf("got %+v", got)
			}
			if f.form.Get("code_verifier") != login.Verifier || f.form.Get("redirect_uri") != login.RedirectURI {
				t.Errorf("the provider got %v", f.form)
			}
		})
	}
}

// A provider that says that its answers name it must name itself; the answer of another provider is
// refused in any case (RFC 9207).
func TestAnswersOfOtherProvidersAreRefused(t *testing.T) {
	for _, c := range []struct {
		name    string
		says    any
		issuer  func(f *fake) string
		refused bool
	}{
		{"the provider names itself", true, func(f *fake) string { return f.url }, false},
		{"the name is missing", true, func(*fake) string { return "" }, true},
		{"another provider", true, func(*fake) string { return "https://evil.example" }, true},
		{"another provider, unannounced", nil, func(*fake) string { return "https://evil.example" }, true},
		{"another spelling", true, func(f *fake) string { return f.url + "/" }, true},
		{"no name, unannounced", nil, func(*fake) string { return "" }, false},
		{"named unannounced", false, func(f *fake) string { return f.url }, false},
	} {
		f := start(t)
		f.description = map[string]any{"authorization_response_iss_parameter_supported": c.says}
		_, err := f.client("s").Finish(t.Context(), login, ports.LoginAnswer{Code: "code", Issuer: c.issuer(f)})
		if refused := domain.KindOf(err) == domain.Unauthenticated; refused != c.refused || !refused && err != nil {
			t.Errorf("%s: %v, refused is to be %t", c.name, err, c.refused)
		}
		if c.refused && f.form != nil {
			t.Errorf("%s: the provider got the code", c.name)
		}
	}
}

func TestClientsShowTheirSecretAsTheProviderWants(t *testing.T) {
	for _, c := range []struct {
		name, secret string
		methods      any
		header       bool
		form         string
	}{
		{"by default", "s:/?", nil, true, ""},
		{"in the form", "s:/?", []string{"client_secret_post"}, false, "s:/?"},
		{"a public client", "", nil, false, ""},
	} {
		f := start(t)
		f.description = map[string]any{"token_endpoint_auth_methods_supported": c.methods}
		if _, err := f.client(c.secret).Finish(t.Context(), login, ports.LoginAnswer{Code: "code"}); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if got := f.header.Get("Authorization") != ""; got != c.header || f.form.Get("client_secret") != c.form {
			t.Errorf("%s: header %t, form %v", c.name, got, f.form)
		}
		if !c.header && f.form.Get("client_id") != "us" {
			t.Errorf("%s: the form lacks the client: %v", c.name, f.form)
		}
	}
}

func TestTokensAreRenewed(t *testing.T) {
	old := ports.LoginTokens{Access: "old", Refresh: "old refresh", ID: "old ID", Subject: "ada"}
	for _, c := range []struct {
		name   string
		change func(f *fake)
		want   domain.Kind
		tokens ports.LoginTokens
	}{
		{
			"all", func(f *fake) { f.claims = map[string]any{"nonce": nil} }, 0,
			ports.LoginTokens{Access: "access", Refresh: "refresh", Subject: "ada"},
		},
		{
			"no new refresh token and no ID token", func(f *fake) { f.answer = map[string]any{"refresh_token": nil, "id_token": nil} }, 0,
			ports.LoginTokens{Access: "access", Refresh: "old refresh", ID: "old ID", Subject: "ada"},
		},
		{"of another person", func(f *fake) { f.claims = map[string]any{"sub": "eve"} }, domain.Unauthenticated, old},
		{"refused", func(f *fake) { f.status = http.StatusBadRequest }, domain.Unauthenticated, old},
		{"away", func(f *fake) { f.status = http.StatusServiceUnavailable }, domain.Unavailable, old},
	} {
		f := start(t)
		c.change(f)
		got, err := f.client("s").Renew(t.Context(), old)
		if domain.KindOf(err) != c.want {
			t.Errorf("%s: %v, want kind %d", c.name, err, c.want)
		}
		got.AccessExpires = time.Time{}
		if c.tokens.ID == "" {
			got.ID = ""
		}
		if got != c.tokens {
			t.Errorf("%s: got %+v, want %+v", c.name, got, c.tokens)
		}
	}
}

func TestProvidersEndSessionsOrNot(t *testing.T) {
	f := start(t)
	address, err := f.client("").EndSession(t.Context(), ports.LoginTokens{ID: "id"}, "https://us.example.org/ui/logout")
	want := f.url + "/end?client_id=us&id_token_hint=id&post_logout_redirect_uri=https%3A%2F%2Fus.example.org%2Fui%2Flogout"
	if err != nil || address != want {
		t.Errorf("got %q, %v", address, err)
	}
	without := start(t)
	without.description = map[string]any{"end_session_endpoint": nil}
	if address, err := without.client("").EndSession(t.Context(), ports.LoginTokens{}, ""); err != nil || address != "" {
		t.Errorf("got %q, %v, want none", address, err)
	}
}

// A description that is too old is used while the provider does not answer with a newer one.
func TestLoginsDoNotWaitForANewerDescription(t *testing.T) {
	f := start(t)
	var ahead atomic.Int64
	over := make(chan struct{})
	client, err := relyingparty.New(relyingparty.Config{
		Issuer: f.url, ClientID: "us", Now: func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) },
		HTTPClient: &http.Client{Transport: held{over, &ahead}},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { close(over) })
	for _, later := range []time.Duration{0, 2 * time.Hour, 2*time.Hour + 2*time.Second} {
		ahead.Store(int64(later))
		begun := make(chan error, 1)
		go func() {
			_, err := client.Begin(context.WithoutCancel(t.Context()), login)
			begun <- err
		}()
		select {
		case err := <-begun:
			if err != nil {
				t.Errorf("after %s: %v", later, err)
			}
		case <-time.After(2 * time.Second):
			t.Fatalf("after %s a login waits for the provider", later)
		}
	}
}

// held answers nothing once the clock is put forward, until the test is over.
type held struct {
	over  chan struct{}
	ahead *atomic.Int64
}

func (h held) RoundTrip(r *http.Request) (*http.Response, error) {
	if h.ahead.Load() > 0 {
		<-h.over
	}
	return http.DefaultTransport.RoundTrip(r)
}

// Strangers with many addresses can begin logins and invent codes. The provider is asked about some.
func TestInventedCodesHaveABudget(t *testing.T) {
	f := start(t)
	f.status = http.StatusBadRequest
	var ahead atomic.Int64
	start := time.Now()
	client, err := relyingparty.New(relyingparty.Config{
		Issuer: f.url, ClientID: "us", Now: func() time.Time { return start.Add(time.Duration(ahead.Load())) },
	})
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[domain.Kind]int{}
	finish := func() error {
		_, err := client.Finish(t.Context(), login, ports.LoginAnswer{Code: "invented"})
		kinds[domain.KindOf(err)]++
		return err
	}
	for range 150 {
		_ = finish()
	}
	if kinds[domain.Unauthenticated] != 100 || kinds[domain.Limited] != 50 {
		t.Errorf("150 codes: %v, want 100 refused and 50 limited", kinds)
	}
	if limited, ok := errors.AsType[*domain.Error](finish()); !ok || limited.RetryAfter <= 0 {
		t.Errorf("got %v, want when to come again", limited)
	}
	ahead.Store(int64(time.Second))
	f.status = http.StatusOK
	if err := finish(); err != nil {
		t.Errorf("a second later: %v", err)
	}
}

func TestProviderIsUsedWhenItIsBack(t *testing.T) {
	f := start(t)
	f.description = map[string]any{"issuer": "https://evil.example"}
	client := f.client("")
	if _, err := client.Begin(t.Context(), login); domain.KindOf(err) != domain.Unavailable {
		t.Fatalf("got %v, want Unavailable", err)
	}
	f.description = nil
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		if _, err := client.Begin(t.Context(), login); err == nil {
			return
		}
		if time.Now().After(end) {
			t.Fatal("the provider is not used again")
		}
	}
}
