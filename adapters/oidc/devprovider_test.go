package oidc_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/eosc-perf/backend/adapters/oidc"
	"github.com/eosc-perf/backend/adapters/oidc/devprovider"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// startDev mounts the development provider as the server does, and returns its
// issuer and how many requests it got.
func startDev(t testing.TB) (issuer string, requests *atomic.Int64) {
	t.Helper()
	mux := http.NewServeMux()
	requests = new(atomic.Int64)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	provider, err := devprovider.New(devprovider.Config{
		Issuer: server.URL + "/dev/oidc",
		Accounts: []devprovider.Account{
			{Subject: "alice", Name: "Alice", Email: "alice@example.org", EmailVerified: true},
			{Subject: "admin", Name: "Admin", Email: "admin@example.org", Entitlements: []string{"urn:a", "urn:b"}},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	mux.Handle("/dev/oidc/", provider)
	return server.URL + "/dev/oidc", requests
}

func devToken(t testing.TB, issuer, client string) string {
	t.Helper()
	res, err := http.PostForm(issuer+"/oauth/token", url.Values{
		"grant_type": {"client_credentials"}, "client_id": {client}, "client_secret": {devprovider.ClientSecret},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var answer struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil || answer.AccessToken == "" {
		t.Fatalf("client credentials of %q: status %s, %v", client, res.Status, err)
	}
	return answer.AccessToken
}

func TestDevelopmentProvidersTokensAreAccepted(t *testing.T) {
	issuer, _ := startDev(t)
	plain := oidc.Config{Issuers: []string{"http://127.0.0.1:1/dead", issuer + "/"}}
	introspecting := plain
	introspecting.ClientID, introspecting.ClientSecret = devprovider.ClientID, devprovider.ClientSecret
	strange := plain
	strange.ClientID, strange.ClientSecret = "stranger", "wrong"
	want := map[string]string{
		"alice": "alice@" + issuer + ` email="alice@example.org",true verified=true entitlements=[]`,
		"admin": "admin@" + issuer + ` email="admin@example.org",true verified=false entitlements=["urn:a" "urn:b"]`,
	}
	for name, config := range map[string]oidc.Config{"userinfo": plain, "introspection": introspecting, "unknown client": strange} {
		for account, identity := range want {
			for _, suffix := range []string{"", devprovider.OpaqueSuffix} {
				t.Run(name+" "+account+suffix, func(t *testing.T) {
					token := devToken(t, issuer, account+suffix)
					if isJWT := strings.Count(token, ".") == 2; isJWT == (suffix != "") {
						t.Fatalf("token of %s%s has %d dots", account, suffix, strings.Count(token, "."))
					}
					if got := describe(verify(t, newVerifier(t, config), token, 0)); got != identity {
						t.Errorf("got  %s\nwant %s", got, identity)
					}
				})
			}
		}
	}
}

func TestDevelopmentProvidersTamperedAndRevokedTokensAreRefused(t *testing.T) {
	issuer, _ := startDev(t)
	token := devToken(t, issuer, "alice")
	verify(t, trusting(t, issuer), token[:len(token)-4]+"AAAA", domain.Unauthenticated)
	verify(t, trusting(t, issuer), "nonsense", domain.Unauthenticated)
	verify(t, trusting(t, issuer), token, 0)

	res, err := http.PostForm(
		issuer+"/revoke",
		url.Values{"token": {token}, "client_id": {"alice"}, "client_secret": {devprovider.ClientSecret}},
	)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("revoke: %v, %v", res, err)
	}
	_ = res.Body.Close()
	verify(t, trusting(t, issuer), token, domain.Unauthenticated)
}

func TestRememberedVerdictAsksNobody(t *testing.T) {
	issuer, requests := startDev(t)
	v := trusting(t, issuer)
	token := devToken(t, issuer, "alice")
	verify(t, v, token, 0)
	before := requests.Load()
	for range 1000 {
		verify(t, v, token, 0)
	}
	if n := requests.Load() - before; n != 0 {
		t.Errorf("1000 verifications of a known token made %d requests, want 0", n)
	}
}

func BenchmarkRememberedVerdict(b *testing.B) {
	issuer, _ := startDev(b)
	v := trusting(b, issuer)
	token := devToken(b, issuer, "admin")
	ctx := context.Background()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := v.Verify(ctx, ports.BearerToken{Text: token}); err != nil {
			b.Fatal(err)
		}
	}
}
