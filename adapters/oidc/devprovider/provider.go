package devprovider

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
)

const (
	// maxForm is the longest form that is read, in bytes.
	maxForm = 64 << 10
	// devicePoll is how long a device waits between two questions.
	devicePoll = time.Second
)

var allScopes = []string{
	oidc.ScopeOpenID, oidc.ScopeProfile, oidc.ScopeEmail, EntitlementScope, oidc.ScopeOfflineAccess,
}

// Provider is the development OpenID provider. It is an http.Handler for
// requests that come with their full path: it removes the issuer's path itself.
type Provider struct {
	handler http.Handler
	issuer  string
	library *op.Provider
	storage *storage
	// accounts in the order of the pages.
	accounts []Account
	log      *slog.Logger
}

// New makes a provider with a new signing key. The error says what of the
// configuration cannot be used.
func New(c Config) (*Provider, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	base, err := url.Parse(c.Issuer)
	if err != nil {
		return nil, fmt.Errorf("read issuer: %w", err)
	}
	store, err := newStorage(c)
	if err != nil {
		return nil, err
	}
	library, err := newLibrary(c.Issuer, base.Path, store)
	if err != nil {
		return nil, fmt.Errorf("make OpenID provider: %w", err)
	}
	own, err := newGuard(c.AllowPublic, c.Issuer, c.PublicURL)
	if err != nil {
		return nil, err
	}
	p := &Provider{issuer: c.Issuer, library: library, storage: store, accounts: c.Accounts, log: c.Logger}
	p.handler = http.StripPrefix(base.Path, own.protect(p.routes()))
	return p, nil
}

// ServeHTTP answers a request whose path begins with the issuer's.
func (p *Provider) ServeHTTP(w http.ResponseWriter, r *http.Request) { p.handler.ServeHTTP(w, r) }

func newLibrary(issuer, path string, store *storage) (*op.Provider, error) {
	config := &op.Config{
		DefaultLogoutRedirectURI: issuer + "/signed-out",
		CodeMethodS256:           true,
		AuthMethodPost:           true,
		GrantTypeRefreshToken:    true,
		SupportedScopes:          allScopes,
		SupportedClaims: []string{
			"sub", "aud", "exp", "iat", "iss", "auth_time", "nonce", "name", "email", "email_verified", EntitlementScope,
		},
		DeviceAuthorization: op.DeviceAuthorizationConfig{
			Lifetime: requestLifetime, PollInterval: devicePoll, UserFormPath: path + "/device", UserCode: op.UserCodeBase20,
		},
	}
	if _, err := rand.Read(config.CryptoKey[:]); err != nil {
		return nil, fmt.Errorf("make key: %w", err)
	}
	return op.NewProvider(config, store, op.StaticIssuer(issuer), op.WithAllowInsecure(),
		// By default the library lets the pages of every origin read the answers. Pages of
		// the server itself need no CORS.
		op.WithCORSOptions(nil))
}

func (p *Provider) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /login", p.showLogin)
	mux.HandleFunc("POST /login", p.signIn)
	mux.HandleFunc("GET /device", p.showDevice)
	mux.HandleFunc("POST /device", p.allowDevice)
	mux.HandleFunc("GET /signed-out", p.showSignedOut)
	// By RFC 6749, section 3.2, and its kin, secrets and tokens stand in bodies, which no link and no
	// element of a page can send.
	for _, path := range []string{"/oauth/token", "/oauth/introspect", "/revoke", "/device_authorization"} {
		mux.Handle("POST "+path, p.library)
		mux.HandleFunc(path, refuseMethod)
	}
	mux.Handle("/", p.library)
	return withRedirects(withPublicClients(mux))
}

func refuseMethod(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Allow", http.MethodPost)
	http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
}

// redirectsKey is the context's key of the loopback addresses in a request.
type redirectsKey struct{}

// withRedirects notes the loopback addresses to which the request wants to be
// redirected: the library compares with a list, and any of these is allowed.
func withRedirects(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		var redirects []string
		for _, name := range []string{"redirect_uri", "post_logout_redirect_uri"} {
			address := r.FormValue(name)
			if _, loopback := op.HTTPLoopbackOrLocalhost(address); loopback {
				redirects = append(redirects, address)
			}
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), redirectsKey{}, redirects)))
	})
}

// withPublicClients takes a client with an empty secret for one without any, as
// RFC 6749, 2.3.1 lets them be the same: oidc-agent sends an Authorization header for
// public clients too, which the library takes for that of a confidential one.
func withPublicClients(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if id, secret, ok := r.BasicAuth(); ok && secret == "" && r.ParseForm() == nil {
			r.Header.Del("Authorization")
			r.Form.Set("client_id", id)
		}
		next.ServeHTTP(w, r)
	})
}
