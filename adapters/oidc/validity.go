package oidc

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// leeway is by how much a provider's clock may differ from ours. The verdict on a token that is
// over by our clock is not remembered.
const leeway = time.Minute

// checkDates reads exp and nbf of a token or of what introspection says of one, and
// returns when the token expires, zero if that is not said.
func checkDates(c claims, now time.Time) (expires time.Time, err error) {
	expires, err = c.date(claimExpiry)
	if err != nil {
		return time.Time{}, refuse(Malformed, "The access token does not say when it expires in a way that can be read", err)
	}
	begins, err := c.date(claimNotBefore)
	if err != nil {
		return time.Time{}, refuse(Malformed, "The access token does not say when it begins to be valid in a way that can be read", err)
	}
	if c.has(claimExpiry) && !now.Before(expires.Add(leeway)) {
		return time.Time{}, refuse(
			Expired, "The access token has expired: get a new one",
			fmt.Errorf("expired at %s", expires.UTC().Format(time.RFC3339)),
		)
	}
	if begins.After(now.Add(leeway)) {
		return time.Time{}, refuse(
			NotYetValid, "The access token is not valid yet",
			fmt.Errorf("valid from %s", begins.UTC().Format(time.RFC3339)),
		)
	}
	return expires, nil
}

// audience are the accepted values of aud. If it is empty, aud does not matter.
type audience []string

// check reads aud of a token or of what introspection says of one.
func (a audience) check(c claims) error {
	if len(a) == 0 {
		return nil
	}
	named, _ := c.list(claimAudience)
	if slices.ContainsFunc(named, func(name string) bool { return slices.Contains(a, name) }) {
		return nil
	}
	return refuse(WrongAudience, "The access token is not for this service: its aud must contain "+strings.Join(a, " or "),
		fmt.Errorf("aud is %.300q", named))
}
