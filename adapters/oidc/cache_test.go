package oidc_test

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/eosc-perf/backend/adapters/oidc"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

func TestVerdictsAreRememberedForTheirTime(t *testing.T) {
	soon := time.Now().Add(30 * time.Second).Unix()
	later := time.Now().Add(time.Hour).Unix()
	introspecting := func(exp int64) func(*fake) {
		return func(f *fake) { f.on("/introspect", answer(object{"active": true, "exp": exp})) }
	}
	asItIs := func(*fake) {}
	refusing := func(f *fake) { f.on("/userinfo", status(http.StatusUnauthorized)) }
	jwt := func(exp int64) func(*fake) string {
		return func(f *fake) string { return f.token(t, object{"exp": exp}) }
	}
	aToken := func(*fake) string { return opaque }
	for _, c := range []struct {
		name        string
		prepare     func(*fake)
		token       func(*fake) string
		kept, asked time.Duration
	}{
		{"accepted for a minute", asItIs, jwt(later), 59 * time.Second, 61 * time.Second},
		{"opaque, accepted for a minute", asItIs, aToken, 59 * time.Second, 61 * time.Second},
		{"opaque, accepted until it expires", introspecting(soon), aToken, 20 * time.Second, 31 * time.Second},
		{"refused for ten seconds", refusing, jwt(later), 9 * time.Second, 11 * time.Second},
		{"opaque, refused for ten seconds", refusing, aToken, 9 * time.Second, 11 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFake(t)
			c.prepare(f)
			var now clock
			v := newVerifier(t, oidc.Config{Issuers: []string{f.url}, ClientID: "us", ClientSecret: "secret", Clock: now.now})
			token := c.token(f)
			_, first := v.Verify(t.Context(), ports.BearerToken{Text: token})
			asked := f.total()
			now.forward(c.kept)
			_, again := v.Verify(t.Context(), ports.BearerToken{Text: token})
			if f.total() != asked || domain.KindOf(first) != domain.KindOf(again) {
				t.Fatalf("after %s: %d more requests, want 0; got %v, then %v", c.kept, f.total()-asked, first, again)
			}
			now.forward(c.asked - c.kept)
			_, _ = v.Verify(t.Context(), ports.BearerToken{Text: token})
			if f.total() == asked {
				t.Errorf("after %s the provider was not asked again", c.asked)
			}
		})
	}
}

func TestVerdictOnAJWTEndsWithTheToken(t *testing.T) {
	f := newFake(t)
	var now clock
	v := newVerifier(t, oidc.Config{Issuers: []string{f.url}, Clock: now.now})
	token := f.token(t, object{"exp": time.Now().Add(30 * time.Second).Unix()})
	verify(t, v, token, 0)
	now.forward(20 * time.Second)
	verify(t, v, token, 0)
	if n := f.count("/userinfo"); n != 1 {
		t.Errorf("userinfo was asked %d times, want once", n)
	}
	// By the provider's clock the token may still be valid: the provider decides each time.
	now.forward(11 * time.Second)
	verify(t, v, token, 0)
	verify(t, v, token, 0)
	if n := f.count("/userinfo"); n != 3 {
		t.Errorf("userinfo was asked %d times, want three times", n)
	}
	now.forward(time.Minute)
	verify(t, v, token, domain.Unauthenticated)
	if n := f.count("/userinfo"); n != 3 {
		t.Errorf("userinfo was asked %d times, want no more", n)
	}
}

func TestCacheTimesAreSettings(t *testing.T) {
	f := newFake(t)
	var now clock
	v := newVerifier(t, oidc.Config{Issuers: []string{f.url}, AcceptedFor: time.Second, Clock: now.now})
	token := f.token(t, nil)
	verify(t, v, token, 0)
	now.forward(2 * time.Second)
	verify(t, v, token, 0)
	if n := f.count("/userinfo"); n != 2 {
		t.Errorf("userinfo was asked %d times, want 2", n)
	}
}

