package oidc_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/eosc-perf/backend/adapters/oidc"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// The budgets that the documentation promises: tokens at once of one client and of
// all, and how often one token may be asked about anew.
const (
	perClient = 20
	inAll     = 100
	anew      = 5
)

// frozen is a clock that stands still until it is put forward.
type frozen struct {
	start time.Time
	ahead atomic.Int64
}

func newFrozen() *frozen { return &frozen{start: time.Now()} }

func (c *frozen) now() time.Time           { return c.start.Add(time.Duration(c.ahead.Load())) }
func (c *frozen) forward(by time.Duration) { c.ahead.Add(int64(by)) }

// from verifies a token of the client.
func from(t testing.TB, v *oidc.Verifier, client, token string) error {
	t.Helper()
	_, err := v.Verify(t.Context(), ports.BearerToken{Text: token, Client: client})
	return err
}

// wantLimited fails unless the error says when to try again.
func wantLimited(t testing.TB, err error) {
	t.Helper()
	if e, ok := errors.AsType[*domain.Error](err); !ok || e.Kind != domain.Limited || e.RetryAfter <= 0 {
		t.Fatalf("got %v, want Limited with a time to try again", err)
	}
}

func TestUnknownTokensOfOneClientHaveABudget(t *testing.T) {
	f := newFake(t)
	f.on("/userinfo", status(http.StatusUnauthorized))
	clock := newFrozen()
	v := newVerifier(t, oidc.Config{Issuers: []string{f.url}, Clock: clock.now})
	limited := 0
	for range 120 {
		if err := from(t, v, "a", rand.Text()); domain.KindOf(err) == domain.Limited {
			wantLimited(t, err)
			limited++
		}
	}
	if n := f.count("/userinfo"); n != perClient || limited != 120-perClient {
		t.Errorf("120 made-up tokens led to %d requests and %d limited answers, want %d requests", n, limited, perClient)
	}
	wantKind(t, from(t, v, "b", rand.Text()), domain.Unauthenticated)
	clock.forward(time.Second)
	wantKind(t, from(t, v, "a", rand.Text()), domain.Unauthenticated)
	wantLimited(t, from(t, v, "a", rand.Text()))
}

func TestUnknownTokensOfAllClientsHaveABudget(t *testing.T) {
	f := newFake(t)
	f.on("/userinfo", status(http.StatusUnauthorized))
	clock := newFrozen()
	v := newVerifier(t, oidc.Config{Issuers: []string{f.url}, Clock: clock.now})
	for i := range 3 * inAll {
		_ = from(t, v, fmt.Sprint("client ", i), rand.Text())
	}
	if n := f.count("/userinfo"); n != inAll {
		t.Errorf("made-up tokens of %d clients led to %d requests, want %d", 3*inAll, n, inAll)
	}
	wantLimited(t, from(t, v, "another", rand.Text()))
	clock.forward(time.Second)
	wantKind(t, from(t, v, "another", rand.Text()), domain.Unauthenticated)
}

// TestTheTotalBudgetDoesNotDrainThoseOfClients: a client whose token is refused since
// others used up the total pays nothing.
func TestTheTotalBudgetDoesNotDrainThoseOfClients(t *testing.T) {
	f := newFake(t)
	f.on("/userinfo", status(http.StatusUnauthorized))
	clock := newFrozen()
	v := newVerifier(t, oidc.Config{Issuers: []string{f.url}, Clock: clock.now})
	for i := range inAll {
		_ = from(t, v, fmt.Sprint("client ", i), rand.Text())
	}
	for range 2 * perClient {
		wantLimited(t, from(t, v, "patient", rand.Text()))
	}
	clock.forward(10 * time.Second)
	for range perClient {
		wantKind(t, from(t, v, "patient", rand.Text()), domain.Unauthenticated)
	}
}

