package oidc_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/golang-jwt/jwt/v5"

	"github.com/eosc-perf/backend/core/domain"
)

// compact signs the header and the payload as they are, whatever is in them.
func compact(t testing.TB, header, payload string, method jwt.SigningMethod, key any) string {
	t.Helper()
	signed := base64.RawURLEncoding.EncodeToString([]byte(header)) + "." + base64.RawURLEncoding.EncodeToString([]byte(payload))
	signature, err := method.Sign(signed, key)
	if err != nil {
		t.Fatal(err)
	}
	return signed + "." + base64.RawURLEncoding.EncodeToString(signature)
}

// compactOf signs with the key of the fake.
func (f *fake) compact(t testing.TB, header, payload string) string {
	t.Helper()
	return compact(t, header, payload, jwt.SigningMethodES256, f.key)
}

func encoded(t testing.TB, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// withMembers is the JSON object with members, in their own spelling, before its own.
func withMembers(t testing.TB, members string, o object) string {
	t.Helper()
	return "{" + members + "," + strings.TrimPrefix(encoded(t, o), "{")
}

func TestUnusedClaimsOfAVerifiedTokenDoNotMatter(t *testing.T) {
	for _, c := range []struct{ name, members string }{
		{"aud as a number", `"aud":7`},
		{"aud as an object", `"aud":{"a":1}`},
		{"aud as a list of mixed kinds", `"aud":["a",7,null]`},
		{"aud as null", `"aud":null`},
		{"iat as text", `"iat":"yesterday"`},
		{"iat as a list", `"iat":[]`},
		{"auth_time as text", `"auth_time":"2026-11-27"`},
		{"amr as text", `"amr":"pwd"`},
		{"acr as a number", `"acr":1`},
		{"azp as a list", `"azp":["a"]`},
		{"client_id as a number", `"client_id":12`},
		{"nonce as a number", `"nonce":12`},
		{"jti as a number", `"jti":12`},
		{"scope as a list", `"scope":["openid","email"]`},
		{"scope as an object", `"scope":{}`},
		{"at_hash as a boolean", `"at_hash":true`},
		{"act as text", `"act":"somebody"`},
		{"locale as an object", `"locale":{"a":"b"}`},
		{"names that differ in case only", `"SUB":"bob","Iss":7,"EXP":"never","Aud":{},"Nbf":"later","EMAIL":[]`},
		{"an unused name twice", `"groups":["a"],"groups":7`},
		{"an unused name twice, inside", `"a":{"b":1,"b":2}`},
		{"invalid UTF-8 in an unused claim", "\"name\":\"\xff\xfe\""},
		{"half a surrogate pair in an unused claim", `"name":"\ud800"`},
		{"a NUL in an unused claim", `"name":"a\u0000b"`},
		{"a number beyond all floats in an unused claim", `"n":1e999`},
		{"deep nesting in an unused claim", `"deep":` + strings.Repeat("[", 500) + strings.Repeat("]", 500)},
		{"an escape in a used name", `"\u0065mail":"ann@example.org"`},
		{"email of an odd type", `"email":["ann@example.org"]`},
		{"email_verified of an odd type", `"email_verified":{"a":1}`},
		{"entitlements of an odd type", `"eduperson_entitlement":{"a":1}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFake(t)
			claims := f.claims()
			delete(claims, "jti")
			header := fmt.Sprintf(`{"alg":"ES256","kid":%q}`, f.keyID)
			token := f.compact(t, header, withMembers(t, c.members, claims))
			if id := verify(t, trusting(t, f.url), token, 0); id.Subject != "ann" {
				t.Errorf("%s: got %s, want ann", c.members, describe(id))
			}
		})
	}
}

func TestUnusedHeaderParametersDoNotMatter(t *testing.T) {
	for _, c := range []struct{ name, members string }{
		{"typ as a number", `"typ":7`},
		{"cty as a list", `"cty":["JWT"]`},
		{"nonce as a number", `"nonce":7`},
		{"x5c as text", `"x5c":"MIIB"`},
		{"x5c that is no certificate", `"x5c":["AAAA"]`},
		{"x5t as a number", `"x5t":7`},
		{"jwk as text", `"jwk":"none"`},
		{"jwk of an unknown kind", `"jwk":{"kty":"XYZ"}`},
		{"jku of a stranger", `"jku":"https://evil.example/keys"`},
		{"an unknown one twice", `"a":1,"a":2`},
		{"a name that differs in case only", `"ALG":"none","Kid":"other","CRIT":["exp"]`},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFake(t)
			header := fmt.Sprintf(`{%s,"alg":"ES256","kid":%q}`, c.members, f.keyID)
			verify(t, trusting(t, f.url), f.compact(t, header, encoded(t, f.claims())), 0)
		})
	}
}

func TestTokenThatNeedsAnExtensionIsRefused(t *testing.T) {
	f := newFake(t)
	for _, crit := range []string{`["exp"]`, `["b64"]`, `[]`, `"exp"`, `null`} {
		header := fmt.Sprintf(`{"alg":"ES256","kid":%q,"crit":%s,"exp":1}`, f.keyID, crit)
		verify(t, trusting(t, f.url), f.compact(t, header, encoded(t, f.claims())), domain.Unauthenticated)
	}
}

func TestDatesOfATokenMayBeFractions(t *testing.T) {
	now := float64(time.Now().UnixMilli()) / 1000
	for _, c := range []struct {
		name, members string
		want          domain.Kind
	}{
		{"exp as a fraction", fmt.Sprintf(`"exp":%.3f`, now+60), 0},
		{"exp with an exponent", `"exp":9.9e9`, 0},
		{"exp beyond all floats", `"exp":1e999`, 0},
		{"exp as a fraction, over", fmt.Sprintf(`"exp":%.3f`, now-61), domain.Unauthenticated},
		{"exp before all", `"exp":-1e999`, domain.Unauthenticated},
		{"exp as text", fmt.Sprintf(`"exp":"%.0f"`, now+60), domain.Unauthenticated},
		{"exp as null", `"exp":null`, domain.Unauthenticated},
		{"nbf as a fraction", fmt.Sprintf(`"exp":9e9,"nbf":%.3f`, now-1), 0},
		{"nbf as null", `"exp":9e9,"nbf":null`, 0},
		{"nbf to come", fmt.Sprintf(`"exp":9e9,"nbf":%.3f`, now+120), domain.Unauthenticated},
		{"nbf as text", `"exp":9e9,"nbf":"now"`, domain.Unauthenticated},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFake(t)
			header := fmt.Sprintf(`{"alg":"ES256","kid":%q}`, f.keyID)
			payload := fmt.Sprintf(`{"iss":%q,"sub":"ann",%s}`, f.url, c.members)
			verify(t, trusting(t, f.url), f.compact(t, header, payload), c.want)
		})
	}
}

func newECKey(t testing.TB, curve elliptic.Curve) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func newRSAKey(t testing.TB) *rsa.PrivateKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// published is the public key as a provider publishes it, with the changes.
func published(t testing.TB, key crypto.Signer, changes object) object {
	t.Helper()
	text, err := jose.JSONWebKey{Key: key.Public()}.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	var o object
	if err := json.Unmarshal(text, &o); err != nil {
		t.Fatal(err)
	}
	return o.with(changes)
}

func TestEveryFittingKeyIsTried(t *testing.T) {
	right, other, rsaKey := newECKey(t, elliptic.P256()), newECKey(t, elliptic.P256()), newRSAKey(t)
	sig := func(id string) object { return object{"kid": id, "use": "sig"} }
	for _, c := range []struct {
		name, header string
		keys         []any
		want         domain.Kind
	}{
		{"no kid, two keys", `{"alg":"ES256"}`,
			[]any{published(t, other, sig("a")), published(t, right, sig("b"))}, 0},
		{"no kid, two keys without one", `{"alg":"ES256"}`, []any{published(t, other, nil), published(t, right, nil)}, 0},
		{"an empty kid", `{"alg":"ES256","kid":""}`, []any{published(t, other, sig("a")), published(t, right, sig("b"))}, 0},
		{"two keys of one kid", `{"alg":"ES256","kid":"a"}`,
			[]any{published(t, other, sig("a")), published(t, right, sig("a"))}, 0},
		{"two keys of one kid, of different kinds", `{"alg":"ES256","kid":"a"}`,
			[]any{published(t, rsaKey, sig("a")), published(t, right, sig("a"))}, 0},
		{"a kid that no key has, keys without one", `{"alg":"ES256","kid":"a"}`,
			[]any{published(t, other, nil), published(t, right, nil)}, 0},
		{"a kid that another key has", `{"alg":"ES256","kid":"a"}`,
			[]any{published(t, other, sig("a")), published(t, right, sig("b"))}, domain.Unauthenticated},
		{"a kid as a number", `{"alg":"ES256","kid":7}`, []any{published(t, other, sig("a")), published(t, right, sig("7"))}, 0},
		{"a key for encryption", `{"alg":"ES256","kid":"a"}`,
			[]any{published(t, right, object{"kid": "a", "use": "enc"})}, domain.Unauthenticated},
		{"a key with a broken certificate", `{"alg":"ES256","kid":"a"}`,
			[]any{published(t, right, object{"kid": "a", "x5c": []string{"none"}})}, 0},
		{"a key with members of odd types", `{"alg":"ES256","kid":"a"}`,
			[]any{published(t, right, object{"kid": "a", "x5t": 7, "x5u": []int{1}, "alg": 7, "exp": 9, "key_ops": "verify"})}, 0},
		{"members that are no keys", `{"alg":"ES256","kid":"a"}`,
			[]any{7, nil, "key", []any{}, object{"kty": 7}, object{"kty": "EC", "crv": "P-256"}, published(t, right, sig("a"))}, 0},
		{"names in capitals", `{"alg":"ES256","kid":"a"}`,
			[]any{published(t, right, object{"kid": "a", "KTY": "oct", "Kid": "b", "USE": "enc"})}, 0},
		{"only a secret key", `{"alg":"ES256","kid":"a"}`,
			[]any{object{"kty": "oct", "kid": "a", "k": "AAAA"}}, domain.Unauthenticated},
		{"no keys at all", `{"alg":"ES256","kid":"a"}`, []any{}, domain.Unauthenticated},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFake(t)
			f.on("/keys", answer(object{"keys": c.keys}))
			token := compact(t, c.header, encoded(t, f.claims()), jwt.SigningMethodES256, right)
			verify(t, trusting(t, f.url), token, c.want)
		})
	}
}

func TestAlgorithms(t *testing.T) {
	_, edKey, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	rsaKey, p256, p384, p521 := newRSAKey(t), newECKey(t, elliptic.P256()), newECKey(t, elliptic.P384()), newECKey(t, elliptic.P521())
	for _, c := range []struct {
		algorithm string
		method    jwt.SigningMethod
		key       crypto.Signer
		want      domain.Kind
	}{
		{"RS256", jwt.SigningMethodRS256, rsaKey, 0},
		{"RS384", jwt.SigningMethodRS384, rsaKey, 0},
		{"RS512", jwt.SigningMethodRS512, rsaKey, 0},
		{"PS256", jwt.SigningMethodPS256, rsaKey, 0},
		{"PS384", jwt.SigningMethodPS384, rsaKey, 0},
		{"PS512", jwt.SigningMethodPS512, rsaKey, 0},
		{"ES256", jwt.SigningMethodES256, p256, 0},
		{"ES384", jwt.SigningMethodES384, p384, 0},
		{"ES512", jwt.SigningMethodES512, p521, 0},
		{"EdDSA", jwt.SigningMethodEdDSA, edKey, 0},
		{"Ed25519", jwt.SigningMethodEdDSA, edKey, 0}, // RFC 9864
		{"ed25519", jwt.SigningMethodEdDSA, edKey, domain.Unauthenticated},
		{"Ed448", jwt.SigningMethodEdDSA, edKey, domain.Unauthenticated},
		{"none", jwt.SigningMethodES256, p256, domain.Unauthenticated},
		{"ES256K", jwt.SigningMethodES256, p256, domain.Unauthenticated},
		{"RS256", jwt.SigningMethodPS256, rsaKey, domain.Unauthenticated},
		{"ES384", jwt.SigningMethodES256, p256, domain.Unauthenticated},
	} {
		t.Run(c.algorithm+" "+c.method.Alg(), func(t *testing.T) {
			f := newFake(t)
			f.on("/keys", answer(object{"keys": []any{published(t, c.key, object{"kid": "a"})}}))
			header := fmt.Sprintf(`{"alg":%q,"kid":"a"}`, c.algorithm)
			verify(t, trusting(t, f.url), compact(t, header, encoded(t, f.claims()), c.method, c.key), c.want)
		})
	}
}

func TestUserinfoAndDiscoveryOfOddTypes(t *testing.T) {
	for _, c := range []struct{ name, path, members, want string }{
		{"names in capitals", "/userinfo", `"SUB":"bob","Email":7`, ""},
		{"unused members of odd types", "/userinfo", `"name":7,"address":"x","updated_at":{}`, ""},
		{"an unused name twice", "/userinfo", `"groups":1,"groups":2`, ""},
		{"invalid UTF-8 in an unused member", "/userinfo", "\"name\":\"\xff\"", ""},
		{"half a surrogate pair in an unused member", "/userinfo", `"name":"\udc00"`, ""},
		{"an entitlement that is no text", "/userinfo", "\"eduperson_entitlement\":[\"a\",\"\\ud800\",\"\xff\",7,\"b\"]", `["a" "b"]`},
		{"unused members of odd types", "/.well-known/openid-configuration", `"scopes_supported":7,"claims_supported":{}`, ""},
		{"names in capitals", "/.well-known/openid-configuration", `"ISSUER":"https://evil.example","Jwks_Uri":7`, ""},
		{"invalid UTF-8 in an unused member", "/.well-known/openid-configuration", "\"op_policy_uri\":\"\xff\"", ""},
		{"an unused name twice", "/.well-known/openid-configuration", `"a":1,"a":2`, ""},
		{"an introspection endpoint that is null", "/.well-known/openid-configuration", `"introspection_endpoint":null`, ""},
		{"an introspection endpoint that is not needed", "/.well-known/openid-configuration", `"introspection_endpoint":"none"`, ""},
	} {
		t.Run(c.path+" "+c.name, func(t *testing.T) {
			f := newFake(t)
			delete(f.discovery, "introspection_endpoint")
			body := map[string]object{"/userinfo": {"sub": "ann"}, "/.well-known/openid-configuration": f.discovery}[c.path]
			f.on(c.path, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				_, _ = w.Write([]byte(withMembers(t, c.members, body)))
			})
			id := verify(t, trusting(t, f.url), f.token(t, nil), 0)
			if got := fmt.Sprintf("%q", id.Entitlements); id.Subject != "ann" || c.want != "" && got != c.want {
				t.Errorf("got %s, want ann with %s", describe(id), c.want)
			}
		})
	}
}

func TestSignedUserinfo(t *testing.T) {
	f, foreign := newFake(t), newFake(t)
	header := fmt.Sprintf(`{"alg":"ES256","kid":%q}`, f.keyID)
	for _, c := range []struct {
		name, body string
		want       domain.Kind
	}{
		{"signed by the provider", f.compact(t, header, encoded(t, object{"sub": "ann", "iss": f.url, "email": "ann@example.org"})), 0},
		{"without an issuer", f.compact(t, header, `{"sub":"ann"}`), 0},
		{"of another", f.compact(t, header, `{"sub":"bob"}`), domain.Unauthenticated},
		{"of another issuer", f.compact(t, header, `{"sub":"ann","iss":"https://evil.example"}`), domain.Unauthenticated},
		{"signed by somebody else", foreign.compact(t, header, `{"sub":"ann"}`), domain.Unauthenticated},
		{"not signed", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbm4ifQ.", domain.Unauthenticated},
		{"encrypted", "a.b.c.d.e", domain.Unauthenticated},
	} {
		t.Run(c.name, func(t *testing.T) {
			f.on("/userinfo", func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/jwt; charset=utf-8")
				_, _ = w.Write([]byte(c.body))
			})
			verify(t, trusting(t, f.url), f.token(t, nil), c.want)
		})
	}
}

// TestTextsOfProvidersThatCannotBeStored: PostgreSQL takes no NUL, and nobody
// can tell names with control characters apart.
func TestTextsOfProvidersThatCannotBeStored(t *testing.T) {
	for _, c := range []struct {
		name, sub string
		want      domain.Kind
	}{
		{"plain", `"ann"`, 0},
		{"other scripts", `"Ännä Ω 日本"`, 0},
		{"as long as can be", `"` + strings.Repeat("a", 255) + `"`, 0},
		{"NUL", `"ann\u0000"`, domain.Unauthenticated},
		{"a line end", `"ann\n"`, domain.Unauthenticated},
		{"an escape character", `"ann\u001b[2J"`, domain.Unauthenticated},
		{"a C1 control character", `"ann\u0085"`, domain.Unauthenticated},
		{"invalid UTF-8", "\"ann\xff\"", domain.Unauthenticated},
		{"half a surrogate pair", `"ann\ud800"`, domain.Unauthenticated},
		{"too long", `"` + strings.Repeat("a", 2000) + `"`, domain.Unauthenticated},
		{"empty", `""`, domain.Unauthenticated},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFake(t)
			f.on("/userinfo", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{"sub":` + c.sub + `}`)) })
			header := fmt.Sprintf(`{"alg":"ES256","kid":%q}`, f.keyID)
			payload := fmt.Sprintf(`{"iss":%q,"exp":9e9,"sub":%s}`, f.url, c.sub)
			verify(t, trusting(t, f.url), f.compact(t, header, payload), c.want)
			verify(t, trusting(t, f.url), opaque, c.want)
		})
	}
}

func TestLargeTokensUpToTheLimit(t *testing.T) {
	f := newFake(t)
	verify(t, trusting(t, f.url), f.token(t, object{"groups": strings.Repeat("g", 30_000)}), 0)
}