func TestManyCallersMakeOneRequest(t *testing.T) {
	f := newFake(t)
	f.on("/userinfo", func(w http.ResponseWriter, _ *http.Request) {
		time.Sleep(50 * time.Millisecond)
		writeJSON(w, object{"sub": "ann", "eduperson_entitlement": []string{"a", "b"}})
	})
	v := trusting(t, f.url)
	token := f.token(t, nil)
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			id, err := v.Verify(context.Background(), ports.BearerToken{Text: token})
			if err != nil || id.Entitlements[0] != "a" {
				t.Errorf("got %s, %v", describe(id), err)
				return
			}
			// With -race this proves that nobody gets another's list.
			id.Entitlements[0] = "changed"
			id.Entitlements[0] = "a"
		})
	}
	all.Wait()
	if n := f.count("/userinfo"); n != 1 {
		t.Errorf("50 callers made %d requests, want 1", n)
	}
}

func TestCallerWhoLeavesDoesNotSpoilItForOthers(t *testing.T) {
	f := newFake(t)
	asked, release := make(chan struct{}), make(chan struct{})
	f.on("/userinfo", func(w http.ResponseWriter, _ *http.Request) {
		close(asked)
		<-release
		writeJSON(w, object{"sub": "ann"})
	})
	v := trusting(t, f.url)
	token := f.token(t, nil)
	ctx, leave := context.WithCancel(t.Context())
	first, second := make(chan error, 1), make(chan error, 1)
	go func() { _, err := v.Verify(ctx, ports.BearerToken{Text: token}); first <- err }()
	<-asked
	go func() { _, err := v.Verify(context.Background(), ports.BearerToken{Text: token}); second <- err }()

	leave()
	err := <-first
	wantKind(t, err, domain.Unavailable)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want it to say that the caller left", err)
	}
	// Time for a cancellation, if there were one, to get through.
	time.Sleep(50 * time.Millisecond)
	close(release)
	wantKind(t, <-second, 0)
}

func TestFloodOfBadTokensDoesNotDriveOutGoodOnes(t *testing.T) {
	f := newFake(t)
	f.on("/userinfo", knowing(opaque, object{"sub": "ann"}))
	v := trusting(t, f.url)
	verify(t, v, opaque, 0)
	for i := range 10_100 {
		verify(t, v, f.token(t, object{"iss": "https://evil.example", "jti": i}), domain.Unauthenticated)
	}
	verify(t, v, opaque, 0)
	if n := f.count("/userinfo"); n != 1 {
		t.Errorf("userinfo was asked %d times, want 1", n)
	}
}

func TestNewRefusesSettingsThatCannotWork(t *testing.T) {
	const good = "https://op.example"
	for _, c := range []struct {
		name   string
		config oidc.Config
		works  bool
	}{
		{"one issuer", oidc.Config{Issuers: []string{good}}, true},
		{"the same twice", oidc.Config{Issuers: []string{good, good + "/"}}, true},
		{"credentials", oidc.Config{Issuers: []string{good}, ClientID: "a", ClientSecret: "b"}, true},
		{"no issuer", oidc.Config{}, false},
		{"no scheme", oidc.Config{Issuers: []string{"op.example"}}, false},
		{"a file", oidc.Config{Issuers: []string{"file:///op"}}, false},
		{"a query", oidc.Config{Issuers: []string{good + "?a=b"}}, false},
		{"a user", oidc.Config{Issuers: []string{"https://a:b@op.example"}}, false},
		{"an id without a secret", oidc.Config{Issuers: []string{good}, ClientID: "a"}, false},
		{"a secret without an id", oidc.Config{Issuers: []string{good}, ClientSecret: "b"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := oidc.New(c.config); (err == nil) != c.works {
				t.Errorf("New(%+v): %v, want it to work: %v", c.config, err, c.works)
			}
		})
	}
}
