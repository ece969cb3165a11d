package oidc

import (
	"context"
	"log/slog"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
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
		id, err := v.Verify(context.Background(), ports.BearerToken{Text: token})
		if kind := domain.KindOf(err); kind != domain.Unauthenticated && kind != domain.Unavailable && kind != domain.Limited {
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
		got, err := i.endpoint(claims{"userinfo_endpoint": jsontext.Value(strconv.Quote(c.endpoint))}, "userinfo_endpoint", true)
		if (err == nil) != c.works {
			t.Errorf("%s with %s: got %q, %v, want it to work: %v", c.issuer, c.endpoint, got, err, c.works)
		}
	}
}

func TestNumericDates(t *testing.T) {
	for _, c := range []struct {
		value   string
		want    int64
		refused bool
	}{
		{"1700000000", 1700000000, false},
		{"1700000000.9", 1700000000, false},
		{"1.7e9", 1700000000, false},
		{"-1", 0, false},
		{"1e300", 2147483647000, false},
		{"1e999", 2147483647000, false},
		{"-1e999", 0, false},
		{`"1700000000"`, 0, true},
		{"true", 0, true},
		{"[]", 0, true},
	} {
		got, err := claims{"exp": jsontext.Value(c.value)}.date("exp")
		if (err != nil) != c.refused || !c.refused && got.Unix() != c.want {
			t.Errorf("%s: got %d, %v, want %d, refused: %v", c.value, got.Unix(), err, c.want, c.refused)
		}
	}
	for _, none := range []claims{{}, {"exp": jsontext.Value("null")}} {
		if got, err := none.date("exp"); err != nil || !got.IsZero() {
			t.Errorf("%v: got %v, %v, want none", none, got, err)
		}
	}
}
