package oidc_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/eosc-perf/backend/adapters/oidc"
	"github.com/eosc-perf/backend/ports"
)

// lockedBuffer is a log that several goroutines write.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

func TestLogTellsOfProvidersAndNotOfTokens(t *testing.T) {
	for _, c := range []struct {
		name string
		with func(*fake)
		want int
	}{
		{"all is well", func(*fake) {}, 0},
		{"refused tokens", func(f *fake) { f.on("/userinfo", status(http.StatusUnauthorized)) }, 0},
		{"signed userinfo", func(f *fake) {
			f.on("/userinfo", func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/jwt")
				_, _ = w.Write([]byte("a.b.c"))
			})
		}, 3},
		{"discovery fails", func(f *fake) { f.on("/.well-known/openid-configuration", status(http.StatusBadGateway)) }, 1},
		{"no introspection", func(f *fake) { delete(f.discovery, "introspection_endpoint") }, 1},
		{"unknown client", func(f *fake) { f.on("/introspect", status(http.StatusUnauthorized)) }, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFake(t)
			c.with(f)
			var log lockedBuffer
			v := newVerifier(t, oidc.Config{
				Issuers: []string{f.url}, ClientID: "us", ClientSecret: "hidden-secret",
				Logger: slog.New(slog.NewTextHandler(&log, nil)),
			})
			tokens := []string{"first-opaque-token", "second-opaque-token", f.token(t, nil)}
			said := ""
			for _, token := range tokens {
				if _, err := v.Verify(t.Context(), ports.BearerToken{Text: token}); err != nil {
					said += err.Error()
				}
			}
			said += log.String()
			if n := strings.Count(log.String(), "level=WARN"); n != c.want {
				t.Errorf("%d warnings, want %d:\n%s", n, c.want, log.String())
			}
			for _, secret := range append(tokens, "hidden-secret") {
				if strings.Contains(said, secret) {
					t.Errorf("log or errors show %q:\n%s", secret, said)
				}
			}
		})
	}
}
