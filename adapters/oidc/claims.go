package oidc

import (
	"math"
	"strings"
	"time"

	"github.com/eosc-perf/backend/core/domain"
)

// The claims that make an identity.
const (
	claimSubject       = "sub"
	claimIssuer        = "iss"
	claimEmail         = "email"
	claimEmailVerified = "email_verified"
	claimEntitlements  = "eduperson_entitlement"
)

// claims are the members of a JSON object from a provider. They are looked up
// in a map because decoding into a struct takes "SUB" for "sub".
type claims map[string]any

// text returns the claim's value, "" if it has none or is not a string.
func (c claims) text(name string) string {
	s, _ := c[name].(string)
	return s
}

// boolean returns nil unless the claim is a boolean or spells one: some
// providers send "true".
func (c claims) boolean(name string) *bool {
	var b bool
	switch value := c[name].(type) {
	case bool:
		b = value
	case string:
		b = strings.EqualFold(value, "true")
		if !b && !strings.EqualFold(value, "false") {
			return nil
		}
	default:
		return nil
	}
	return &b
}

// list returns the claim's strings, a single one or those of a list, and
// whether there is such a claim. Members that are not strings are left out.
func (c claims) list(name string) ([]string, bool) {
	switch value := c[name].(type) {
	case string:
		return []string{value}, true
	case []any:
		list := make([]string, 0, len(value))
		for _, member := range value {
			if s, ok := member.(string); ok {
				list = append(list, s)
			}
		}
		return list, true
	}
	return nil, false
}

// instant returns the time of a NumericDate (RFC 7519, section 2), zero if
// there is none. What cannot be read as one counts as long ago.
func (c claims) instant(name string) time.Time {
	value := c[name]
	if value == nil {
		return time.Time{}
	}
	seconds, ok := value.(float64)
	if !ok {
		return time.Unix(0, 0)
	}
	// A float beyond int64 has no defined conversion.
	return time.Unix(int64(min(max(seconds, 0), math.MaxInt32*1000)), 0)
}

// identity makes the identity of a subject out of userinfo and, for what that
// lacks, of the token's own claims.
func identity(id domain.UserID, userinfo, token claims) domain.Identity {
	who := domain.Identity{UserID: id, Email: userinfo.text(claimEmail), EmailVerified: userinfo.boolean(claimEmailVerified)}
	if who.Email == "" {
		who.Email = token.text(claimEmail)
	}
	who.HasEmail = who.Email != ""
	// What the token says of another address proves nothing about this one.
	if about := token.text(claimEmail); who.EmailVerified == nil && (about == "" || about == who.Email) {
		who.EmailVerified = token.boolean(claimEmailVerified)
	}
	entitlements, told := userinfo.list(claimEntitlements)
	if !told {
		entitlements, _ = token.list(claimEntitlements)
	}
	who.Entitlements = entitlements
	return who
}
