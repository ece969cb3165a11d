package oidc

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/eosc-perf/backend/core/domain"
)

// identifyOpaque shows the token to all providers at once, so that one that
// hangs does not hold up those that answer. The first that knows the token counts.
func (v *Verifier) identifyOpaque(ctx context.Context, token string, known bool) (bearer, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	type answer struct {
		bearer
		err error
	}
	answers := make(chan answer, len(v.issuers))
	for _, i := range v.issuers {
		go func() {
			b, err := i.identifyOpaque(ctx, i.laneOf(known), token)
			b.issuer = i.name
			answers <- answer{b, err}
		}()
	}
	var outages, refusals []error
	for range v.issuers {
		a := <-answers
		switch {
		case a.err == nil:
			return a.bearer, nil
		case domain.KindOf(a.err) == domain.Unavailable:
			outages = append(outages, a.err)
		default:
			refusals = append(refusals, a.err)
		}
	}
	if len(outages) > 0 {
		return bearer{}, unavailable(errors.Join(outages...))
	}
	return bearer{}, clearest(refusals)
}

// clearest returns the refusal that says most: one of a provider that knows the token
// before those of the others.
func clearest(refusals []error) error {
	details := make([]string, len(refusals))
	for n, err := range refusals {
		if causeOf(err) != Rejected {
			return err
		}
		details[n] = detailOf(err)
	}
	return refuse(Rejected, "The access token is not accepted by any trusted identity provider", errors.New(strings.Join(details, "; ")))
}

func (i *issuer) laneOf(known bool) lane {
	if known {
		return i.known
	}
	return i.unknown
}

// identifyOpaque asks the provider whether it knows the token, and then whose
// it is.
func (i *issuer) identifyOpaque(ctx context.Context, l lane, token string) (bearer, error) {
	p, err := i.provider(ctx)
	if err != nil {
		return bearer{}, err
	}
	about, err := p.introspect(ctx, l, token)
	if err != nil {
		return bearer{}, err
	}
	expires, err := checkDates(about, p.now())
	if err != nil {
		return bearer{}, err
	}
	info, err := p.userinfo(ctx, l, token)
	if err != nil {
		return bearer{}, err
	}
	// Only after userinfo: a provider that does not know the token has no say in its audience.
	if err := p.audience.check(about); err != nil {
		return bearer{}, err
	}
	return p.bearerOf(info, about, expires)
}

// identifyOwn asks for the userinfo of whoever has logged in.
func (i *issuer) identifyOwn(ctx context.Context, token string) (bearer, error) {
	p, err := i.provider(ctx)
	if err != nil {
		return bearer{}, err
	}
	info, err := p.userinfo(ctx, i.known, token)
	if err != nil {
		return bearer{}, err
	}
	return p.bearerOf(info, nil, time.Time{})
}

// bearerOf is the bearer of an opaque token.
func (p *provider) bearerOf(info, about claims, expires time.Time) (bearer, error) {
	subject := info.text(claimSubject)
	if about.has(claimSubject) {
		subject = about.text(claimSubject)
	}
	return p.bearer(info, nil, subject, expires)
}

// introspect returns what the provider says of the token (RFC 7662). Where it
// is not to be had it returns nothing, and userinfo decides alone: no client
// credentials, no such endpoint, or a provider that does not know our client.
func (p *provider) introspect(ctx context.Context, l lane, token string) (claims, error) {
	if p.id == "" || p.introspectURL == "" {
		return nil, nil
	}
	form := url.Values{"token": {token}, "token_type_hint": {"access_token"}}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.introspectURL, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, unavailable(fmt.Errorf("make request for introspection: %w", err))
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	// To ask twice changes nothing. By this key, which is not sent, the transport asks again if the
	// provider has closed a connection that was idle.
	req.Header["Idempotency-Key"] = nil
	// RFC 6749, section 2.3.1, wants both encoded.
	req.SetBasicAuth(url.QueryEscape(p.id), url.QueryEscape(p.secret))
	answer, err := p.askAboutToken(l, req)
	if err != nil {
		return nil, err
	}
	about, err := answer.object()
	if err != nil {
		p.unknownClient.Do(func() {
			p.log.WarnContext(ctx, "OpenID provider does not introspect for our client, userinfo decides alone", "error", err)
		})
		return nil, nil //nolint:nilerr // not the token's fault: userinfo decides
	}
	if about["active"].Kind() != 't' {
		return nil, refuse(Rejected, "The access token is not active", fmt.Errorf("introspection of %s", p.name))
	}
	return about, nil
}
