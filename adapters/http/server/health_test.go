package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// healthHandler answers health checks; count is how often its check of the database ran, which takes a
// while, and fails while broken.
func healthHandler(t *testing.T, count *atomic.Int32, broken, stopping *atomic.Bool) http.Handler {
	t.Helper()
	handler, err := NewHandler(Config{Log: slog.New(slog.DiscardHandler), RequestTimeout: time.Minute, Ready: []ReadyCheck{
		{Name: "database", Check: func(ctx context.Context) (string, error) {
			count.Add(1)
			select {
			case <-ctx.Done():
				return "canceled", ctx.Err()
			case <-time.After(10 * time.Millisecond):
			}
			if broken.Load() {
				return "gone", errors.New("no database")
			}
			return "", nil
		}},
		{Name: "server", Immediate: true, Check: func(context.Context) (string, error) {
			if stopping.Load() {
				return "stopping", errStopping
			}
			return "", nil
		}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return handler
}

func ask(ctx context.Context, handler http.Handler, path, client string) *httptest.ResponseRecorder {
	request := httptest.NewRequestWithContext(ctx, http.MethodGet, path, nil)
	request.RemoteAddr = client + ":1234"
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, request)
	return recorder
}

// TestReadinessChecksAreShared: who asks at once and within a second costs one check of the database,
// and a client that leaves early spoils no answer of others.
func TestReadinessChecksAreShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var count atomic.Int32
		var broken, stopping atomic.Bool
		handler := healthHandler(t, &count, &broken, &stopping)
		gone, leave := context.WithCancel(t.Context())
		var clients sync.WaitGroup
		clients.Go(func() { ask(gone, handler, "/readyz", "192.0.2.0") })
		time.Sleep(time.Millisecond)
		leave()
		for i := range 200 {
			clients.Go(func() {
				if a := ask(t.Context(), handler, "/readyz", fmt.Sprintf("192.0.2.%d", i)); a.Code != http.StatusOK {
					t.Errorf("client %d: %d %s, want ready", i, a.Code, a.Body)
				}
			})
		}
		clients.Wait()
		if n := count.Load(); n != 1 {
			t.Errorf("201 requests at once: %d checks, want 1", n)
		}
		broken.Store(true)
		time.Sleep(time.Second - 2*time.Millisecond)
		if a := ask(t.Context(), handler, "/readyz", "192.0.2.1"); a.Code != http.StatusOK {
			t.Errorf("within a second: %d %s, want what was found before", a.Code, a.Body)
		}
		stopping.Store(true)
		if a := ask(t.Context(), handler, "/readyz", "192.0.2.1"); a.Body.String() !=
			`{"checks":{"database":"ok","server":"stopping"},"status":"not ready"}` {
			t.Errorf("a server that stops: %d %s, want not ready at once", a.Code, a.Body)
		}
		time.Sleep(3 * time.Millisecond)
		if a := ask(t.Context(), handler, "/readyz", "192.0.2.1"); a.Body.String() !=
			`{"checks":{"database":"gone","server":"stopping"},"status":"not ready"}` {
			t.Errorf("after a second: %d %s, want the reason", a.Code, a.Body)
		}
	})
}

// TestHealthChecksArePaced: a client that sends very many of them waits, each time less than a probe
// waits for its answer. Nobody else waits, and nothing is refused.
func TestHealthChecksArePaced(t *testing.T) {
	for _, path := range []string{"/healthz", "/readyz"} {
		synctest.Test(t, func(t *testing.T) {
			var count atomic.Int32
			var broken, stopping atomic.Bool
			handler := healthHandler(t, &count, &broken, &stopping)
			ended, answered := time.Now().Add(10*time.Second), 0
			for time.Now().Before(ended) {
				begun := time.Now()
				if a := ask(t.Context(), handler, path, "192.0.2.1"); a.Code != http.StatusOK {
					t.Fatalf("%s: %d %s, want 200", path, a.Code, a.Body)
				}
				if answered++; answered > 2000 {
					t.Fatalf("%s: more than 2000 answers in %s", path, 10*time.Second-time.Until(ended))
				}
				if took := time.Since(begun); took > 300*time.Millisecond {
					t.Errorf("%s: an answer took %s", path, took)
				}
			}
			begun := time.Now()
			for range 10 {
				ask(t.Context(), handler, path, "192.0.2.2")
				time.Sleep(100 * time.Millisecond)
			}
			if took := time.Since(begun); took > 1100*time.Millisecond {
				t.Errorf("%s: a probe waited: ten took %s", path, took)
			}
		})
	}
}
