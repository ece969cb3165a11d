package registry

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/eosc-perf/backend/core/domain"
)

// TestNamesThatAreRefused: nothing is asked, and the reason says who may be named.
func TestNamesThatAreRefused(t *testing.T) {
	r := &recorder{}
	c := newClient(Config{Registries: []string{"docker.io", "quay.io"}}, r)
	for _, image := range []string{
		"evil.com/x", "localhost/x", "localhost:5000/x", "127.0.0.1/x", "127.0.0.1:5000/x", "[::1]/x", "[::1]:5000/x", "::1/x",
		"169.254.169.254/x", "169.254.169.254/latest/meta-data", "0x7f.1/x", "2130706433.0/x",
		"docker.io.evil.com/x", "evil.com.docker.io/x", "docker.io:80/x", "docker.io:443/x", "quay.io:5000/x", "quay.io./x",
		"auth.docker.io/x", "registry-1.docker.io/library/x", "ghcr.io/x/y",
		"user@quay.io/x", "user:password@quay.io/x", "quay.io@evil.com/x", "quay.io:@evil.com/x", `quay.io\@evil.com/x`,
		"quay.io#evil.com/x", "quay.io?evil.com/x", "quay.io%2eevil.com/x", "quay.io%00/x", "quay.io\x00.evil.com/x",
		"https://quay.io/x", "http://evil.com/x", "//evil.com/x", "/x", "x/", "x//y", "", " ", " x", "x ", "x\n", "quay.io/x\r\nHost: evil.com",
		"QUAY.IO/x", "Quay.io/x", "X", "team/X", "qu\u0430y.io/x", "\uff51uay.io/x", "quay\u3002io/x", "doc\u212aer.io/x",
		"b\u00fccher.example/x",
		"quay.io/../x", "quay.io/x/../../y", "quay.io/./x", "quay.io/x/", "../x", "./x", "quay.io/-x", "quay.io/x..y", "quay.io/x___y",
		"x:1", "quay.io/x:1", "x@sha256:" + strings.Repeat("a", 64), strings.Repeat("a", 256), "evil.com/" + strings.Repeat("a", 900),
	} {
		if message := expect(t, c, image, "1", missing); !strings.Contains(message, "docker.io, quay.io") {
			t.Errorf("%q: %q, want the registries named", image, message)
		}
	}
	for _, tag := range []string{
		"", " ", "a b", "a/b", "a:b", "5000/x", ".a", "-a", "a@b", "\u00e9", "a\n", "../a", "a?b", "a#b", "a%2fb",
		strings.Repeat("a", 129),
	} {
		expect(t, c, "x", tag, missing)
	}
	if len(r.urls) > 0 {
		t.Errorf("asked for %q", r.urls)
	}
}

// TestDockerHub: names without a registry are there, those of one part in library/.
func TestDockerHub(t *testing.T) {
	hub := newHub(t)
	for image, want := range map[string]string{
		"busybox": "library/busybox", "docker.io/busybox": "library/busybox", "index.docker.io/busybox": "library/busybox",
		"library/busybox": "library/busybox", "team/image": "team/image", "docker.io/team/a.b_c__d-e--f/g0": "team/a.b_c__d-e--f/g0",
	} {
		hub.asked = nil
		expect(t, hub.client, image, "1.0-B_c", missing)
		wanted := []string{
			"index.docker.io /v2/", "auth.docker.io repository:" + want + ":pull",
			"index.docker.io /v2/" + want + "/manifests/1.0-B_c",
		}
		if !slices.Equal(hub.asked, wanted) {
			t.Errorf("%s: asked %q, want %q", image, hub.asked, wanted)
		}
	}
}

func TestDockerHubNeedsToBeListed(t *testing.T) {
	r := &recorder{}
	expect(t, newClient(Config{Registries: []string{"quay.io"}}, r), "busybox", "1", domain.Invalid)
	if len(r.urls) > 0 {
		t.Errorf("asked for %q", r.urls)
	}
}

// hub stands in for Docker Hub, whose names lead to it.
type hub struct {
	client *Client
	mutex  sync.Mutex
	asked  []string
}

func newHub(t *testing.T) *hub {
	t.Helper()
	h := &hub{}
	server := httptest.NewTLSServer(h)
	t.Cleanup(server.Close)
	transport := newTransport()
	transport.TLSClientConfig = &tls.Config{InsecureSkipVerify: true}
	transport.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, server.Listener.Addr().String())
	}
	h.client = newClient(Config{Registries: []string{"docker.io"}}, transport)
	return h
}

func (h *hub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	what := r.URL.Path
	if what == "/token" {
		what = r.URL.Query().Get("scope")
	}
	h.mutex.Lock()
	h.asked = append(h.asked, r.Host+" "+what)
	h.mutex.Unlock()
	if r.Host == "auth.docker.io" {
		tokens(w, r)
		return
	}
	withTokens("https://auth.docker.io/token", http.NotFoundHandler())(w, r)
}
