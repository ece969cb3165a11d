package oidc

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/zitadel/oidc/v3/pkg/op"
)

// discoveryAge is how long a discovery document is used. When it cannot be
// fetched again, the old one stays in use.
const discoveryAge = time.Hour

// signatures are the algorithms by which tokens may be signed: those with a
// private key, so that nobody can sign with what the provider publishes.
var signatures = []string{"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}

// issuer is a trusted OpenID provider, whether it can be reached or not.
type issuer struct {
	// name is the issuer URL without a slash at its end.
	name     string
	client   *http.Client
	log      *slog.Logger
	now      func() time.Time
	id       string
	secret   string
	document *fetched[provider]
}

// provider is an issuer as its discovery document describes it.
type provider struct {
	*issuer
	// spelled is the issuer as the provider writes it.
	spelled       string
	userinfoURL   string
	introspectURL string
	tokens        *op.AccessTokenVerifier
	// unknownClient is for telling that once, and not for each token.
	unknownClient sync.Once
}

func newIssuer(name string, client *http.Client, c Config) *issuer {
	i := &issuer{
		name: name, client: client, now: c.Clock, id: c.ClientID, secret: c.ClientSecret,
		log: c.Logger.With("issuer", name),
	}
	i.document = &fetched[provider]{fetch: i.discover, now: c.Clock}
	return i
}

// provider returns the issuer as it was last described.
func (i *issuer) provider(ctx context.Context) (*provider, error) {
	p, err := i.document.get(ctx, discoveryAge)
	if p == nil {
		return nil, err
	}
	return p, nil
}

// discover asks for the provider's description. By OpenID Connect Discovery 1.0,
// section 4, its address is the same whether the issuer ends in a slash or not.
func (i *issuer) discover(ctx context.Context) (*provider, error) {
	p, err := i.fetchDocument(ctx)
	if err != nil {
		i.log.WarnContext(ctx, "OpenID provider cannot be used", "error", err)
		return nil, away(fmt.Errorf("discover %s: %w", i.name, err))
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
	var document claims
	if err := answer.decode(&document); err != nil {
		return nil, err
	}
	return i.read(document)
}

func (i *issuer) read(document claims) (*provider, error) {
	p := &provider{issuer: i, spelled: document.text("issuer")}
	if withoutSlash(p.spelled) != i.name {
		return nil, fmt.Errorf("the document is of another issuer, %q", p.spelled)
	}
	var err error
	if p.userinfoURL, err = i.endpoint(document, "userinfo_endpoint", true); err != nil {
		return nil, err
	}
	if p.introspectURL, err = i.endpoint(document, "introspection_endpoint", false); err != nil {
		return nil, err
	}
	keysURL, err := i.endpoint(document, "jwks_uri", true)
	if err != nil {
		return nil, err
	}
	p.tokens = op.NewAccessTokenVerifier(p.spelled, newKeySet(i.client, keysURL, i.now),
		op.WithSupportedAccessTokenSigningAlgorithms(signatures...))
	p.tokens.ISS = p.isSpelledLike
	return p, nil
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
		return "", fmt.Errorf("%s is not an absolute URL: %q", name, address)
	}
	if own, err := url.Parse(i.name); err == nil && own.Scheme == "https" && u.Scheme != "https" {
		return "", fmt.Errorf("%s is not an https URL: %q", name, address)
	}
	return address, nil
}

func (p *provider) isSpelledLike(issuer string) error {
	if withoutSlash(issuer) != p.name {
		return fmt.Errorf("issued by %q, not by %q", issuer, p.spelled)
	}
	return nil
}
