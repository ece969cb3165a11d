package login_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/eosc-perf/backend/tests/process"
)

// atCallback logs in at the provider, and returns the provider's answer, which the browser has
// not followed.
func (d *deployment) atCallback(t *testing.T, account string) (v *visitor, callback string) {
	t.Helper()
	v = d.visit(t)
	v.client.CheckRedirect = func(req *http.Request, _ []*http.Request) error {
		if req.URL.Path == "/ui/login/callback" {
			return http.ErrUseLastResponse
		}
		return nil
	}
	if callback = v.logInAt(account, "/ui/sites").Header.Get("Location"); !strings.Contains(callback, "/ui/login/callback?") {
		t.Fatalf("the provider leads to %q", callback)
	}
	return v, callback
}

// killed kills the provider's process while tokens are renewed and people log in, and starts it
// again. No session ends, and a login that was at its last step ends after the restart.
func (d *deployment) killed(t *testing.T) {
	known := d.visit(t)
	known.logInAt("gil", "/ui/").wants(t, http.StatusOK)
	late, lateCallback := d.atCallback(t, "hal")
	early, earlyCallback := d.atCallback(t, "ida")
	stop := make(chan struct{})
	var together sync.WaitGroup
	for range 4 {
		together.Go(func() {
			for {
				select {
				case <-stop:
					return
				case <-time.After(20 * time.Millisecond):
				}
				if p := known.get("/ui/sessions"); strings.Contains(p.Text, "has ended") || strings.Contains(p.Text, "any more") {
					t.Errorf("the session ends: %d\n%s", p.Status, p.Text)
					return
				}
			}
		})
	}
	before := d.provider.set(nil)["refreshes"]
	process.Eventually(t, "tokens are renewed", func() bool { return d.provider.set(nil)["refreshes"] > before })
	d.provider.node.Kill(t)
	p := early.get(earlyCallback).wants(t, http.StatusServiceUnavailable, "cannot be reached", "Try again")
	if p.Header.Get("Retry-After") == "" {
		t.Errorf("the headers are %v", p.Header)
	}
	time.Sleep(3 * time.Second) // the token wants to be renewed meanwhile
	d.provider.run()
	process.Eventually(t, "tokens are renewed after the restart", func() bool { return d.provider.set(nil)["refreshes"] > 1 })
	close(stop)
	together.Wait()
	known.get("/ui/sessions").wants(t, http.StatusOK, "this browser")
	late.get(lateCallback).wants(t, http.StatusOK, "hal@example.org")
}
