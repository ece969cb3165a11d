package oidc_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
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
	v.Check(t.Context())
	verify(t, v, f.token(t, lasting), 0)
	if d, k := f.count("/.well-known/openid-configuration"), f.count("/keys"); d != 2 || k != 2 {
		t.Errorf("discovery was asked %d times and keys %d times, want twice each", d, k)
	}
}

// without is a transport without a network, so that time can be that of a bubble.
type without map[string]*fake

func (w without) RoundTrip(r *http.Request) (*http.Response, error) {
	recorder := httptest.NewRecorder()
	w["http://"+r.URL.Host].ServeHTTP(recorder, r)
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	return recorder.Result(), nil
}

// TestNobodyWaitsForWhatIsKnown: a provider that hangs while it is asked for its description or its keys again
// costs no time as long as the older ones are there, however often it is asked. Check does notice.
func TestNobodyWaitsForWhatIsKnown(t *testing.T) {
	const here, other = "http://here.example", "http://other.example"
	hangs := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	loops := func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.Path, http.StatusFound) }
	endless := func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, 2<<20)) }
	for _, path := range []string{"/.well-known/openid-configuration", "/keys"} {
		for name, away := range map[string]http.HandlerFunc{"hangs": hangs, "redirects to itself": loops, "answers too much": endless} {
			t.Run(path+" "+name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					network := without{here: {hits: map[string]int{}}, other: {hits: map[string]int{}}}
					for address, f := range network {
						f.describe(t, address)
					}
					f := network[here]
					works := f.handlers[path]
					v := newVerifier(t, oidc.Config{Issuers: []string{other, here}, HTTPClient: &http.Client{Transport: network}})
					verify(t, v, f.token(t, nil), 0)
					network[other].on("/userinfo", hangs)
					f.on(path, away)
					time.Sleep(2 * time.Hour)
					for range 5 {
						begun := time.Now()
						verify(t, v, f.token(t, nil), 0)
						verify(t, v, "opaque", 0)
						if waited := time.Since(begun); waited != 0 {
							t.Errorf("good tokens waited %v", waited)
						}
						time.Sleep(time.Minute + time.Second)
					}
					if reached := v.Check(t.Context())[1].Err == nil; reached != (path == "/keys") {
						t.Errorf("Check says that the provider is reachable: %v", reached)
					}
					f.on(path, works)
					f.rotate(t)
					time.Sleep(time.Second)
					verify(t, v, f.token(t, nil), 0)
					time.Sleep(time.Minute) // the requests that hang end
				})
			})
		}
	}
}

// TestProviderThatAsksToComeBack: that a provider is busy says nothing of the token, and the
// caller is told the time that the provider names.
func TestProviderThatAsksToComeBack(t *testing.T) {
	soon := time.Now().Add(90 * time.Second).UTC().Format(http.TimeFormat)
	for _, c := range []struct {
		name, path, after string
		status            int
		least, most       time.Duration
	}{
		{"429 with seconds", "/userinfo", "40", 429, 40 * time.Second, 40 * time.Second},
		{"503 with a date", "/userinfo", soon, 503, 30 * time.Second, 90 * time.Second},
		{"500 with seconds", "/keys", "40", 500, 40 * time.Second, 40 * time.Second},
		{"503 of the description", "/.well-known/openid-configuration", "40", 503, 40 * time.Second, 40 * time.Second},
		{"429 of introspection", "/introspect", "40", 429, 40 * time.Second, 40 * time.Second},
		{"a year", "/userinfo", "31536000", 503, 5 * time.Minute, 5 * time.Minute},
		{"more than fits", "/userinfo", "99999999999999999999", 503, time.Second, 5 * time.Minute},
		{"nothing to wait for", "/userinfo", "0", 503, time.Second, time.Minute},
		{"a date that is over", "/userinfo", "Wed, 21 Oct 2015 07:28:00 GMT", 503, time.Second, time.Minute},
		{"no time", "/userinfo", "-1", 503, time.Second, time.Minute},
		{"408", "/userinfo", "", 408, time.Second, time.Minute},
		{"425", "/userinfo", "", 425, time.Second, time.Minute},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t)
			f.on(c.path, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Retry-After", c.after)
				w.WriteHeader(c.status)
			})
			token := f.token(t, nil)
			if c.path == "/introspect" {
				token = opaque
			}
			v := newVerifier(t, oidc.Config{Issuers: []string{f.url}, ClientID: "us", ClientSecret: "secret"})
			_, err := v.Verify(t.Context(), ports.BearerToken{Text: token})
			wantKind(t, err, domain.Unavailable)
			if e, ok := errors.AsType[*domain.Error](err); !ok || e.RetryAfter < c.least || e.RetryAfter > c.most {
				t.Errorf("Retry-After: %s became %#v, want %s to %s", c.after, err, c.least, c.most)
			}
		})
	}
}

// TestCheckFindsWhatTokensNeed: a provider without keys accepts no token.
func TestCheckFindsWhatTokensNeed(t *testing.T) {
	for _, c := range []struct {
		name   string
		secret string
		change func(*fake)
		want   string
	}{
		{"all is well", "secret", func(*fake) {}, ""},
		{"no description", "", func(f *fake) { f.on("/.well-known/openid-configuration", status(http.StatusNotFound)) }, "status 404"},
		{"no keys", "", func(f *fake) { f.on("/keys", status(http.StatusNotFound)) }, "read keys"},
		{"keys that are away", "", func(f *fake) { f.on("/keys", status(http.StatusBadGateway)) }, "502"},
		{"introspection nowhere", "secret", func(f *fake) { f.discovery["introspection_endpoint"] = "none" }, "introspection_endpoint"},
		{"introspection nowhere, not needed", "", func(f *fake) { f.discovery["introspection_endpoint"] = "none" }, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFake(t)
			c.change(f)
			client := oidc.Provider{Issuer: f.url, ClientID: "us", ClientSecret: c.secret}
			v := newVerifier(t, oidc.Config{Issuers: []string{f.url}, Providers: []oidc.Provider{client}})
			err := v.Check(t.Context())[0].Err
			if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}
