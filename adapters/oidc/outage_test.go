package oidc_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/eosc-perf/backend/adapters/oidc"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// TestProviderThatReturnsIsUsedWithinASecond: whatever the provider did while it was away.
func TestProviderThatReturnsIsUsedWithinASecond(t *testing.T) {
	for _, path := range []string{"/.well-known/openid-configuration", "/keys"} {
		for _, c := range []struct {
			name string
			away http.HandlerFunc
		}{
			{"refuses", status(http.StatusBadGateway)},
			{"sends nonsense", answer("maintenance")},
			{"hangs up", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }},
		} {
			t.Run(path+" "+c.name, func(t *testing.T) {
				f := newFake(t)
				clock := newFrozen()
				v := newVerifier(t, oidc.Config{Issuers: []string{f.url}, Clock: clock.now})
				works := f.handlers[path]
				f.on(path, c.away)
				verify(t, v, f.token(t, nil), domain.Unavailable)
				f.on(path, works)
				clock.forward(time.Second)
				verify(t, v, f.token(t, nil), 0)
			})
		}
		t.Run(path+" hangs", func(t *testing.T) {
			f := newFake(t)
			clock := newFrozen()
			v := newVerifier(t, oidc.Config{Issuers: []string{f.url}, Clock: clock.now})
			works, asked, hang := f.handlers[path], make(chan struct{}, 1), hanging(t)
			f.on(path, func(w http.ResponseWriter, r *http.Request) {
				asked <- struct{}{}
				hang(w, r)
			})
			token := f.token(t, nil)
			go func() { _, _ = v.Verify(t.Context(), ports.BearerToken{Text: token}) }()
			<-asked
			f.on(path, works)
			clock.forward(time.Second)
			verify(t, v, f.token(t, nil), 0)
		})
	}
}

func TestProviderThatIsAwayIsAskedOnceASecond(t *testing.T) {
	const path = "/.well-known/openid-configuration"
	f := newFake(t)
	f.on(path, status(http.StatusBadGateway))
	clock := newFrozen()
	v := newVerifier(t, oidc.Config{Issuers: []string{f.url}, Clock: clock.now})
	for second := range 5 {
		for range 10 {
			verify(t, v, f.token(t, nil), domain.Unavailable)
		}
		if n := f.count(path); n != second+1 {
			t.Fatalf("after %d s and 10 tokens each second there were %d requests, want %d", second, n, second+1)
		}
		clock.forward(time.Second)
	}
}

// TestKeysSurviveAnotherDiscovery: else they would be fetched with each.
func TestKeysSurviveAnotherDiscovery(t *testing.T) {
	f := newFake(t)
	clock := newFrozen()
	v := newVerifier(t, oidc.Config{Issuers: []string{f.url}, Clock: clock.now})
	lasting := object{"exp": clock.now().Add(3 * time.Hour).Unix()}
	verify(t, v, f.token(t, lasting), 0)
	clock.forward(59 * time.Minute)
	f.rotate(t)
	verify(t, v, f.token(t, lasting), 0)
	clock.forward(2 * time.Minute)
	verify(t, v, f.token(t, lasting), 0)
	if d, k := f.count("/.well-known/openid-configuration"), f.count("/keys"); d != 2 || k != 2 {
		t.Errorf("discovery was asked %d times and keys %d times, want twice each", d, k)
	}
}
