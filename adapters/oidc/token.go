package oidc

import (
	"encoding/base64"
	"encoding/json"
	"strings"
)

// maxToken is the longest token that is looked at, in bytes.
const maxToken = 16 << 10

// checkForm refuses what cannot be a bearer token by RFC 6750, section 2.1:
// letters, digits and -._~+/ with equals signs at the end.
func checkForm(token string) error {
	if len(token) > maxToken {
		return refuse("The access token is too long", nil)
	}
	text := strings.TrimRight(token, "=")
	if text == "" {
		return refuse("The access token is empty", nil)
	}
	for i := range len(text) {
		if !isTokenByte(text[i]) {
			return refuse("The access token holds characters that no token has", nil)
		}
	}
	return nil
}

func isTokenByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-._~+/", c) >= 0
}

// claimedIssuer returns what a JWT says about its own issuer: nothing of it is
// proven. A token is a signed JWT if it has three parts and the first is a
// header with an algorithm; everything else is opaque, encrypted ones (five
// parts) included. A JWT without a readable issuer is refused.
func claimedIssuer(token string) (issuer string, isJWT bool, err error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return "", false, nil
	}
	header, ok := decodePart(parts[0])
	if !ok || header.text("alg") == "" {
		return "", false, nil
	}
	payload, ok := decodePart(parts[1])
	if !ok || payload.text("iss") == "" {
		return "", true, refuse("The access token does not name its issuer", nil)
	}
	return payload.text("iss"), true, nil
}

func decodePart(part string) (claims, bool) {
	raw, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		return nil, false
	}
	var c claims
	return c, json.Unmarshal(raw, &c) == nil && c != nil
}
