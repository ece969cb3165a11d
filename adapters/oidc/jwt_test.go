package oidc_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/eosc-perf/backend/adapters/oidc"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

func TestJWTIsAcceptedOrRefusedByItsClaims(t *testing.T) {
	now := time.Now()
	for _, c := range []struct {
		name     string
		token    object
		userinfo object
		want     domain.Kind
	}{
		{"good", nil, nil, 0},
		{"without exp", object{"exp": nil}, nil, domain.Unauthenticated},
		{"expired", object{"exp": now.Add(-61 * time.Second).Unix()}, nil, domain.Unauthenticated},
		{"expired by a clock that is ahead", object{"exp": now.Add(-50 * time.Second).Unix()}, nil, 0},
		{"exp of zero", object{"exp": 0}, nil, domain.Unauthenticated},
		{"exp that is no time", object{"exp": true}, nil, domain.Unauthenticated},
		{"valid since a while", object{"nbf": now.Add(-time.Minute).Unix()}, nil, 0},
		{"not valid yet by a clock that is behind", object{"nbf": now.Add(50 * time.Second).Unix()}, nil, 0},
		{"not valid yet", object{"nbf": now.Add(2 * time.Minute).Unix()}, nil, domain.Unauthenticated},
		{"without sub", object{"sub": nil}, nil, domain.Unauthenticated},
		{"userinfo of another", nil, object{"sub": "bob"}, domain.Unauthenticated},
		{"userinfo without sub", nil, object{"sub": nil}, domain.Unauthenticated},
		{"neither has a sub", object{"sub": nil}, object{"sub": nil}, domain.Unauthenticated},
		{"userinfo with a sub that is no text", nil, object{"sub": 7}, domain.Unauthenticated},
		{"userinfo of another issuer", nil, object{"iss": "https://elsewhere.example"}, domain.Unauthenticated},
		{"userinfo with an issuer that is no text", nil, object{"iss": 7}, domain.Unauthenticated},
		{"several audiences", object{"aud": []string{"a", "b"}}, nil, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFake(t)
			f.on("/userinfo", answer(object{"sub": "ann"}.with(c.userinfo)))
			verify(t, trusting(t, f.url), f.token(t, c.token), c.want)
		})
	}
}

func TestIdentityComesFromUserinfoAndForTheRestFromTheToken(t *testing.T) {
	mail := object{"email": "ann@example.org"}
	for _, c := range []struct {
		name     string
		token    object
		userinfo object
		want     string
	}{
		{"nothing told", nil, nil, `email="",false verified=untold entitlements=[]`},
		{"userinfo tells all", object{"email": "old@example.org", "email_verified": true, "eduperson_entitlement": "old"},
			object{"email": "ann@example.org", "email_verified": false, "eduperson_entitlement": []string{"a", "b"}},
			`email="ann@example.org",true verified=false entitlements=["a" "b"]`},
		{"token tells all", object{"email": "ann@example.org", "email_verified": true, "eduperson_entitlement": []string{"a"}}, nil,
			`email="ann@example.org",true verified=true entitlements=["a"]`},
		{"userinfo has an empty list", object{"eduperson_entitlement": []string{"a"}}, object{"eduperson_entitlement": []string{}},
			`email="",false verified=untold entitlements=[]`},
		{"entitlement as text", nil, object{"eduperson_entitlement": "a b"}, `email="",false verified=untold entitlements=["a b"]`},
		{"entitlements of mixed kinds", nil, object{"eduperson_entitlement": []any{1, "a", nil, object{}, "b"}},
			`email="",false verified=untold entitlements=["a" "b"]`},
		{"verified as text", nil, mail.with(object{"email_verified": "true"}), `email="ann@example.org",true verified=true entitlements=[]`},
		{
			"verified as capital text", nil, mail.with(object{"email_verified": "True"}),
			`email="ann@example.org",true verified=true entitlements=[]`,
		},
		{"unverified as text", nil, mail.with(object{"email_verified": "false"}), `email="ann@example.org",true verified=false entitlements=[]`},
		{
			"verified as nonsense", nil, mail.with(object{"email_verified": "perhaps"}),
			`email="ann@example.org",true verified=untold entitlements=[]`,
		},
		{"the token's verification is of another address", object{"email": "old@example.org", "email_verified": true}, mail,
			`email="ann@example.org",true verified=untold entitlements=[]`},
		{
			"the token's verification names no address", object{"email_verified": true}, mail,
			`email="ann@example.org",true verified=true entitlements=[]`,
		},
		{
			"names in capitals are other names", nil, object{"EMAIL": "evil@example.org", "SUB": "bob"},
			`email="",false verified=untold entitlements=[]`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFake(t)
			f.on("/userinfo", answer(object{"sub": "ann"}.with(c.userinfo)))
			got := describe(verify(t, trusting(t, f.url), f.token(t, c.token), 0))
			if want := "ann@" + f.url + " " + c.want; got != want {
				t.Errorf("token %v, userinfo %v:\n got %s\nwant %s", c.token, c.userinfo, got, want)
			}
		})
	}
}

