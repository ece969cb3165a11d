package relyingparty

import (
	"context"
	"errors"
	"fmt"

	"github.com/zitadel/oidc/v3/pkg/client/rp"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"golang.org/x/oauth2"
)

// described returns the relying party. Nobody waits for a newer description: the older one counts
// until the newer one is there.
func (p *Provider) described(ctx context.Context) (*party, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.config.Now()
	if p.party != nil {
		if now.Sub(p.at) >= descriptionAge && now.Sub(p.failed) >= descriptionPause && !p.renewing {
			p.renewing = true
			go p.renewDescription(context.WithoutCancel(ctx))
		}
		return p.party, nil
	}
	if p.failure == nil || now.Sub(p.failed) >= descriptionPause {
		// Whoever waits for the lock gets the same answer, so it does not end with the request.
		found, err := p.describe(context.WithoutCancel(ctx))
		p.keep(found, err)
	}
	return p.party, p.failure
}

func (p *Provider) renewDescription(ctx context.Context) {
	found, err := p.describe(ctx)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.renewing = false
	p.keep(found, err)
}

// keep keeps a description, or that there was none.
func (p *Provider) keep(found *party, err error) {
	now := p.config.Now()
	if p.failure = err; err != nil {
		p.failed = now
		return
	}
	p.party, p.at = found, now
}

func (p *Provider) describe(ctx context.Context) (*party, error) {
	found, err := p.discover(ctx, p.Issuer())
	if errors.Is(err, oidc.ErrIssuerInvalid) {
		found, err = p.discover(ctx, p.Issuer()+"/")
	}
	if err != nil {
		return nil, p.unavailable(fmt.Errorf("discover %s: %w", p.config.Issuer, err))
	}
	return found, nil
}

func (p *Provider) discover(ctx context.Context, issuer string) (*party, error) {
	recorder := &recorder{next: p.config.HTTPClient.Transport}
	client := *p.config.HTTPClient
	client.Transport = recorder
	made, err := rp.NewRelyingPartyOIDC(ctx, issuer, p.config.ClientID, p.config.ClientSecret, "", nil,
		rp.WithHTTPClient(&client), rp.WithAuthStyle(oauth2.AuthStyleInParams),
		// The nonce is checked after a login. ID tokens of renewals may have none.
		rp.WithVerifierOpts(rp.WithNonce(nil), rp.WithIssuedAtOffset(clockSkew), rp.WithSupportedSigningAlgorithms(algorithms...)))
	if err != nil {
		return nil, err
	}
	offers := recorder.description()
	config := made.OAuthConfig()
	if p.config.ClientSecret != "" && offers.wantsHeader() {
		config.Endpoint.AuthStyle = oauth2.AuthStyleInHeader
	}
	config.Scopes = p.config.Scopes
	if len(config.Scopes) == 0 {
		config.Scopes = offers.usual()
	}
	if err := secure(issuer, config.Endpoint.AuthURL, config.Endpoint.TokenURL); err != nil {
		return nil, err
	}
	return &party{made, issuer, offers.NamesIssuer}, nil
}
