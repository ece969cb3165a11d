package oidc

import (
	"encoding/base64"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/eosc-perf/backend/core/domain"
)

// The claims that make an identity.
const (
	claimSubject       = "sub"
	claimIssuer        = "iss"
	claimAudience      = "aud"
	claimExpiry        = "exp"
	claimNotBefore     = "nbf"
	claimName          = "name"
	claimEmail         = "email"
	claimEmailVerified = "email_verified"
	claimEntitlements  = "eduperson_entitlement"
)

// longestSubject is in bytes (OpenID Connect Core 1.0, section 2).
const longestSubject = 255

// claims are the members of a JSON object of a provider or a token, by their exact
// names; each is decoded when it is used, so that an unused one may be anything. Of
// members with the same name the last counts (RFC 7519, section 4).
type claims map[string]jsontext.Value

// readClaims reads a JSON object. The error quotes nothing of it.
func readClaims(text []byte) (claims, error) {
	var c claims
	err := json.Unmarshal(text, &c, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	if err != nil || c == nil {
		return nil, errors.New("not a JSON object")
	}
	return c, nil
}

// readPart reads a part of a JWT in compact form.
func readPart(part string) (claims, error) {
	text, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		return nil, errors.New("not base64url")
	}
	return readClaims(text)
}

// has returns whether the claim is there and not null.
func (c claims) has(name string) bool {
	value, ok := c[name]
	return ok && value.Kind() != 'n'
}

// text returns the claim's value, "" if the claim is missing or not a string of
// valid Unicode.
func (c claims) text(name string) string { return textOf(c[name]) }

func textOf(value jsontext.Value) string {
	var s string
	if value.Kind() != '"' || json.Unmarshal(value, &s) != nil {
		return ""
	}
	return s
}

// boolean returns nil unless the claim is a boolean or spells one: some
// providers send "true".
func (c claims) boolean(name string) *bool {
	spelled := c.text(name)
	isTrue := c[name].Kind() == 't' || strings.EqualFold(spelled, "true")
	if !isTrue && c[name].Kind() != 'f' && !strings.EqualFold(spelled, "false") {
		return nil
	}
	return &isTrue
}

// list returns the claim's strings, a single one or those of a list, and
// whether the claim has such a form. Members that are not strings are left out.
func (c claims) list(name string) ([]string, bool) {
	switch c[name].Kind() {
	case '"':
		if s := c.text(name); s != "" {
			return []string{s}, true
		}
		return []string{}, true
	case '[':
		var members []jsontext.Value
		if json.Unmarshal(c[name], &members, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)) != nil {
			return nil, false
		}
		list := make([]string, 0, len(members))
		for _, member := range members {
			if s := textOf(member); s != "" {
				list = append(list, s)
			}
		}
		return list, true
	default:
		return nil, false
	}
}

// date returns the time of a NumericDate (RFC 7519, section 2), zero if the claim is
// missing. A number beyond what a time can be is the nearest one. The error says that
// the claim is not a number.
func (c claims) date(name string) (time.Time, error) {
	if !c.has(name) {
		return time.Time{}, nil
	}
	if c[name].Kind() != '0' {
		return time.Time{}, fmt.Errorf("%s is not a number", name)
	}
	seconds, _ := strconv.ParseFloat(string(c[name]), 64) // out of range it is infinite
	const longest = math.MaxInt32 * 1000                  // the year 70,000
	whole, fraction := math.Modf(min(max(seconds, 0), longest))
	return time.Unix(int64(whole), int64(fraction*float64(time.Second))), nil
}

// storedText returns the claim's value even if that is not valid Unicode, so that
// domain.CheckLine refuses the value by name: what is invalid becomes U+FFFD.
func (c claims) storedText(name string) string {
	var s string
	if c[name].Kind() != '"' || json.Unmarshal(c[name], &s, jsontext.AllowInvalidUTF8(true)) != nil {
		return ""
	}
	return s
}

// subject returns the claim sub. The error says why it cannot be stored.
func (c claims) subject() (string, error) {
	subject := c.storedText(claimSubject)
	if subject == "" {
		return "", errors.New("there is no sub")
	}
	if err := domain.CheckLine(subject, longestSubject); err != nil {
		return "", fmt.Errorf("sub %w", err)
	}
	return subject, nil
}

// identity makes the identity of a person out of userinfo and, for what that
// lacks, of the token's own claims.
func identity(id domain.UserID, userinfo, token claims, entitlements []string) domain.Identity {
	who := domain.Identity{
		UserID: id, Name: userinfo.text(claimName), Email: userinfo.storedText(claimEmail),
		EmailVerified: userinfo.boolean(claimEmailVerified),
	}
	if who.Email == "" {
		who.Email = token.storedText(claimEmail)
	}
	who.HasEmail = who.Email != ""
	// What the token says of another address proves nothing about this one.
	if about := token.storedText(claimEmail); who.EmailVerified == nil && (about == "" || about == who.Email) {
		who.EmailVerified = token.boolean(claimEmailVerified)
	}
	for _, claim := range entitlements {
		held, named := userinfo.list(claim)
		if !named {
			held, _ = token.list(claim)
		}
		who.Entitlements = append(who.Entitlements, held...)
	}
	return who
}
