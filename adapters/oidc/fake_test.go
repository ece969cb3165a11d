package oidc_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/eosc-perf/backend/adapters/oidc"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// object is a JSON object; in changes to one, nil removes a member.
type object map[string]any

func (o object) with(changes object) object {
	changed := maps.Clone(o)
	for name, value := range changes {
		if value == nil {
			delete(changed, name)
			continue
		}
		changed[name] = value
	}
	return changed
}

// fake is a provider that does what a test wants it to.
type fake struct {
	url string

	mu        sync.Mutex
	hits      map[string]int
	handlers  map[string]http.HandlerFunc
	discovery object
	key       *ecdsa.PrivateKey
	keyID     string
}

func newFake(t testing.TB) *fake {
	t.Helper()
	f := &fake{hits: map[string]int{}}
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	f.describe(t, server.URL)
	return f
}

// describe makes a provider at the address that answers as it should.
func (f *fake) describe(t testing.TB, url string) {
	t.Helper()
	f.url = url
	f.discovery = object{
		"issuer": f.url, "jwks_uri": f.url + "/keys", "userinfo_endpoint": f.url + "/userinfo",
		"introspection_endpoint": f.url + "/introspect",
	}
	f.handlers = map[string]http.HandlerFunc{
		"/.well-known/openid-configuration": func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, f.discovery) },
		"/keys":                             f.serveKeys,
		"/userinfo":                         answer(object{"sub": "ann"}),
		"/introspect":                       answer(object{"active": true, "sub": "ann"}),
	}
	f.rotate(t)
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	f.hits[r.URL.Path]++
	handler := f.handlers[r.URL.Path]
	f.mu.Unlock()
	if handler == nil {
		http.NotFound(w, r)
		return
	}
	handler(w, r)
}

// on makes the handler answer the path from now on.
func (f *fake) on(path string, handler http.HandlerFunc) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.handlers[path] = handler
}

func (f *fake) count(path string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.hits[path]
}

func (f *fake) total() (n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, hits := range f.hits {
		n += hits
	}
	return n
}

// rotate replaces the signing key.
func (f *fake) rotate(t testing.TB) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.key, f.keyID = key, rand.Text()
}

func (f *fake) serveKeys(w http.ResponseWriter, _ *http.Request) {
	f.mu.Lock()
	key := jose.JSONWebKey{Key: f.key.Public(), KeyID: f.keyID, Algorithm: "ES256", Use: "sig"}
	f.mu.Unlock()
	// The first key is of a kind that nobody knows, as real providers have them.
	writeJSON(w, object{"keys": []any{object{"kty": "XYZ", "kid": "odd"}, key}})
}

// claims are those of a good token.
func (f *fake) claims() object {
	return object{"iss": f.url, "sub": "ann", "exp": time.Now().Add(time.Hour).Unix(), "jti": rand.Text()}
}

// token signs good claims after the changes.
func (f *fake) token(t testing.TB, changes object) string {
	t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	return sign(t, jose.ES256, jose.JSONWebKey{Key: crypto.PrivateKey(f.key), KeyID: f.keyID}, f.claims().with(changes))
}

func sign(t testing.TB, algorithm jose.SignatureAlgorithm, key any, payload object) string {
	t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: algorithm, Key: key}, nil)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(payload)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := signer.Sign(raw)
	if err != nil {
		t.Fatal(err)
	}
	token, err := signed.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func writeJSON(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(value)
}

func answer(value any) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, value) }
}

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

// knowing answers for one token and refuses all others.
func knowing(token string, value any) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+token {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		writeJSON(w, value)
	}
}

// hanging answers nothing until the test is over.
func hanging(t testing.TB) http.HandlerFunc {
	over := make(chan struct{})
	t.Cleanup(func() { close(over) })
	return func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-over:
		case <-r.Context().Done():
		}
	}
}

// clock can be put forward.
type clock struct{ ahead atomic.Int64 }

func (c *clock) now() time.Time           { return time.Now().Add(time.Duration(c.ahead.Load())) }
func (c *clock) forward(by time.Duration) { c.ahead.Add(int64(by)) }

func newVerifier(t testing.TB, c oidc.Config) *oidc.Verifier {
	t.Helper()
	v, err := oidc.New(c)
	if err != nil {
		t.Fatalf("New(%+v): %v", c, err)
	}
	return v
}

func trusting(t testing.TB, issuers ...string) *oidc.Verifier {
	t.Helper()
	return newVerifier(t, oidc.Config{Issuers: issuers})
}

// wantKind fails unless the error is of the kind; 0 is no error.
func wantKind(t testing.TB, err error, want domain.Kind) {
	t.Helper()
	if (err == nil) != (want == 0) || domain.KindOf(err) != want {
		t.Fatalf("got error %v (kind %d), want kind %d", err, domain.KindOf(err), want)
	}
}

func verify(t testing.TB, v *oidc.Verifier, token string, want domain.Kind) domain.Identity {
	t.Helper()
	id, err := v.Verify(context.Background(), ports.BearerToken{Text: token})
	wantKind(t, err, want)
	return id
}

func describe(id domain.Identity) string {
	verified := "untold"
	if id.EmailVerified != nil {
		verified = fmt.Sprint(*id.EmailVerified)
	}
	return fmt.Sprintf(
		"%s@%s email=%q,%v verified=%s entitlements=%q", id.Subject, id.Issuer, id.Email, id.HasEmail, verified,
		id.Entitlements,
	)
}
