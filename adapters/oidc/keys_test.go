package oidc_test

import (
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/eosc-perf/backend/adapters/oidc"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// TestKeysAsProvidersPublishThem: what another spelling of the same key is, and what no key for signatures is.
func TestKeysAsProvidersPublishThem(t *testing.T) {
	right := newECKey(t, elliptic.P256())
	for right.X.BitLen() > 248 { //nolint:staticcheck // a coordinate that begins with a zero byte
		right = newECKey(t, elliptic.P256())
	}
	rsaKey := newRSAKey(t)
	short, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	shortened := base64.RawURLEncoding.EncodeToString(right.X.Bytes()) //nolint:staticcheck // as some providers write it
	modulus := base64.RawURLEncoding.EncodeToString(append([]byte{0}, rsaKey.N.Bytes()...))
	padded := base64.URLEncoding.EncodeToString(rsaKey.N.Bytes())
	standard := base64.RawStdEncoding.EncodeToString(rsaKey.N.Bytes())
	for _, c := range []struct {
		name   string
		key    any
		method jwt.SigningMethod
		set    object
		want   domain.Kind
	}{
		{"a coordinate without its zero byte", right, jwt.SigningMethodES256, published(t, right, object{"x": shortened}), 0},
		{"a modulus with a zero byte before", rsaKey, jwt.SigningMethodRS256, published(t, rsaKey, object{"n": modulus}), 0},
		{"a modulus with equals signs", rsaKey, jwt.SigningMethodRS256, published(t, rsaKey, object{"n": padded}), 0},
		{"a modulus in the other base64", rsaKey, jwt.SigningMethodRS256, published(t, rsaKey, object{"n": standard}), 0},
		{"alg of the family", rsaKey, jwt.SigningMethodPS512, published(t, rsaKey, object{"alg": "RS256"}), 0},
		{"key_ops to verify", right, jwt.SigningMethodES256, published(t, right, object{"key_ops": []string{"verify"}}), 0},
		{"key_ops empty", right, jwt.SigningMethodES256, published(t, right, object{"key_ops": []string{}}), 0},
		{"key_ops to encrypt", rsaKey, jwt.SigningMethodRS256, published(t, rsaKey, object{"key_ops": []string{"encrypt", "wrapKey"}}),
			domain.Unauthenticated},
		{"a key of 1024 bits", short, jwt.SigningMethodRS256, published(t, short, nil), domain.Unauthenticated},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFake(t)
			f.on("/keys", answer(object{"keys": []any{c.set}}))
			token := compact(t, `{"alg":"`+c.method.Alg()+`"}`, encoded(t, f.claims()), c.method, c.key)
			verify(t, trusting(t, f.url), token, c.want)
		})
	}
}

// TestABoundedNumberOfKeysIsTried: each key that fits a token is a calculation, also for a forged one.
func TestABoundedNumberOfKeysIsTried(t *testing.T) {
	for before, want := range map[int]domain.Kind{19: 0, 20: domain.Unauthenticated, 499: domain.Unauthenticated} {
		t.Run(fmt.Sprint(before, " keys before"), func(t *testing.T) {
			f := newFake(t)
			other := published(t, newECKey(t, elliptic.P256()), nil)
			right := published(t, f.key, object{"kid": f.keyID})
			f.on("/keys", answer(object{"keys": append(slices.Repeat([]any{other}, before), right)}))
			verify(t, trusting(t, f.url), f.token(t, nil), want)
		})
	}
}

// TestAByteOrderMarkOfAProviderDoesNotMatter: some write files by hand.
func TestAByteOrderMarkOfAProviderDoesNotMatter(t *testing.T) {
	f := newFake(t)
	for path, handler := range f.handlers {
		f.on(path, func(w http.ResponseWriter, r *http.Request) {
			_, _ = w.Write([]byte("\ufeff"))
			handler(w, r)
		})
	}
	verify(t, trusting(t, f.url), f.token(t, nil), 0)
}

// TestAnAccessTokenWithoutItsScopeSaysSo: the caller can mend that.
func TestAnAccessTokenWithoutItsScopeSaysSo(t *testing.T) {
	f := newFake(t)
	f.on("/userinfo", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("WWW-Authenticate", `Bearer error="insufficient_scope"`)
		w.WriteHeader(http.StatusForbidden)
	})
	_, err := trusting(t, f.url).Verify(t.Context(), ports.BearerToken{Text: f.token(t, nil)})
	wantKind(t, err, domain.Unauthenticated)
	if !strings.Contains(err.Error(), "openid") {
		t.Errorf("got %q, which does not name the scope openid", err)
	}
}

// TestKeysThatChangeSoonAreFetchedAtOnce: a provider may change its keys right after they were fetched.
func TestKeysThatChangeSoonAreFetchedAtOnce(t *testing.T) {
	f, c := newFake(t), newFrozen()
	v := newVerifier(t, oidc.Config{Issuers: []string{f.url}, Clock: c.now})
	verify(t, v, f.token(t, nil), 0)
	for range 2 {
		f.rotate(t)
		c.forward(2 * time.Second)
		verify(t, v, f.token(t, nil), 0)
	}
}
