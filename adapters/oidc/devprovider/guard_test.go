package devprovider_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/eosc-perf/backend/adapters/oidc/devprovider"
)

const loopbackIssuer = "http://127.0.0.1:5000/dev/oidc"

func newProvider(t *testing.T, public bool) *devprovider.Provider {
	t.Helper()
	provider, err := devprovider.New(devprovider.Config{
		Issuer: loopbackIssuer, PublicURL: "https://dev.example.org/api/v1", AllowPublic: public,
		Accounts: []devprovider.Account{{Subject: "admin"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return provider
}

// visit is a request for a token of the administrator.
type visit struct {
	method, peer, host string
	header             http.Header
}

func (v visit) to(provider http.Handler) *httptest.ResponseRecorder {
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {"admin"}, "client_secret": {devprovider.ClientSecret}}
	r := httptest.NewRequest(http.MethodPost, loopbackIssuer+"/oauth/token", strings.NewReader(form.Encode()))
	if v.method == http.MethodGet {
		r = httptest.NewRequest(http.MethodGet, loopbackIssuer+"/oauth/token?"+form.Encode(), nil)
	}
	r.Header = http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
	for name, values := range v.header {
		r.Header[http.CanonicalHeaderKey(name)] = values
	}
	r.RemoteAddr, r.Host = "127.0.0.1:43210", "127.0.0.1:5000"
	if v.peer != "" {
		r.RemoteAddr = v.peer
	}
	if v.host != "" {
		r.Host = v.host
	}
	w := httptest.NewRecorder()
	provider.ServeHTTP(w, r)
	return w
}

func header(pairs ...string) http.Header {
	h := http.Header{}
	for i := 0; i < len(pairs); i += 2 {
		h[pairs[i]] = append(h[pairs[i]], pairs[i+1])
	}
	return h
}

func TestOnlyThisMachineAndOurOwnPagesGetTokens(t *testing.T) {
	for _, c := range []struct {
		name string
		visit
		works, public bool
	}{
		{"a program on this machine", visit{}, true, true},
		{"by IPv6", visit{peer: "[::1]:43210", host: "[::1]:5000"}, true, true},
		{"by another loopback address", visit{peer: "127.9.9.9:1", host: "127.9.9.9:5000"}, true, true},
		{"by an IPv4 address in IPv6", visit{peer: "[::ffff:127.0.0.1]:1"}, true, true},
		{"by name", visit{host: "localhost:5000"}, true, true},
		{"our own page", visit{header: header("Origin", "http://127.0.0.1:5000")}, true, true},
		{"our own page by name", visit{host: "localhost:5000", header: header("Origin", "http://localhost:5000")}, true, true},
		{"our own page as browsers say", visit{header: header("Sec-Fetch-Site", "same-origin", "Origin", "null")}, true, true},
		{"our own page at PUBLIC_URL", visit{host: "dev.example.org", header: header("Origin", "https://dev.example.org")}, true, true},
		{
			"our own page at PUBLIC_URL, the host replaced by a proxy",
			visit{header: header("Origin", "https://dev.example.org", "X-Forwarded-For", "127.0.0.1")}, true, true,
		},

		{"another page", visit{header: header("Origin", "https://evil.example")}, false, false},
		{"another page that reads", visit{method: http.MethodGet, header: header("Origin", "https://evil.example")}, false, false},
		{"another page on this machine", visit{header: header("Origin", "http://localhost:3000")}, false, false},
		{"our origin by another scheme", visit{host: "dev.example.org", header: header("Origin", "http://dev.example.org:81")}, false, false},
		{"a page without an origin", visit{header: header("Origin", "null")}, false, false},
		{"another page as browsers say", visit{header: header("Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example")}, false, false},
		{
			"our own page under another name of the server",
			visit{host: "localhost:5000", header: header("Sec-Fetch-Site", "cross-site", "Origin", "http://127.0.0.1:5000")},
			true, true,
		},
		{
			"an element of another page",
			visit{method: http.MethodGet, header: header("Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "no-cors")}, false, false,
		},
		{"another page on this machine as browsers say", visit{header: header("Sec-Fetch-Site", "same-site")}, false, false},

		{
			"a name that leads to this machine",
			visit{host: "evil.example:5000", header: header("Origin", "http://evil.example:5000")}, false, true,
		},
		{"such a name as browsers say", visit{host: "evil.example:5000", header: header("Sec-Fetch-Site", "same-origin")}, false, true},
		{"a name that begins like this machine's", visit{host: "localhost.evil.example"}, false, true},

		{"another machine", visit{peer: "192.0.2.7:43210"}, false, true},
		{"another machine by IPv6", visit{peer: "[2001:db8::7]:43210"}, false, true},
		{"another machine that says it is this one", visit{peer: "192.0.2.7:43210", header: header("X-Forwarded-For", "127.0.0.1")}, false, true},
		{"a proxy for this machine", visit{header: header("X-Forwarded-For", "127.0.0.1")}, true, true},
		{"a proxy for this machine, with ports", visit{header: header("X-Forwarded-For", "127.0.0.1:1, [::1]:2")}, true, true},
		{"a proxy for another", visit{header: header("X-Forwarded-For", "192.0.2.7")}, false, true},
		{"a proxy for another who says to be this machine", visit{header: header("X-Forwarded-For", "127.0.0.1, 192.0.2.7")}, false, true},
		{"proxies for another", visit{header: header("X-Forwarded-For", "192.0.2.7, 127.0.0.1")}, false, true},
		{"a header for each proxy", visit{header: header("X-Forwarded-For", "127.0.0.1", "X-Forwarded-For", "192.0.2.7")}, false, true},
		{"a proxy that names nobody", visit{header: header("X-Forwarded-For", "unknown")}, false, true},
		{"an empty element", visit{header: header("X-Forwarded-For", "127.0.0.1, ")}, false, true},
		{"X-Real-IP of another", visit{header: header("X-Real-Ip", "192.0.2.7")}, false, true},
		{"X-Real-IP of this machine", visit{header: header("X-Real-Ip", "::1")}, true, true},
		{"Forwarded for another", visit{header: header("Forwarded", `for="[2001:db8::7]:47011";proto=http`)}, false, true},
		{"Forwarded for several", visit{header: header("Forwarded", `for=127.0.0.1, for=192.0.2.7`)}, false, true},
		{"Forwarded for this machine", visit{header: header("Forwarded", `for="127.0.0.1:80";by=_a`)}, true, true},
		{"Forwarded for a hidden one", visit{header: header("Forwarded", `for=_hidden`)}, false, true},
		{"Forwarded that cannot be read", visit{header: header("Forwarded", `for="`)}, false, true},
		{"a tunnel for another", visit{header: header("Cf-Connecting-Ip", "192.0.2.7")}, false, true},
		{
			"a tunnel for another beside a proxy for this machine",
			visit{header: header("X-Forwarded-For", "127.0.0.1", "True-Client-Ip", "2001:db8::7")}, false, true,
		},
		{"a server of applications for another", visit{header: header("Wl-Proxy-Client-Ip", "192.0.2.7")}, false, true},
		{"a proxy of an old kind for another", visit{header: header("Client-Ip", "192.0.2.7")}, false, true},
		{"a balancer for another", visit{header: header("X-Cluster-Client-Ip", "192.0.2.7")}, false, true},
		{"a proxy that does not say for whom", visit{header: header("X-Forwarded-Proto", "https")}, false, true},
		{"a proxy that tells its path alone", visit{header: header("X-Forwarded-Prefix", "/perf")}, false, true},
		{"a proxy that tells its scheme alone", visit{header: header("X-Scheme", "https")}, false, true},
		{"a proxy that tells nothing of itself", visit{header: header("Via", "")}, false, true},
		{"a proxy that says only that it is one", visit{header: header("Via", "1.1 proxy")}, false, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			for public, works := range map[bool]bool{false: c.works, true: c.public} {
				w := c.to(newProvider(t, public))
				got := strings.Contains(w.Body.String(), "access_token")
				if got != works || !works && w.Code != http.StatusForbidden {
					t.Errorf("public %v: %d %s, want a token: %v", public, w.Code, w.Body, works)
				}
				if allowed := w.Header().Get("Access-Control-Allow-Origin"); allowed != "" {
					t.Errorf("pages of %s may read the answer", allowed)
				}
			}
		})
	}
}

// TestTokensAreAskedForByPostOnly: what an address asks for, a link or an element of any page asks for.
func TestTokensAreAskedForByPostOnly(t *testing.T) {
	provider := newProvider(t, false)
	const query = "?grant_type=client_credentials&client_id=admin&client_secret=" + devprovider.ClientSecret
	for _, path := range []string{"/oauth/token", "/oauth/introspect", "/revoke", "/device_authorization"} {
		for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPut, http.MethodOptions} {
			r := httptest.NewRequest(method, loopbackIssuer+path+query, nil)
			r.RemoteAddr = "127.0.0.1:1"
			w := httptest.NewRecorder()
			provider.ServeHTTP(w, r)
			if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != http.MethodPost {
				t.Errorf("%s %s: %d with Allow %q: %s", method, path, w.Code, w.Header().Get("Allow"), w.Body)
			}
		}
	}
}

func TestNoPageOfOthersIsLetInByPreflights(t *testing.T) {
	provider := newProvider(t, false)
	for _, path := range []string{"/.well-known/openid-configuration", "/oauth/token", "/userinfo", "/keys", "/oauth/introspect"} {
		r := httptest.NewRequest(http.MethodOptions, loopbackIssuer+path, nil)
		r.RemoteAddr = "127.0.0.1:1"
		r.Header = header(
			"Origin", "https://evil.example", "Access-Control-Request-Method", "POST", "Access-Control-Request-Headers",
			"authorization",
		)
		w := httptest.NewRecorder()
		provider.ServeHTTP(w, r)
		for name := range w.Header() {
			if strings.HasPrefix(name, "Access-Control-") {
				t.Errorf("OPTIONS %s: %d with %s: %s", path, w.Code, name, w.Header().Get(name))
			}
		}
	}
}

// TestLinksOfApplicationsLeadToTheLogin: an application of another origin sends its
// user to the provider.
func TestLinksOfApplicationsLeadToTheLogin(t *testing.T) {
	query := url.Values{
		"client_id": {devprovider.ClientID}, "redirect_uri": {"http://localhost:3000/back"}, "response_type": {"code"}, "scope": {"openid"},
		"code_challenge": {strings.Repeat("a", 43)}, "code_challenge_method": {"S256"},
	}
	r := httptest.NewRequest(http.MethodGet, loopbackIssuer+"/authorize?"+query.Encode(), nil)
	r.RemoteAddr, r.Header = "127.0.0.1:1", header("Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate")
	w := httptest.NewRecorder()
	newProvider(t, false).ServeHTTP(w, r)
	if to := w.Header().Get("Location"); w.Code != http.StatusFound || !strings.Contains(to, "/login?id=") {
		t.Errorf("%d to %q: %s", w.Code, to, w.Body)
	}
}
