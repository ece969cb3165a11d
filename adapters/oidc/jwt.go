package oidc

import (
	"context"
	"fmt"
	"strings"
)

// checkJWT finds the issuer of a JWT and checks what needs no request about the token:
// the claims first, since that costs nothing, then the signature, for which keys may
// have to be fetched. The issuer returned is nil if it is not a trusted one.
func (v *Verifier) checkJWT(ctx context.Context, t *signedToken) (*issuer, error) {
	i, err := v.issuerOf(t)
	if err != nil {
		return nil, err
	}
	return i, i.checkJWT(ctx, t)
}

// issuerOf returns the trusted issuer that the token names.
func (v *Verifier) issuerOf(t *signedToken) (*issuer, error) {
	name := t.claims.text(claimIssuer)
	if name == "" {
		return nil, refuse(UnknownIssuer, "The access token does not name its issuer", nil)
	}
	trusted := make([]string, len(v.issuers))
	for n, i := range v.issuers {
		if i.name == withoutSlash(name) {
			return i, nil
		}
		trusted[n] = i.name
	}
	return nil, refuse(UnknownIssuer, "The access token is not of a trusted identity provider: trusted are "+strings.Join(trusted, ", "),
		fmt.Errorf("issuer %.300q", name))
}

func (i *issuer) checkJWT(ctx context.Context, t *signedToken) error {
	if !t.claims.has(claimExpiry) {
		return refuse(NoExpiry, "The access token does not expire, and such tokens are not accepted", nil)
	}
	if _, err := checkDates(t.claims, i.now()); err != nil {
		return err
	}
	if err := i.audience.check(t.claims); err != nil {
		return err
	}
	if _, err := t.claims.subject(); err != nil {
		return refuse(BadSubject, "The access token does not name a person in a way that can be stored", err)
	}
	p, err := i.provider(ctx)
	if err != nil {
		return err
	}
	return p.keys.verify(ctx, t)
}

// identifyJWT asks for the userinfo of the bearer of a verified token.
func (i *issuer) identifyJWT(ctx context.Context, token string, t *signedToken) (bearer, error) {
	expires, err := t.claims.date(claimExpiry)
	if err != nil {
		return bearer{}, err
	}
	p, err := i.provider(ctx)
	if err != nil {
		return bearer{}, err
	}
	info, err := p.userinfo(ctx, i.known, token)
	if err != nil {
		return bearer{}, err
	}
	return p.bearer(info, t.claims, t.claims.text(claimSubject), expires)
}
