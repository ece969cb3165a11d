package oidc

import (
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/golang-jwt/jwt/v5"
)

// checkForm refuses what cannot be a bearer token by RFC 6750, section 2.1:
// letters, digits and -._~+/ with equals signs at the end.
func (v *Verifier) checkForm(token string) error {
	if len(token) > v.maxToken {
		return refuse(TooLong, fmt.Sprintf("The access token has %d bytes, and the limit is %d (TOKEN_LIMIT)", len(token), v.maxToken), nil)
	}
	text := strings.TrimRight(token, "=")
	if text == "" {
		return refuse(Malformed, "The access token is empty", nil)
	}
	// One character shows nothing of the token, and tells quotes from the brackets of a template.
	if at := strings.IndexFunc(text, isOtherThanToken); at >= 0 {
		odd, _ := utf8.DecodeRuneInString(text[at:])
		return refuse(Malformed, fmt.Sprintf("The access token has %q at character %d, and no token has that", odd, at+1), nil)
	}
	return nil
}

func isOtherThanToken(c rune) bool {
	return (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && !strings.ContainsRune("-._~+/", c)
}

// algorithms are the accepted ways to sign, by their names in JOSE: those with a
// private key, so that nobody can sign with what the provider publishes. Ed25519 is
// EdDSA by its newer name (RFC 9864).
var algorithms = map[string]jwt.SigningMethod{
	"RS256": jwt.SigningMethodRS256, "RS384": jwt.SigningMethodRS384, "RS512": jwt.SigningMethodRS512,
	"PS256": jwt.SigningMethodPS256, "PS384": jwt.SigningMethodPS384, "PS512": jwt.SigningMethodPS512,
	"ES256": jwt.SigningMethodES256, "ES384": jwt.SigningMethodES384, "ES512": jwt.SigningMethodES512,
	"EdDSA": jwt.SigningMethodEdDSA, "Ed25519": jwt.SigningMethodEdDSA,
}

// signedToken is a JWT in compact form (RFC 7515, section 7.1). Nothing of it is
// proven before keySet.verify has accepted it.
type signedToken struct {
	algorithm string
	// keyID is empty if the token names no key.
	keyID string
	// extended is true if the token has a crit header: a reader who does not know the
	// extension must refuse the token (RFC 7515, section 4.1.11).
	extended  bool
	claims    claims
	signed    string
	signature []byte
}

// readSignedToken reads a JWT. It returns nil if the text is not one: a signed JWT has
// three parts, the first of which is a header with an algorithm. Everything else is
// opaque, encrypted JWTs (five parts) included.
func readSignedToken(text string) (*signedToken, error) {
	parts := strings.Split(text, ".")
	const ofJWT = 3
	if len(parts) != ofJWT {
		return nil, nil //nolint:nilnil // an opaque token is no error
	}
	header, err := readPart(parts[0])
	if err != nil || header.text("alg") == "" {
		return nil, nil //nolint:nilerr,nilnil // an opaque token is no error
	}
	t := &signedToken{algorithm: header.text("alg"), keyID: header.text("kid"), signed: parts[0] + "." + parts[1]}
	_, t.extended = header["crit"]
	if t.claims, err = readPart(parts[1]); err != nil {
		return nil, refuse(Malformed, "The access token is a JWT whose claims cannot be read", fmt.Errorf("claims: %w", err))
	}
	// Strict: the same signature must not make several tokens.
	if t.signature, err = base64.RawURLEncoding.Strict().DecodeString(parts[2]); err != nil {
		return nil, refuse(Malformed, "The access token is a JWT whose signature cannot be read", nil)
	}
	return t, nil
}

// method returns how the token says that it is signed.
func (t *signedToken) method() (jwt.SigningMethod, error) {
	if t.extended {
		return nil, refuse(Malformed, "The access token needs an extension that is not known here (crit)", nil)
	}
	method, ok := algorithms[t.algorithm]
	if !ok {
		return nil, refuse(UnknownAlgorithm, "The access token is signed by an algorithm that is not accepted",
			fmt.Errorf("algorithm %.40q", t.algorithm))
	}
	return method, nil
}
