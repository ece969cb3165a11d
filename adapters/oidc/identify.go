package oidc

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"

	"github.com/eosc-perf/backend/core/domain"
)

// leeway is by how much a provider's clock may be ahead of ours.
const leeway = 5 * time.Second

// identifyJWT checks the token and asks for its bearer's userinfo.
func (i *issuer) identifyJWT(ctx context.Context, token string) (bearer, error) {
	p, err := i.provider(ctx)
	if err != nil {
		return bearer{}, err
	}
	t, err := op.VerifyAccessToken[*oidc.AccessTokenClaims](ctx, token, p.tokens)
	if outage, ok := errors.AsType[*domain.Error](err); ok {
		return bearer{}, outage
	}
	if err != nil {
		return bearer{}, refuse("The access token is invalid or has expired", err)
	}
	// The library does not look at nbf.
	if t.NotBefore.AsTime().After(i.now().Add(leeway)) {
		return bearer{}, refuse("The access token is not valid yet", nil)
	}
	info, err := p.userinfo(ctx, token)
	if err != nil {
		return bearer{}, err
	}
	return p.bearer(info, t.Claims, t.Subject, t.GetExpiration())
}

// identifyOpaque asks the provider whether it knows the token, and then whose
// it is.
func (i *issuer) identifyOpaque(ctx context.Context, token string) (bearer, error) {
	p, err := i.provider(ctx)
	if err != nil {
		return bearer{}, err
	}
	known, err := p.introspect(ctx, token)
	if err != nil {
		return bearer{}, err
	}
	info, err := p.userinfo(ctx, token)
	if err != nil {
		return bearer{}, err
	}
	subject := known.text(claimSubject)
	if subject == "" {
		subject = info.text(claimSubject)
	}
	return p.bearer(info, nil, subject, known.instant("exp"))
}

// bearer puts together what userinfo and the token's claims say of the subject.
func (p *provider) bearer(info, token claims, subject string, expires time.Time) (bearer, error) {
	if info.text(claimSubject) == "" || info.text(claimSubject) != subject {
		return bearer{}, refuse("The access token is not the person's that the identity provider names",
			fmt.Errorf("%s: userinfo names another subject than the token", p.name))
	}
	spelled := p.spelled
	if said, told := info[claimIssuer]; told && said != nil {
		spelled = info.text(claimIssuer)
		if err := p.isSpelledLike(spelled); err != nil {
			return bearer{}, refuse("The identity provider names another issuer than its own", err)
		}
	}
	who := identity(domain.UserID{Subject: subject, Issuer: spelled}, info, token)
	return bearer{identity: who, expires: expires}, nil
}

// introspect returns what the provider says of the token (RFC 7662). Where it
// is not to be had it returns nothing, and userinfo decides alone: no client
// credentials, no such endpoint, or a provider that does not know our client.
func (p *provider) introspect(ctx context.Context, token string) (claims, error) {
	if p.id == "" || p.introspectURL == "" {
		return nil, nil
	}
	form := url.Values{"token": {token}, "token_type_hint": {"access_token"}}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.introspectURL, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, away(fmt.Errorf("make request for introspection: %w", err))
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	// RFC 6749, section 2.3.1, wants both encoded.
	req.SetBasicAuth(url.QueryEscape(p.id), url.QueryEscape(p.secret))
	answer, err := ask(p.client, req)
	if err != nil {
		return nil, err
	}
	var known claims
	if err := answer.decode(&known); err != nil {
		p.unknownClient.Do(func() {
			p.log.WarnContext(ctx, "OpenID provider does not introspect for our client, userinfo decides alone", "error", err)
		})
		return nil, nil //nolint:nilerr // not the token's fault: userinfo decides
	}
	if active, _ := known["active"].(bool); !active {
		return nil, refuse("The access token is not active", nil)
	}
	if exp := known.instant("exp"); !exp.IsZero() && !exp.After(p.now()) {
		return nil, refuse("The access token has expired", nil)
	}
	if known.instant("nbf").After(p.now().Add(leeway)) {
		return nil, refuse("The access token is not valid yet", nil)
	}
	return known, nil
}

// userinfo returns what the provider says of the bearer.
func (p *provider) userinfo(ctx context.Context, token string) (claims, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.userinfoURL, nil)
	if err != nil {
		return nil, away(fmt.Errorf("make request for userinfo: %w", err))
	}
	req.Header.Set("Authorization", "Bearer "+token)
	answer, err := ask(p.client, req)
	if err != nil {
		return nil, err
	}
	if answer.status >= 400 {
		return nil, refuse("The access token is not accepted by the identity provider",
			fmt.Errorf("userinfo of %s answers %d", p.name, answer.status))
	}
	var info claims
	if err := answer.decode(&info); err != nil {
		// Some providers sign userinfo (application/jwt) for clients that ask so.
		p.log.WarnContext(ctx, "OpenID provider answers userinfo in a way that is not understood",
			"status", answer.status, "media_type", answer.mediaType)
		return nil, refuse("The identity provider does not tell who the bearer of the access token is",
			fmt.Errorf("userinfo of %s: %w", p.name, err))
	}
	return info, nil
}
