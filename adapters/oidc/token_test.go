package oidc

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/eosc-perf/backend/core/domain"
)

// FuzzVerifyNeverPanics feeds tokens to a verifier that trusts a provider which
// cannot be reached: whatever is sent, it ends in a domain error.
func FuzzVerifyNeverPanics(f *testing.F) {
	for _, seed := range []string{
		"", "a", "a.b.c", "..", "a.b.c.d.e", "e30.e30.e30", "bnVsbA.bnVsbA.bnVsbA",
		"eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJodHRwOi8vMTI3LjAuMC4xOjEifQ.AAAA",
		"eyJhbGciOiJub25lIn0.eyJpc3MiOjF9.", "\x00", "a=b", strings.Repeat("=", 9),
	} {
		f.Add(seed)
	}
	v, err := New(Config{Issuers: []string{"http://127.0.0.1:1"}})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, token string) {
		id, err := v.Verify(context.Background(), token)
		if kind := domain.KindOf(err); kind != domain.Unauthenticated && kind != domain.Unavailable {
			t.Errorf("Verify(%q) = %+v, %v", token, id, err)
		}
	})
}

func TestTokensAreNotSentInTheClear(t *testing.T) {
	for _, c := range []struct {
		issuer, endpoint string
		works            bool
	}{
		{"https://op.example", "https://op.example/userinfo", true},
		{"https://op.example", "https://other.example/userinfo", true},
		{"https://op.example", "http://op.example/userinfo", false},
		{"http://127.0.0.1:5000", "http://127.0.0.1:5000/userinfo", true},
		{"http://127.0.0.1:5000", "https://127.0.0.1:5000/userinfo", true},
	} {
		i := newIssuer(c.issuer, nil, Config{Logger: slog.New(slog.DiscardHandler), Clock: time.Now})
		got, err := i.endpoint(claims{"userinfo_endpoint": c.endpoint}, "userinfo_endpoint", true)
		if (err == nil) != c.works {
			t.Errorf("%s with %s: got %q, %v, want it to work: %v", c.issuer, c.endpoint, got, err, c.works)
		}
	}
}

func TestNumericDates(t *testing.T) {
	for _, c := range []struct {
		value any
		want  int64
	}{
		{float64(1700000000), 1700000000},
		{1700000000.9, 1700000000},
		{float64(-1), 0},
		{"1700000000", 0},
		{1e300, 2147483647000},
	} {
		if got := (claims{"exp": c.value}).instant("exp"); got.Unix() != c.want {
			t.Errorf("%v: got %d, want %d", c.value, got.Unix(), c.want)
		}
	}
	if got := (claims{}).instant("exp"); !got.IsZero() {
		t.Errorf("no date: got %v, want none", got)
	}
}
