package session

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/http/middleware"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// providerTokens are what a session knows of the provider.
type providerTokens struct {
	// Provider is the issuer of the login provider.
	Provider string
	ports.LoginTokens
	// Known is who the person is, as the provider last said.
	Known domain.Identity
}

// errProvider marks errors that mean that the provider is away, and not the database.
var errProvider = errors.New("the identity provider is away")

// patience is how long a page waits for a slow provider.
const patience = 3 * time.Second

// early is how long before its end an access token is renewed.
const early = 30 * time.Second

// callerOf asks the provider, or the short memory of earlier answers, who has the session.
func (m *Manager) callerOf(ctx context.Context, v *visit) (domain.Caller, error) {
	tokens, err := m.openTokens(v.row)
	if err != nil {
		return domain.Caller{}, domain.BadToken("The session cannot be opened", err)
	}
	renewed := false
	if !tokens.AccessExpires.IsZero() && time.Now().After(tokens.AccessExpires.Add(-early)) {
		current, err := m.renewTokens(ctx, v, tokens)
		if err != nil && (!errors.Is(err, errProvider) || time.Now().After(tokens.AccessExpires)) {
			return domain.Caller{}, err
		}
		if renewed = err == nil; renewed {
			tokens = current
		}
	}
	caller, err := m.judge(ctx, v, tokens, false)
	if domain.KindOf(err) != domain.Unauthenticated || renewed || tokens.Refresh == "" {
		return caller, err
	}
	if tokens, err = m.renewTokens(ctx, v, tokens); err != nil {
		return domain.Caller{}, err
	}
	return m.judge(ctx, v, tokens, false)
}

// judge returns the caller with the access token. While the provider is away, what it said
// last counts until the token expires.
func (m *Manager) judge(ctx context.Context, v *visit, tokens providerTokens, fresh bool) (domain.Caller, error) {
	asking, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	caller, err := m.access.Identify(asking, ports.BearerToken{
		Text: tokens.Access, Client: middleware.RecordOf(ctx).Client, Issuer: tokens.Provider, Fresh: fresh,
	})
	if kind := domain.KindOf(err); kind == domain.Unavailable || kind == domain.Limited {
		if fresh || tokens.AccessExpires.IsZero() || !time.Now().Before(tokens.AccessExpires) {
			return domain.Caller{}, fmt.Errorf("%w: %w", errProvider, err)
		}
		return m.access.CallerOf(ctx, tokens.Known)
	}
	if err == nil && caller.Identity().UserID != *v.row.Person {
		return domain.Caller{}, domain.BadToken("The session is of another person", nil)
	}
	return caller, err
}

func (m *Manager) openTokens(row *domain.Session) (providerTokens, error) {
	var tokens providerTokens
	text, err := m.tokens.Open(row.Tokens, row.ID.String())
	if err == nil {
		err = json.Unmarshal(text, &tokens)
	}
	return tokens, err
}

// renewTokens gets new tokens for the refresh token, on one server at a time.
func (m *Manager) renewTokens(ctx context.Context, v *visit, tokens providerTokens) (providerTokens, error) {
	provider, ok := m.providers[tokens.Provider]
	if !ok {
		return tokens, domain.BadToken("The identity provider of the session is not used any more", nil)
	}
	if tokens.Refresh == "" {
		return tokens, domain.BadToken("The login has expired", nil)
	}
	row, err := m.browsers.Refresh(ctx, v.row, func(ctx context.Context) (string, error) {
		renewed, err := provider.Renew(ctx, tokens.LoginTokens)
		if err != nil {
			if domain.KindOf(err) == domain.Unavailable {
				err = fmt.Errorf("%w: %w", errProvider, err)
			}
			return "", err
		}
		tokens.LoginTokens = renewed
		return m.sealTokens(tokens, v.row.ID.String())
	})
	if errors.Is(err, ports.ErrNotFound) {
		return tokens, domain.BadToken("The session has ended", nil)
	}
	if err != nil {
		return tokens, err
	}
	v.row.Tokens, v.row.TokensVersion = row.Tokens, row.TokensVersion
	return m.openTokens(row)
}

// LogIn begins a session for whoever has the tokens of a login at the provider, with a new
// token. A form that the browser's earlier session keeps stays. With replace, the other
// sessions of a person who has too many end. Errors: Unauthenticated and Unavailable as the
// provider says; Limited if the person has too many sessions.
func (m *Manager) LogIn(
	ctx context.Context, w http.ResponseWriter, provider ports.LoginProvider, got ports.LoginTokens, replace bool,
) error {
	caller, err := m.access.Identify(ctx, ports.BearerToken{
		Text: got.Access, Client: middleware.RecordOf(ctx).Client, Issuer: provider.Issuer(),
	})
	if err != nil {
		return err
	}
	if caller.Identity().Subject != got.Subject {
		return domain.BadToken("The identity provider names different people in its tokens", nil)
	}
	v, tokens := visitOf(ctx), providerTokens{Provider: provider.Issuer(), LoginTokens: got, Known: caller.Identity()}
	before := v.row
	v.row = nil
	v.add = func(ctx context.Context, row *domain.Session) (err error) {
		if row.Tokens, err = m.sealTokens(tokens, row.ID.String()); err != nil {
			return err
		}
		return m.browsers.LogIn(ctx, caller, row, replace)
	}
	m.scs.Put(ctx, rightsKey, rightsOf(caller))
	if err := m.renewToken(ctx, w); err != nil {
		v.row = before
		return err
	}
	v.visitor = Visitor{Caller: caller, Name: nameOf(caller.Identity()), ID: v.row.ID}
	if before != nil {
		return m.browsers.End(ctx, before)
	}
	return nil
}

// Refreshed is the visitor as the provider describes the person now. It is for operations
// that store what the provider says. Errors: Unauthenticated if nobody has logged in or the
// provider refuses; Unavailable.
func (m *Manager) Refreshed(ctx context.Context) (domain.Caller, error) {
	v := visitOf(ctx)
	if !v.visitor.LoggedIn() {
		return domain.Caller{}, domain.ErrNoToken
	}
	tokens, err := m.openTokens(v.row)
	if err != nil {
		return domain.Caller{}, domain.BadToken("The session cannot be opened", err)
	}
	return m.judge(ctx, v, tokens, true)
}

// Changed looks again what the visitor may do, after a change of rights, and gives the session
// a new token.
func (m *Manager) Changed(ctx context.Context, w http.ResponseWriter) error {
	v := visitOf(ctx)
	caller, err := m.access.CallerOf(ctx, v.visitor.Caller.Identity())
	if err != nil {
		return err
	}
	v.visitor.Caller = caller
	return m.followRights(ctx, w, caller)
}

// LogOut ends the session of the request. It returns the login provider and its tokens, for
// the logout there; provider is nil if there was no session.
func (m *Manager) LogOut(ctx context.Context, w http.ResponseWriter) (provider ports.LoginProvider, tokens ports.LoginTokens, err error) {
	v := visitOf(ctx)
	if v.row == nil {
		return nil, tokens, nil
	}
	if v.row.Person != nil {
		if opened, err := m.openTokens(v.row); err == nil {
			provider, tokens = m.providers[opened.Provider], opened.LoginTokens
		}
	}
	v.visitor = Visitor{ID: uuid.Nil}
	return provider, tokens, m.end(ctx, w)
}