func TestIssuersDifferByAFinalSlashAndKeepIt(t *testing.T) {
	for _, c := range []struct{ name, trusted, discovered, token, userinfo, want string }{
		{"none has one", "", "", "", "none", ""},
		{"only the list", "/", "", "", "none", ""},
		{"only discovery", "", "/", "", "none", "/"},
		{"only the token", "", "", "/", "none", ""},
		{"userinfo has its own", "", "", "", "/", "/"},
		{"userinfo leaves discovery's out", "/", "/", "/", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFake(t)
			f.discovery["issuer"] = f.url + c.discovered
			info := object{"sub": "ann"}
			if c.userinfo != "none" {
				info["iss"] = f.url + c.userinfo
			}
			f.on("/userinfo", answer(info))
			id := verify(t, trusting(t, f.url+c.trusted), f.token(t, object{"iss": f.url + c.token}), 0)
			if id.Issuer != f.url+c.want {
				t.Errorf("got issuer %q, want %q", id.Issuer, f.url+c.want)
			}
		})
	}
}

func TestStrangersCostNoRequest(t *testing.T) {
	f := newFake(t)
	for _, c := range []struct{ name, token string }{
		{"another issuer", f.token(t, object{"iss": "https://evil.example"})},
		{"an issuer below ours", f.token(t, object{"iss": f.url + "/x"})},
		{"no issuer", f.token(t, object{"iss": nil})},
		{"issuer is no text", f.token(t, object{"iss": []string{f.url}})},
		{"payload is no JSON", base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"ES256"}`)) + ".AAAA.AAAA"},
		{"payload is null", base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"ES256"}`)) + ".bnVsbA.AAAA"},
		{"too long", strings.Repeat("a", 48<<10+1)},
		{"empty", ""},
		{"only the padding", "=="},
		{"white space", "a b"},
		{"a line end", "a\r\nX: y"},
		{"not ASCII", "t\xc3\xb6ken"},
		{"padding inside", "a=b"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := trusting(t, f.url).Verify(t.Context(), ports.BearerToken{Text: c.token})
			wantKind(t, err, domain.Unauthenticated)
			if e, ok := errors.AsType[*domain.Error](err); !ok || !e.BadToken {
				t.Errorf("got %#v, want a bad token", err)
			}
			if c.token != "" && len(c.token) > 3 && strings.Contains(err.Error(), c.token) {
				t.Errorf("the error quotes the token: %v", err)
			}
		})
	}
	if n := f.total(); n != 0 {
		t.Errorf("the provider was asked %d times, want 0", n)
	}
}

