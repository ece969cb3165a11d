package oidc

import (
	"context"
	"crypto/ecdsa"
	"crypto/rsa"
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/golang-jwt/jwt/v5"
	"golang.org/x/time/rate"
)

const (
	// keysAge is how long keys are used before they are fetched again.
	keysAge = time.Hour
	// keysPause is how long keys are used even if none of them fits a token: an unknown
	// key may be a new one, but strangers can make up as many as they like.
	keysPause = time.Minute
	// keysHurry is how many fetches may come before that pause is over, and keysRest after what
	// time there is one more: a provider may change its keys right after they were fetched.
	keysHurry = 3
	keysRest  = 10 * time.Minute
	// shortestModulus is in bits (RFC 7518, section 3.3).
	shortestModulus = 2048
	// mostTried is how many keys that fit one token are tried.
	mostTried = 20
)

// keySet holds the keys with which a provider signs.
type keySet struct {
	address string
	keys    *fetched[[]key]
	now     func() time.Time
	hurry   *rate.Limiter
}

// key is one public key of a provider.
type key struct {
	// id is empty if the key has none.
	id     string
	public any
}

func newKeySet(client *http.Client, address string, now func() time.Time) *keySet {
	fetch := func(ctx context.Context) (*[]key, error) { return fetchKeys(ctx, client, address) }
	return &keySet{
		address: address, keys: &fetched[[]key]{fetch: fetch, now: now}, now: now, hurry: rate.NewLimiter(rate.Every(keysRest), keysHurry),
	}
}

// verify returns nil if one of the provider's keys signed the token. The error is
// Unavailable if the keys cannot be fetched. However many tokens are forged, the keys
// are fetched at most once in keysPause, but for keysHurry.
func (s *keySet) verify(ctx context.Context, t *signedToken) error {
	method, err := t.method()
	if err != nil {
		return err
	}
	keys, err := s.keys.get(ctx, keysAge)
	if err != nil {
		return err
	}
	if signedBy(*keys, t, method) {
		return nil
	}
	newer, err := s.keys.newer(ctx, s.oldest())
	if err != nil {
		return err
	}
	if newer != keys && signedBy(*newer, t, method) {
		return nil
	}
	return refuse(BadSignature, "The access token is not signed by its identity provider", fmt.Errorf("no key fits key id %.80q", t.keyID))
}

// oldest is how old the keys may be that are used although none of them fits a token.
func (s *keySet) oldest() time.Duration {
	age := s.keys.age()
	if age >= fetchPause && age < keysPause && s.hurry.AllowN(s.now(), 1) {
		return fetchPause
	}
	return keysPause
}

// signedBy tries the keys that fit the token, at most mostTried: key ids may be missing, or
// not be unique (RFC 7517, section 4.5).
func signedBy(keys []key, t *signedToken, method jwt.SigningMethod) bool {
	tried := 0
	for _, k := range keys {
		if t.keyID != "" && k.id != "" && t.keyID != k.id || !onCurve(k.public, method) {
			continue
		}
		if method.Verify(t.signed, t.signature, k.public) == nil {
			return true
		}
		if tried++; tried == mostTried {
			return false
		}
	}
	return false
}

// onCurve returns whether a key on an elliptic curve is on the curve of the method
// (RFC 7518, section 3.4). The method itself checks other keys.
func onCurve(public any, method jwt.SigningMethod) bool {
	k, isEC := public.(*ecdsa.PublicKey)
	m, wantsEC := method.(*jwt.SigningMethodECDSA)
	return isEC == wantsEC && (!isEC || k.Curve.Params().BitSize == m.CurveBits)
}

func fetchKeys(ctx context.Context, client *http.Client, address string) (*[]key, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, unavailable(fmt.Errorf("make request for keys: %w", err))
	}
	answer, err := ask(client, req)
	if err != nil {
		return nil, err
	}
	document, err := answer.object()
	if err != nil {
		return nil, unavailable(fmt.Errorf("read keys of %s: %w", address, err))
	}
	var members []jsontext.Value
	if json.Unmarshal(document["keys"], &members, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)) != nil {
		return nil, unavailable(fmt.Errorf("read keys of %s: there is no list of keys", address))
	}
	keys := make([]key, 0, len(members))
	for _, member := range members {
		if k, ok := readKey(member); ok {
			keys = append(keys, k)
		}
	}
	return &keys, nil
}

// readKey returns a public key for signatures, or false: a key of an unknown kind is
// left out (RFC 7517, section 5). Only the members that make the key are read, since
// providers publish certificates and others that the library would refuse.
func readKey(member jsontext.Value) (key, bool) {
	c, err := readClaims(member)
	if err != nil {
		return key{}, false
	}
	if use := c.text("use"); use != "" && use != "sig" {
		return key{}, false
	}
	if uses, _ := c.list("key_ops"); len(uses) > 0 && c["key_ops"].Kind() == '[' && !slices.Contains(uses, "verify") {
		return key{}, false
	}
	parameters := map[string]string{}
	for _, name := range []string{"kty", "crv"} {
		if value := c.text(name); value != "" {
			parameters[name] = value
		}
	}
	for _, name := range []string{"x", "y", "n", "e"} {
		if value := c.text(name); value != "" {
			parameters[name] = respelled(value, parameters["crv"])
		}
	}
	text, err := json.Marshal(parameters)
	if err != nil {
		return key{}, false
	}
	var k jose.JSONWebKey
	if k.UnmarshalJSON(text) != nil || !k.Valid() {
		return key{}, false
	}
	if m, isRSA := k.Key.(*rsa.PublicKey); isRSA && m.N.BitLen() < shortestModulus {
		return key{}, false
	}
	return key{id: c.text("kid"), public: k.Key}, true
}

// respelled returns a number of a key in base64url without padding and, if it is a coordinate on
// a curve, in full length: some providers write it otherwise.
func respelled(value, curve string) string {
	value = strings.NewReplacer("+", "-", "/", "_", "=", "").Replace(value)
	coordinates := map[string]int{"P-256": 32, "P-384": 48, "P-521": 66}
	number, err := base64.RawURLEncoding.DecodeString(value)
	if missing := coordinates[curve] - len(number); err == nil && missing > 0 {
		return base64.RawURLEncoding.EncodeToString(append(make([]byte, missing), number...))
	}
	return value
}
