package oidc_test

import (
	"net/http"
	"testing"

	"github.com/eosc-perf/backend/adapters/oidc"
	"github.com/eosc-perf/backend/core/domain"
)

// TestEveryVerdictIsObserved: also those that are remembered; the issuer is a
// trusted one or none, whatever a token says of itself.
func TestEveryVerdictIsObserved(t *testing.T) {
	f := newFake(t)
	type seen struct {
		issuer string
		kind   domain.Kind
	}
	var observed []seen
	v := newVerifier(t, oidc.Config{Issuers: []string{f.url + "/"}, Observe: func(issuer string, err error) {
		observed = append(observed, seen{issuer, domain.KindOf(err)})
	}})
	stranger := f.token(t, object{"iss": "https://evil.example.org"})
	good := f.token(t, nil)
	expired := f.token(t, object{"exp": 1})
	for _, tt := range []struct {
		name, token string
		want        seen
	}{
		{"accepted", good, seen{f.url, 0}},
		{"accepted, remembered", good, seen{f.url, 0}},
		{"expired", expired, seen{f.url, domain.Unauthenticated}},
		{"expired, remembered", expired, seen{f.url, domain.Unauthenticated}},
		{"of an issuer that nobody trusts", stranger, seen{"", domain.Unauthenticated}},
		{"no token at all", "\x00", seen{"", domain.Unauthenticated}},
		{"opaque", opaque, seen{f.url, 0}},
	} {
		observed = nil
		_, _ = v.Verify(t.Context(), tt.token)
		if len(observed) != 1 || observed[0] != tt.want {
			t.Errorf("%s: observed %+v, want %+v", tt.name, observed, tt.want)
		}
	}
	f.on("/userinfo", status(http.StatusBadGateway))
	observed = nil
	_, _ = v.Verify(t.Context(), f.token(t, object{"jti": "another"}))
	if len(observed) != 1 || observed[0] != (seen{f.url, domain.Unavailable}) {
		t.Errorf("provider away: observed %+v", observed)
	}
}