func TestKnownTokensPassWhenTheBudgetIsUsedUp(t *testing.T) {
	f := newFake(t)
	f.on("/userinfo", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "Bearer made-up" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		writeJSON(w, object{"sub": "ann"})
	})
	clock := newFrozen()
	v := newVerifier(t, oidc.Config{Issuers: []string{f.url}, Clock: clock.now})
	wantKind(t, from(t, v, "a", opaque), 0)
	for range 2 * inAll {
		_ = from(t, v, "a", rand.Text())
		_ = from(t, v, rand.Text(), rand.Text())
	}
	asked := f.count("/userinfo")
	clock.forward(61 * time.Second)
	for range 200 {
		_ = from(t, v, "a", rand.Text())
		_ = from(t, v, rand.Text(), rand.Text())
	}
	for _, token := range []string{opaque, f.token(t, nil), f.token(t, object{"jti": "new"})} {
		if err := from(t, v, "a", token); err != nil {
			t.Errorf("a good token is refused behind made-up ones: %v", err)
		}
	}
	if f.count("/userinfo") == asked {
		t.Error("the provider was not asked again after the verdict's time")
	}
}

// TestDoubtedTokensAreThoseThatNobodyVouchesFor: the address has sent too many bad ones.
func TestDoubtedTokensAreThoseThatNobodyVouchesFor(t *testing.T) {
	f, foreign := newFake(t), newFake(t)
	f.on("/userinfo", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "Bearer made-up" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		writeJSON(w, object{"sub": "ann"})
	})
	v := trusting(t, f.url)
	wantKind(t, from(t, v, "a", opaque), 0)
	for _, c := range []struct {
		name, token string
		want        domain.Kind
		requests    int
	}{
		{"a known opaque token", opaque, 0, 0},
		{"a new JWT of the provider", f.token(t, nil), 0, 2},
		{"a JWT that another signed", foreign.token(t, object{"iss": f.url}), domain.Unauthenticated, 0},
		{"a JWT of another issuer", foreign.token(t, nil), domain.Unauthenticated, 0},
		{"an unknown opaque token", "new", domain.Limited, 0},
		{"one that the provider does not accept", "made-up", domain.Limited, 0},
		{"no token", "a b", domain.Unauthenticated, 0},
	} {
		before := f.total()
		_, err := v.Verify(t.Context(), ports.BearerToken{Text: c.token, Client: "a", Doubted: true})
		if domain.KindOf(err) != c.want || f.total()-before != c.requests {
			t.Errorf("%s: %v after %d requests, want kind %d after %d", c.name, err, f.total()-before, c.want, c.requests)
		}
	}
}

// TestTokenThatWasRevokedIsUnknownAgain: else it would be asked about for ever.
func TestTokenThatWasRevokedIsUnknownAgain(t *testing.T) {
	f := newFake(t)
	clock := newFrozen()
	v := newVerifier(t, oidc.Config{Issuers: []string{f.url}, Clock: clock.now})
	wantKind(t, from(t, v, "a", opaque), 0)
	f.on("/userinfo", status(http.StatusUnauthorized))
	clock.forward(61 * time.Second)
	wantKind(t, from(t, v, "a", opaque), domain.Unauthenticated)
	clock.forward(11 * time.Second)
	for range perClient {
		_ = from(t, v, "a", rand.Text())
	}
	wantLimited(t, from(t, v, "a", opaque))
}

func TestOneTokenManyTimesCostsOneUnit(t *testing.T) {
	f := newFake(t)
	f.on("/userinfo", status(http.StatusUnauthorized))
	v := newVerifier(t, oidc.Config{Issuers: []string{f.url}, Clock: newFrozen().now})
	var all sync.WaitGroup
	for range 100 {
		all.Go(func() {
			if err := from(t, v, "a", "the-same-token"); domain.KindOf(err) != domain.Unauthenticated {
				t.Errorf("got %v, want a refused token", err)
			}
		})
	}
	all.Wait()
	if n := f.count("/userinfo"); n != 1 {
		t.Errorf("one token led to %d requests, want 1", n)
	}
}