func TestSignatureMustBeTheProviders(t *testing.T) {
	f := newFake(t)
	good := f.token(t, nil)
	parts := strings.Split(good, ".")
	foreign, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	none := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`))
	for _, c := range []struct{ name, token string }{
		{"another payload", parts[0] + "." + strings.Split(f.token(t, object{"sub": "bob"}), ".")[1] + "." + parts[2]},
		{"no signature", parts[0] + "." + parts[1] + "."},
		{"alg none", none + "." + parts[1] + "."},
		{"alg none with a signature", none + "." + parts[1] + "." + parts[2]},
		{"HS256", sign(t, jose.HS256, []byte(strings.Repeat("k", 32)), f.claims())},
		{"a foreign key", sign(t, jose.ES256, foreign, f.claims())},
		{"a foreign key by our name", sign(t, jose.ES256, jose.JSONWebKey{Key: foreign, KeyID: f.keyID}, f.claims())},
	} {
		t.Run(c.name, func(t *testing.T) {
			verify(t, trusting(t, f.url), c.token, domain.Unauthenticated)
		})
	}
	if n := f.count("/userinfo"); n != 0 {
		t.Errorf("userinfo was asked %d times for forged tokens, want 0", n)
	}
	verify(t, trusting(t, f.url), good, 0)
}

func TestKeyRotationIsFollowedWithoutAFlood(t *testing.T) {
	f, c := newFake(t), newFrozen()
	v := newVerifier(t, oidc.Config{Issuers: []string{f.url}, Clock: c.now})
	verify(t, v, f.token(t, nil), 0)

	c.forward(time.Minute)
	f.rotate(t)
	verify(t, v, f.token(t, nil), 0)
	if n := f.count("/keys"); n != 2 {
		t.Fatalf("keys were fetched %d times after one rotation, want 2", n)
	}

	foreign := newFake(t)
	for range 20 {
		verify(t, v, foreign.token(t, object{"iss": f.url}), domain.Unauthenticated)
	}
	if n := f.count("/keys"); n != 2 {
		t.Errorf("20 unknown keys led to %d more fetches at once, want 0", n-2)
	}
	for range 20 {
		c.forward(2 * time.Second)
		verify(t, v, foreign.token(t, object{"iss": f.url}), domain.Unauthenticated)
	}
	if n := f.count("/keys"); n != 5 {
		t.Errorf("20 unknown keys led to %d more fetches within the pause, want 3", n-2)
	}
}

func TestProviderThatIsAwayIsUnavailableAndNotRemembered(t *testing.T) {
	for _, path := range []string{"/.well-known/openid-configuration", "/keys", "/userinfo"} {
		for _, c := range []struct {
			name string
			away http.HandlerFunc
		}{
			{"500", status(http.StatusInternalServerError)},
			{"503", status(http.StatusServiceUnavailable)},
			{"429", status(http.StatusTooManyRequests)},
			{"hangs", hanging(t)},
			{"hangs up", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }},
			{"endless", func(w http.ResponseWriter, _ *http.Request) {
				_, _ = w.Write([]byte(`{"x":"` + strings.Repeat("x", 2<<20) + `"}`))
			}},
		} {
			t.Run(path+" "+c.name, func(t *testing.T) {
				t.Parallel()
				f := newFake(t)
				var now clock
				v := newVerifier(t, oidc.Config{
					Issuers: []string{f.url}, Clock: now.now, HTTPClient: &http.Client{Timeout: 5 * time.Second},
				})
				token := f.token(t, nil)
				works := f.handlers[path]
				f.on(path, c.away)
				_, err := v.Verify(t.Context(), ports.BearerToken{Text: token})
				wantKind(t, err, domain.Unavailable)
				if e, ok := errors.AsType[*domain.Error](err); !ok || e.RetryAfter <= 0 || strings.Contains(e.Message, f.url) {
					t.Errorf("got %#v, want a time to retry and a message without addresses", err)
				}
				f.on(path, works)
				now.forward(6 * time.Second)
				verify(t, v, token, 0)
			})
		}
	}
}

func TestFailedDiscoveryIsNotRepeatedAtOnce(t *testing.T) {
	f := newFake(t)
	f.on("/.well-known/openid-configuration", status(http.StatusBadGateway))
	v := newVerifier(t, oidc.Config{Issuers: []string{f.url}, Clock: newFrozen().now})
	for range 10 {
		verify(t, v, f.token(t, nil), domain.Unavailable)
	}
	if n := f.total(); n != 1 {
		t.Errorf("10 tokens led to %d requests, want 1", n)
	}
}

func TestDiscoveryIsKeptWhenItCannotBeRefreshed(t *testing.T) {
	const path = "/.well-known/openid-configuration"
	f := newFake(t)
	var c clock
	v := newVerifier(t, oidc.Config{Issuers: []string{f.url}, Clock: c.now})
	lasting := object{"exp": time.Now().Add(2 * time.Hour).Unix()}
	verify(t, v, f.token(t, lasting), 0)
	f.on(path, status(http.StatusBadGateway))
	c.forward(61 * time.Minute)
	verify(t, v, f.token(t, lasting.with(object{"jti": "another"})), 0)
	// Nobody waits for the newer one, so the token may have been verified before it was asked for.
	for range 500 {
		if f.count(path) > 1 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Error("discovery was asked once, want again after an hour")
}

func TestDiscoveryThatCannotBeUsed(t *testing.T) {
	for _, c := range []struct {
		name    string
		changes object
	}{
		{"another issuer", object{"issuer": "https://elsewhere.example"}},
		{"no issuer", object{"issuer": nil}},
		{"no userinfo", object{"userinfo_endpoint": nil}},
		{"userinfo is no address", object{"userinfo_endpoint": "/userinfo"}},
		{"keys are a file", object{"jwks_uri": "file:///etc/passwd"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFake(t)
			f.discovery = f.discovery.with(c.changes)
			verify(t, trusting(t, f.url), f.token(t, nil), domain.Unavailable)
		})
	}
}

func TestUserinfoThatRefusesOrIsNotUnderstood(t *testing.T) {
	for _, c := range []struct {
		name    string
		handler http.HandlerFunc
	}{
		{"401", status(http.StatusUnauthorized)},
		{"403", status(http.StatusForbidden)},
		{"404", status(http.StatusNotFound)},
		{"signed", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/jwt")
			_, _ = w.Write([]byte("eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbm4ifQ."))
		}},
		{"a list", answer([]string{"ann"})},
		{"null", answer(nil)},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFake(t)
			f.on("/userinfo", c.handler)
			verify(t, trusting(t, f.url), f.token(t, nil), domain.Unauthenticated)
		})
	}
}

func TestRedirectsStayOnTheHost(t *testing.T) {
	other := newFake(t)
	f := newFake(t)
	f.on("/userinfo", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, other.url+"/userinfo", http.StatusTemporaryRedirect)
	})
	verify(t, trusting(t, f.url), f.token(t, nil), domain.Unauthenticated)
	if n := other.total(); n != 0 {
		t.Errorf("another host was asked %d times, want 0", n)
	}
	f.on("/userinfo", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/here", http.StatusFound) })
	f.on("/here", answer(object{"sub": "ann"}))
	verify(t, trusting(t, f.url), f.token(t, nil), 0)
}
