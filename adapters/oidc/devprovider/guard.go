package devprovider

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/muhlemmer/httpforwarded"
)

// guard admits only clients on this machine, and in browsers only pages of the server
// itself: the provider gives a token of an administrator to everybody whom it admits.
type guard struct {
	// public admits clients on other machines, under every name of the server.
	public bool
	// hosts are the names of the server, in lower case and without ports. Loopback
	// addresses are always admitted.
	hosts []string
	// origins refuses requests of pages of other origins.
	origins *http.CrossOriginProtection
}

// newGuard makes the guard of a provider whose server people reach at the addresses;
// empty ones do not count.
func newGuard(public bool, addresses ...string) (*guard, error) {
	g := &guard{public: public, origins: http.NewCrossOriginProtection()}
	for _, address := range addresses {
		if address == "" {
			continue
		}
		u, err := url.Parse(address)
		if err != nil {
			return nil, fmt.Errorf("read address of the server %q: %w", address, err)
		}
		g.hosts = append(g.hosts, strings.ToLower(u.Hostname()))
		if err := g.origins.AddTrustedOrigin(strings.ToLower(u.Scheme + "://" + u.Host)); err != nil {
			return nil, fmt.Errorf("read address of the server %q: %w", address, err)
		}
	}
	return g, nil
}

// protect answers requests that are not admitted with 403.
func (g *guard) protect(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := g.check(r); err != nil {
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("Cache-Control", "no-store")
			w.WriteHeader(http.StatusForbidden)
			// An error here means that the client has left.
			_ = json.NewEncoder(w).Encode(map[string]string{"error": "access_denied", "error_description": err.Error()})
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (g *guard) check(r *http.Request) error {
	if err := g.origins.Check(asScript(r)); err != nil {
		return errors.New("the development provider answers only pages of this server")
	}
	if g.public {
		return nil
	}
	// A stranger's host name may resolve to this machine (DNS rebinding). For the browser
	// the stranger's page then has the same origin; only the name differs.
	if host := hostOf(r.Host); !isLoopback(host) && !slices.Contains(g.hosts, strings.ToLower(host)) {
		return errors.New("the development provider answers only under the names of this server")
	}
	clients, err := clientsOf(r)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(clients, func(client string) bool { return !isLoopback(client) }) {
		return errors.New("the development provider answers only clients on the same machine (--dev-oidc-public lets others in)")
	}
	return nil
}

// asScript makes reads by scripts, and by elements of a page, look like writes:
// CrossOriginProtection admits all reads. Links and redirects to the provider have no Origin, and
// are admitted.
func asScript(r *http.Request) *http.Request {
	mode := r.Header.Get("Sec-Fetch-Mode")
	if r.Header.Get("Origin") == "" && (mode == "" || mode == "navigate") {
		return r
	}
	probe := r.WithContext(r.Context())
	probe.Method = http.MethodPost
	return probe
}

// forwarding are headers that show that a proxy passed the request on, besides all that begin with
// forwardingPrefix.
var forwarding = []string{"Cdn-Loop", "Forwarded", "Via", "X-Original-Host", "X-Real-Ip", "X-Scheme", "X-Script-Name"}

const forwardingPrefix = "X-Forwarded"

// isPassedOn tells whether a proxy passed the request on.
func isPassedOn(header http.Header) bool {
	for name := range header {
		if strings.HasPrefix(name, forwardingPrefix) || slices.Contains(forwarding, name) {
			return true
		}
	}
	return false
}

// naming are the headers in which proxies, balancers and tunnels name the client.
var naming = []string{
	"X-Forwarded-For", "X-Real-Ip", "X-Client-Ip", "X-Cluster-Client-Ip", "X-Original-Forwarded-For", "X-Envoy-External-Address",
	"Client-Ip", "Proxy-Client-Ip", "Wl-Proxy-Client-Ip", "X-Azure-Clientip", "X-Proxyuser-Ip", "X-Remote-Addr", "X-Remote-Ip",
	"Cf-Connecting-Ip", "Cf-Connecting-Ipv6", "True-Client-Ip", "Fastly-Client-Ip", "Fly-Client-Ip",
}

// clientsOf returns the addresses of the peer and of all clients that proxies name. The
// error says that a proxy passed the request on and named no client.
func clientsOf(r *http.Request) ([]string, error) {
	var forwarded []string
	for _, name := range naming {
		for _, value := range r.Header.Values(name) {
			for client := range strings.SplitSeq(value, ",") {
				forwarded = append(forwarded, hostOf(strings.TrimSpace(client)))
			}
		}
	}
	named, err := httpforwarded.ParseParameter("for", r.Header.Values("Forwarded"))
	if err != nil {
		return nil, errors.New("the header Forwarded cannot be read")
	}
	for _, client := range named {
		forwarded = append(forwarded, hostOf(client))
	}
	if isPassedOn(r.Header) && len(forwarded) == 0 {
		return nil, errors.New("a proxy passed the request on without the address of the client (X-Forwarded-For)")
	}
	return append(forwarded, hostOf(r.RemoteAddr)), nil
}

// hostOf is the host of an address that may have a port.
func hostOf(address string) string {
	if host, _, err := net.SplitHostPort(address); err == nil {
		return host
	}
	return strings.Trim(address, "[]")
}

func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.Unmap().IsLoopback()
}
