package oidc

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"
)

// discoveryAge is how long a discovery document is used. When it cannot be
// fetched again, the old one stays in use.
const discoveryAge = time.Hour

// issuer is a trusted OpenID provider, whether it can be reached or not.
type issuer struct {
	// name is the issuer URL without a slash at its end.
	name     string
	client   *http.Client
	log      *slog.Logger
	now      func() time.Time
	id       string
	secret   string
	audience audience
	// entitlements are the claims that hold groups and entitlements.
	entitlements []string
	document     *fetched[provider]
	// known and unknown are the lanes of requests about tokens.
	known, unknown lane

	// unusable is whether the log says that the provider cannot be used.
	unusable atomic.Bool
	mu       sync.Mutex
	keys     *keySet
}

// provider is an issuer as its discovery document describes it.
type provider struct {
	*issuer
	// spelled is the issuer as the provider writes it.
	spelled       string
	userinfoURL   string
	introspectURL string
	keys          *keySet
	// unknownClient lets the log say that once, and not for each token.
	unknownClient sync.Once
}

func newIssuer(name string, client *http.Client, c Config) *issuer {
	i := &issuer{
		name: name, client: client, now: c.Clock, id: c.ClientID, secret: c.ClientSecret, audience: c.Audience, entitlements: c.EntitlementClaims,
		log: c.Logger.With("issuer", name), known: newLane(knownParallel), unknown: newLane(unknownParallel),
	}
	if len(i.entitlements) == 0 {
		i.entitlements = []string{claimEntitlements}
	}
	i.document = &fetched[provider]{fetch: i.discover, now: c.Clock}
	return i
}

// label is the issuer's name, empty for no issuer.
func (i *issuer) label() string {
	if i == nil {
		return ""
	}
	return i.name
}

// provider returns the issuer as it was last described. The error is Unavailable.
func (i *issuer) provider(ctx context.Context) (*provider, error) {
	return i.document.get(ctx, discoveryAge)
}

// discover asks for the provider's description. By OpenID Connect Discovery 1.0,
// section 4, its address is the same whether the issuer ends in a slash or not.
func (i *issuer) discover(ctx context.Context) (*provider, error) {
	p, err := i.fetchDocument(ctx)
	if err != nil {
		if i.unusable.CompareAndSwap(false, true) {
			i.log.WarnContext(ctx, "OpenID provider cannot be used", "error", err)
		}
		return nil, unavailable(fmt.Errorf("discover %s: %w", i.name, err))
	}
	if i.unusable.CompareAndSwap(true, false) {
		i.log.InfoContext(ctx, "OpenID provider can be used again")
	}
	if i.id != "" && p.introspectURL == "" {
		i.log.WarnContext(ctx, "OpenID provider has no introspection, opaque tokens are judged by userinfo alone")
	}
	return p, nil
}

func (i *issuer) fetchDocument(ctx context.Context) (*provider, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, i.name+"/.well-known/openid-configuration", nil)
	if err != nil {
		return nil, err
	}
	answer, err := ask(i.client, req)
	if err != nil {
		return nil, err
	}
	document, err := answer.object()
	if err != nil {
		return nil, err
	}
	return i.read(document)
}

func (i *issuer) read(document claims) (*provider, error) {
	p := &provider{issuer: i, spelled: document.text("issuer")}
	if withoutSlash(p.spelled) != i.name {
		return nil, fmt.Errorf("the document is of another issuer, %.300q: if that is the provider's, trust it in this spelling", p.spelled)
	}
	var err error
	if p.userinfoURL, err = i.endpoint(document, "userinfo_endpoint", true); err != nil {
		return nil, err
	}
	// Without a client nobody introspects: then the endpoint may be anything.
	if i.id != "" {
		if p.introspectURL, err = i.endpoint(document, "introspection_endpoint", false); err != nil {
			return nil, err
		}
	}
	keysURL, err := i.endpoint(document, "jwks_uri", true)
	if err != nil {
		return nil, err
	}
	p.keys = i.keysAt(keysURL)
	return p, nil
}

// keysAt returns the keys at the address: those that are there already, as long as
// the address stays the same.
func (i *issuer) keysAt(address string) *keySet {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.keys == nil || i.keys.address != address {
		i.keys = newKeySet(i.client, address, i.now)
	}
	return i.keys
}

// endpoint returns the address of the given name. A provider that is asked over
// https must not have tokens sent to it in the clear.
func (i *issuer) endpoint(document claims, name string, required bool) (string, error) {
	address := document.text(name)
	if address == "" && !required {
		return "", nil
	}
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return "", fmt.Errorf("%s is not an absolute URL: %.300q", name, address)
	}
	if own, err := url.Parse(i.name); err == nil && own.Scheme == "https" && u.Scheme != "https" {
		return "", fmt.Errorf("%s is not an https URL: %.300q", name, address)
	}
	return address, nil
}
