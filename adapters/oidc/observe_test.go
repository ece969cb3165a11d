package oidc_test

import (
	"net/http"
	"testing"

	"github.com/eosc-perf/backend/adapters/oidc"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// TestEveryVerdictIsObserved: also those that are remembered; the issuer is a
// trusted one or none, whatever a token says of itself.
func TestEveryVerdictIsObserved(t *testing.T) {
	f := newFake(t)
	type seen struct {
		issuer string
		cause  oidc.Cause
		kind   domain.Kind
	}
	var observed []seen
	v := newVerifier(t, oidc.Config{Issuers: []string{f.url + "/"}, Observe: func(issuer string, cause oidc.Cause, err error) {
		observed = append(observed, seen{issuer, cause, domain.KindOf(err)})
	}})
	stranger := f.token(t, object{"iss": "https://evil.example.org"})
	good := f.token(t, nil)
	expired := f.token(t, object{"exp": 1})
	for _, tt := range []struct {
		name, token string
		want        seen
	}{
		{"accepted", good, seen{f.url, oidc.None, 0}},
		{"accepted, remembered", good, seen{f.url, oidc.None, 0}},
		{"expired", expired, seen{f.url, oidc.Expired, domain.Unauthenticated}},
		{"expired, again", expired, seen{f.url, oidc.Expired, domain.Unauthenticated}},
		{"of an issuer that nobody trusts", stranger, seen{"", oidc.UnknownIssuer, domain.Unauthenticated}},
		{"no token at all", "\x00", seen{"", oidc.Malformed, domain.Unauthenticated}},
		{"opaque", opaque, seen{f.url, oidc.None, 0}},
	} {
		observed = nil
		_, _ = v.Verify(t.Context(), ports.BearerToken{Text: tt.token})
		if len(observed) != 1 || observed[0] != tt.want {
			t.Errorf("%s: observed %+v, want %+v", tt.name, observed, tt.want)
		}
	}
	f.on("/userinfo", status(http.StatusBadGateway))
	observed = nil
	_, _ = v.Verify(t.Context(), ports.BearerToken{Text: f.token(t, object{"jti": "another"})})
	if len(observed) != 1 || observed[0] != (seen{f.url, oidc.Unavailable, domain.Unavailable}) {
		t.Errorf("provider away: observed %+v", observed)
	}
}
