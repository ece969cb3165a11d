package oidc

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/eosc-perf/backend/core/domain"
)

// bearer is the person who belongs to a token.
type bearer struct {
	identity domain.Identity
	// expires is when the token expires, zero if the provider does not say so.
	expires time.Time
	// issuer is the name of the trusted one that the token is of; it is there also
	// with an error, if it is known.
	issuer string
}

// bearer puts together what userinfo and the token's claims say of the subject.
func (p *provider) bearer(info, token claims, subject string, expires time.Time) (bearer, error) {
	named, err := info.subject()
	if err != nil {
		return bearer{}, refuse(BadSubject, "The identity provider does not name the bearer of the access token in a way that can be stored",
			fmt.Errorf("userinfo of %s: %w", p.name, err))
	}
	if named != subject {
		return bearer{}, refuse(OtherSubject, "The access token is not the person's that the identity provider names",
			fmt.Errorf("userinfo of %s names another subject than the token", p.name))
	}
	spelled := p.spelled
	if info.has(claimIssuer) {
		spelled = info.text(claimIssuer)
	}
	if withoutSlash(spelled) != p.name {
		return bearer{}, refuse(OtherIssuer, "The identity provider names another issuer than its own",
			fmt.Errorf("userinfo of %s names the issuer %.300q", p.name, spelled))
	}
	who := identity(domain.UserID{Subject: subject, Issuer: spelled}, info, token, p.entitlements)
	return bearer{identity: who, expires: expires}, nil
}

// userinfo returns what the provider says of the bearer.
func (p *provider) userinfo(ctx context.Context, l lane, token string) (claims, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.userinfoURL, nil)
	if err != nil {
		return nil, unavailable(fmt.Errorf("make request for userinfo: %w", err))
	}
	req.Header.Set("Authorization", "Bearer "+token)
	answer, err := p.askAboutToken(l, req)
	if err != nil {
		return nil, err
	}
	if answer.status == http.StatusForbidden {
		return nil, refuse(
			Rejected, "The identity provider does not say whose the access token is: it may have been issued without the scope openid",
			fmt.Errorf("userinfo of %s answers %d", p.name, answer.status),
		)
	}
	if answer.status >= http.StatusBadRequest {
		return nil, refuse(Rejected, "The access token is not accepted by the identity provider",
			fmt.Errorf("userinfo of %s answers %d", p.name, answer.status))
	}
	info, err := p.readUserinfo(ctx, answer)
	if domain.KindOf(err) == domain.Unavailable {
		return nil, err
	}
	if err != nil {
		p.log.WarnContext(ctx, "OpenID provider answers userinfo in a way that is not understood",
			"status", answer.status, "media_type", answer.mediaType, "error", err)
		return nil, refuse(BadAnswer, "The identity provider does not say who the bearer of the access token is",
			fmt.Errorf("userinfo of %s: %w", p.name, err))
	}
	return info, nil
}

// readUserinfo reads the JSON of userinfo or, as some providers sign it for some
// clients, the JWT (OpenID Connect Core 1.0, section 5.3.2).
func (p *provider) readUserinfo(ctx context.Context, answer reply) (claims, error) {
	if answer.mediaType != "application/jwt" || answer.status != http.StatusOK {
		return answer.object()
	}
	t, err := readSignedToken(string(bytes.TrimSpace(answer.body)))
	if err != nil {
		return nil, err
	}
	if t == nil {
		return nil, errors.New("not a signed JWT")
	}
	return t.claims, p.keys.verify(ctx, t)
}

// askAboutToken is ask within the lane.
func (p *provider) askAboutToken(l lane, req *http.Request) (reply, error) {
	release, err := l.enter(req.Context())
	if err != nil {
		return reply{}, err
	}
	defer release()
	return ask(p.client, req)
}
