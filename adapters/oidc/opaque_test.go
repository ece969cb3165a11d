package oidc_test

import (
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/eosc-perf/backend/adapters/oidc"
	"github.com/eosc-perf/backend/core/domain"
)

const opaque = "opaque.token~1/+x=="

func TestOpaqueTokenIsShownToEveryProvider(t *testing.T) {
	knows, refuses := answer(object{"sub": "ann", "email": "ann@example.org"}), status(http.StatusUnauthorized)
	for _, c := range []struct {
		name          string
		first, second http.HandlerFunc
		want          domain.Kind
	}{
		{"the first knows it", knows, refuses, 0},
		{"the second knows it", refuses, knows, 0},
		{"nobody knows it", refuses, refuses, domain.Unauthenticated},
		{"the first is away, the second knows it", status(http.StatusBadGateway), knows, 0},
		{"the first hangs, the second knows it", hanging(t), knows, 0},
		{"the first is away, the second refuses", status(http.StatusBadGateway), refuses, domain.Unavailable},
		{"the first refuses, the second is away", refuses, status(http.StatusTooManyRequests), domain.Unavailable},
		{"the first answers nonsense, the second knows it", answer("ann"), knows, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			one, two := newFake(t), newFake(t)
			one.on("/userinfo", c.first)
			two.on("/userinfo", c.second)
			v := newVerifier(t, oidc.Config{Issuers: []string{one.url, two.url}, HTTPClient: &http.Client{Timeout: 5 * time.Second}})
			if id := verify(t, v, opaque, c.want); c.want == 0 && (id.Subject != "ann" || id.Email != "ann@example.org") {
				t.Errorf("got %s, want ann", describe(id))
			}
		})
	}
}

func TestProviderWithoutDiscoveryDoesNotStopTheNext(t *testing.T) {
	dead, alive := newFake(t), newFake(t)
	dead.on("/.well-known/openid-configuration", status(http.StatusBadGateway))
	alive.on("/userinfo", knowing(opaque, object{"sub": "ann"}))
	v := trusting(t, dead.url, alive.url)
	verify(t, v, opaque, 0)
	verify(t, v, "unknown", domain.Unavailable)
}

// Accepting cancels what the others are still asked, and that must not count as
// an outage of theirs.
func TestQuickProviderDoesNotSpoilTheDiscoveryOfAnother(t *testing.T) {
	quick, slow := newFake(t), newFake(t)
	quick.on("/userinfo", knowing(opaque, object{"sub": "ann"}))
	discover := slow.handlers["/.well-known/openid-configuration"]
	slow.on("/.well-known/openid-configuration", func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(100 * time.Millisecond)
		discover(w, r)
	})
	v := trusting(t, slow.url, quick.url)
	verify(t, v, opaque, 0)
	verify(t, v, slow.token(t, nil), 0)
}

func TestOpaqueTokenByIntrospection(t *testing.T) {
	now := time.Now()
	for _, c := range []struct {
		name       string
		introspect http.HandlerFunc
		want       domain.Kind
	}{
		{"active", answer(object{"active": true, "sub": "ann", "exp": now.Add(time.Hour).Unix()}), 0},
		{"active without sub", answer(object{"active": true}), 0},
		{"active for another", answer(object{"active": true, "sub": "bob"}), domain.Unauthenticated},
		{"not active", answer(object{"active": false}), domain.Unauthenticated},
		{"active as text", answer(object{"active": "true"}), domain.Unauthenticated},
		{"nothing said", answer(object{}), domain.Unauthenticated},
		{"active but expired", answer(object{"active": true, "exp": now.Add(-2 * time.Minute).Unix()}), domain.Unauthenticated},
		{"exp is no time", answer(object{"active": true, "exp": "soon"}), domain.Unauthenticated},
		{"active but not yet", answer(object{"active": true, "nbf": now.Add(2 * time.Minute).Unix()}), domain.Unauthenticated},
		{"away", status(http.StatusBadGateway), domain.Unavailable},
		{"too many requests", status(http.StatusTooManyRequests), domain.Unavailable},
		{"our client is unknown: userinfo decides", status(http.StatusUnauthorized), 0},
		{"not JSON: userinfo decides", answer("yes"), 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFake(t)
			f.on("/introspect", c.introspect)
			f.on("/userinfo", knowing(opaque, object{"sub": "ann"}))
			v := newVerifier(t, oidc.Config{Issuers: []string{f.url}, ClientID: "us", ClientSecret: "se:cret"})
			verify(t, v, opaque, c.want)
		})
	}
}

func TestIntrospectionSendsTheClientsCredentialsAndTheToken(t *testing.T) {
	f := newFake(t)
	f.on("/introspect", func(w http.ResponseWriter, r *http.Request) {
		id, secret, _ := r.BasicAuth()
		if id != "u%26s" || secret != "se%3Acret" || r.PostFormValue("token") != opaque {
			t.Errorf("got client %q, secret %q, token %q", id, secret, r.PostFormValue("token"))
		}
		writeJSON(w, object{"active": true})
	})
	v := newVerifier(t, oidc.Config{Issuers: []string{f.url}, ClientID: "u&s", ClientSecret: "se:cret"})
	verify(t, v, opaque, 0)
}

func TestIntrospectionThatFailsDoesNotStopTheNext(t *testing.T) {
	for _, c := range []struct {
		name string
		with func(*fake)
	}{
		{"no endpoint", func(f *fake) { delete(f.discovery, "introspection_endpoint") }},
		{"unknown client", func(f *fake) { f.on("/introspect", status(http.StatusUnauthorized)) }},
		{"away", func(f *fake) { f.on("/introspect", status(http.StatusServiceUnavailable)) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			one, two := newFake(t), newFake(t)
			one.on("/userinfo", status(http.StatusUnauthorized))
			c.with(one)
			v := newVerifier(t, oidc.Config{Issuers: []string{one.url, two.url}, ClientID: "us", ClientSecret: "secret"})
			if id := verify(t, v, opaque, 0); id.Issuer != two.url {
				t.Errorf("got %s, want the second provider's", describe(id))
			}
		})
	}
}

func TestEncryptedTokenIsOpaque(t *testing.T) {
	f := newFake(t)
	const jwe = "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0.a.b.c.d"
	f.on("/userinfo", knowing(jwe, object{"sub": "ann"}))
	verify(t, trusting(t, f.url), jwe, 0)
}

// TestIntrospectionOnAConnectionThatTheProviderGaveUp: load balancers reset idle connections.
func TestIntrospectionOnAConnectionThatTheProviderGaveUp(t *testing.T) {
	f := newFake(t)
	var mu sync.Mutex
	used := map[string]bool{}
	f.on("/introspect", func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		again := used[r.RemoteAddr]
		used[r.RemoteAddr] = true
		mu.Unlock()
		if again {
			panic(http.ErrAbortHandler)
		}
		writeJSON(w, object{"active": true})
	})
	v := newVerifier(t, oidc.Config{Issuers: []string{f.url}, ClientID: "us", ClientSecret: "secret"})
	verify(t, v, "the-first", 0)
	verify(t, v, "the-second", 0)
}