// TestKnownTokensDoNotWaitForUnknownOnes: the provider takes its time with tokens that
// it does not know.
func TestKnownTokensDoNotWaitForUnknownOnes(t *testing.T) {
	f := newFake(t)
	good := f.token(t, nil)
	var under, most atomic.Int64
	asked, over := make(chan struct{}, inAll), make(chan struct{})
	f.on("/userinfo", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "Bearer "+good {
			writeJSON(w, object{"sub": "ann"})
			return
		}
		most.Store(max(most.Load(), under.Add(1)))
		defer under.Add(-1)
		asked <- struct{}{}
		<-over
		w.WriteHeader(http.StatusUnauthorized)
	})
	v := trusting(t, f.url)
	var strangers sync.WaitGroup
	for i := range inAll - 1 {
		strangers.Go(func() { _ = from(t, v, fmt.Sprint("client ", i), rand.Text()) })
	}
	const lane = 4
	for range lane {
		<-asked
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	if _, err := v.Verify(ctx, ports.BearerToken{Text: good, Client: "ann"}); err != nil {
		t.Errorf("a good token waits behind made-up ones: %v", err)
	}
	close(over)
	strangers.Wait()
	if n := most.Load(); n > lane {
		t.Errorf("%d made-up tokens were asked about at once, want at most %d", n, lane)
	}
}

func TestForgedJWTsCostTheProviderNothing(t *testing.T) {
	f, foreign := newFake(t), newFake(t)
	clock := newFrozen()
	v := newVerifier(t, oidc.Config{Issuers: []string{f.url}, Clock: clock.now})
	verify(t, v, f.token(t, nil), 0)
	clock.forward(11 * time.Second)
	before := f.total()
	for range 100 {
		foreign.rotate(t)
		wantKind(t, from(t, v, "a", foreign.token(t, object{"iss": f.url})), domain.Unauthenticated)
	}
	if keys := f.count("/keys"); keys > 2 || f.total()-before > 1 {
		t.Errorf("100 forged tokens led to %d requests, of which fetched keys %d times in all", f.total()-before, keys)
	}
	clock.forward(time.Second)
	wantKind(t, from(t, v, "a", f.token(t, nil)), 0)
}

// TestFreshAnswers: what operations store must be what the provider says now.
func TestFreshAnswers(t *testing.T) {
	for name, token := range map[string]func(*fake) string{
		"a JWT":           func(f *fake) string { return f.token(t, nil) },
		"an opaque token": func(*fake) string { return opaque },
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake(t)
			clock := newFrozen()
			v := newVerifier(t, oidc.Config{Issuers: []string{f.url}, Clock: clock.now})
			bearer := ports.BearerToken{Text: token(f), Client: "a"}
			email := func(fresh bool) string {
				t.Helper()
				bearer.Fresh = fresh
				id, err := v.Verify(t.Context(), bearer)
				wantKind(t, err, 0)
				return id.Email
			}
			f.on("/userinfo", answer(object{"sub": "ann", "email": "old@example.org"}))
			if got := email(false); got != "old@example.org" {
				t.Fatalf("got %q", got)
			}
			f.on("/userinfo", answer(object{"sub": "ann", "email": "new@example.org"}))
			if got := email(false); got != "old@example.org" {
				t.Errorf("got %q, want the remembered answer", got)
			}
			if got := email(true); got != "new@example.org" {
				t.Errorf("asked anew: got %q, want the new address", got)
			}
			if got := email(false); got != "new@example.org" {
				t.Errorf("got %q, want the newer answer to be remembered", got)
			}
			for range anew - 1 {
				email(true)
			}
			bearer.Fresh = true
			_, err := v.Verify(t.Context(), bearer)
			wantLimited(t, err)
			email(false)
			clock.forward(time.Second)
			email(true)
		})
	}
}

func TestFreshAnswerOfAnUnknownTokenCostsTheBudget(t *testing.T) {
	f := newFake(t)
	f.on("/userinfo", status(http.StatusUnauthorized))
	v := newVerifier(t, oidc.Config{Issuers: []string{f.url}, Clock: newFrozen().now})
	for range 3 * perClient {
		_, _ = v.Verify(t.Context(), ports.BearerToken{Text: rand.Text(), Client: "a", Fresh: true})
	}
	if n := f.count("/userinfo"); n != perClient {
		t.Errorf("%d requests, want %d", n, perClient)
	}
}
