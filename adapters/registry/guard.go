package registry

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
)

// companions are the hosts that belong to a registry beside the one that its
// images name: Docker Hub's own, and those that give out tokens.
var companions = map[string][]string{
	dockerHub:             {name.DefaultRegistry, "registry-1.docker.io", "auth.docker.io"},
	"registry.gitlab.com": {"gitlab.com"},
}

// What is read of an answer: no honest registry needs more to tell that an image
// exists.
const (
	maxBody   = 1 << 20
	maxHeader = 64 << 10
	// maxConnections is for each host, however many wait for it.
	maxConnections = 16
)

// guard is a transport that goes to listed hosts only, whoever asks it to, be it a
// name, a redirect or a registry that says where its tokens are.
type guard struct {
	hosts map[string]bool
	next  http.RoundTripper
}

// strayError tells that something led to a host that is not listed.
type strayError struct{ host string }

// Error names the host: for the log.
func (e *strayError) Error() string {
	return fmt.Sprintf("%q is not among the hosts of IMAGE_REGISTRIES: nothing was sent there", e.host)
}

func newGuard(registries []string, next http.RoundTripper) *guard {
	g := &guard{hosts: map[string]bool{}, next: next}
	for _, registry := range registries {
		g.hosts[registry] = true
		for _, host := range companions[registry] {
			g.hosts[host] = true
		}
	}
	return g
}

// newTransport honours HTTPS_PROXY, HTTP_PROXY and NO_PROXY, as the one that asks
// OpenID providers does: the proxy is the operator's choice, and the guard looks
// at each request before it.
func newTransport() *http.Transport {
	const handshake = 3 * time.Second
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            (&net.Dialer{Timeout: handshake}).DialContext,
		TLSHandshakeTimeout:    handshake,
		ForceAttemptHTTP2:      true,
		MaxIdleConnsPerHost:    2,
		MaxConnsPerHost:        maxConnections,
		IdleConnTimeout:        time.Minute,
		MaxResponseHeaderBytes: maxHeader,
	}
}

// RoundTrip implements http.RoundTripper.
func (g *guard) RoundTrip(request *http.Request) (*http.Response, error) {
	if !g.hosts[hostOf(request.URL)] {
		return nil, &strayError{request.URL.Host}
	}
	if request.URL.Scheme != "https" && !isLoopback(request.URL.Hostname()) {
		return nil, fmt.Errorf("%s is asked by https only", request.URL.Host)
	}
	response, err := g.next.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	if err := g.leads(response); err != nil {
		_ = response.Body.Close() // nothing of it is read
		return nil, err
	}
	response.Body = &shortBody{Reader: io.LimitReader(response.Body, maxBody), Closer: response.Body}
	return response, nil
}

// realm is where a registry says its tokens are.
var realm = regexp.MustCompile(`(?i)\brealm="([^"]*)"`)

// leads tells whether the answer leads to a host that is not listed. We look before
// the library does, which refuses private addresses with an error of its own.
func (g *guard) leads(response *http.Response) error {
	ways := response.Header.Values("Location")
	for _, challenge := range response.Header.Values("WWW-Authenticate") {
		for _, found := range realm.FindAllStringSubmatch(challenge, -1) {
			ways = append(ways, found[1])
		}
	}
	for _, way := range ways {
		target, err := response.Request.URL.Parse(way)
		if err != nil {
			return fmt.Errorf("%s leads to %q, which is no address: %w", response.Request.URL.Host, way, err)
		}
		if !g.hosts[hostOf(target)] {
			return &strayError{target.Host}
		}
	}
	return nil
}

// budget bounds the requests of one look-up, since the library follows redirects
// without end.
type budget struct {
	left atomic.Int32
	next http.RoundTripper
}

func newBudget(next http.RoundTripper) *budget {
	// Twice the question where tokens are, the token, the image, once more with
	// another token, and some redirects.
	const requests = 16
	b := &budget{next: next}
	b.left.Store(requests)
	return b
}

// RoundTrip implements http.RoundTripper.
func (b *budget) RoundTrip(request *http.Request) (*http.Response, error) {
	if b.left.Add(-1) < 0 {
		return nil, errors.New("the registry leads from one place to another without end")
	}
	return b.next.RoundTrip(request)
}

// hostOf is the host in the form of the list: without the port that a URL need
// not name. Another spelling, capitals for example, is another host.
func hostOf(u *url.URL) string {
	if u.Scheme == "https" {
		return strings.TrimSuffix(u.Host, ":443")
	}
	return u.Host
}

func isLoopback(host string) bool {
	return host == "localhost" || net.ParseIP(host).IsLoopback()
}

// shortBody ends after so many bytes, as if that were all.
type shortBody struct {
	io.Reader
	io.Closer
}
