package devprovider

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// CreateAccessToken stores the grant of a token under a new id.
func (s *storage) CreateAccessToken(_ context.Context, wish op.TokenRequest) (string, time.Time, error) {
	id := uuid.NewString()
	return id, s.tokens.put(id, grantOf(wish)), nil
}

// CreateAccessAndRefreshTokens also gives a new refresh token, in exchange for
// the current one if there is one.
func (s *storage) CreateAccessAndRefreshTokens(
	ctx context.Context, wish op.TokenRequest, current string,
) (string, string, time.Time, error) {
	lasting := grantOf(wish)
	if current != "" {
		// The stored grant, not the request, which may ask for fewer scopes this time.
		// Of two who race with one refresh token, the second is refused here.
		old, ok := s.refresh.take(current)
		if !ok {
			return "", "", time.Time{}, oidc.ErrInvalidGrant().WithDescription("the refresh token was used before")
		}
		lasting = old
	}
	refresh := uuid.NewString()
	s.refresh.put(refresh, lasting)
	id, expires, err := s.CreateAccessToken(ctx, wish)
	return id, refresh, expires, err
}

// TokenRequestByRefreshToken returns what the refresh token is good for.
func (s *storage) TokenRequestByRefreshToken(_ context.Context, token string) (op.RefreshTokenRequest, error) {
	g, _, ok := s.refresh.get(token)
	if !ok {
		return nil, op.ErrInvalidRefreshToken
	}
	return &renewal{g}, nil
}

// GetRefreshTokenInfo returns the subject of a refresh token, or an error for any other
// token.
func (s *storage) GetRefreshTokenInfo(_ context.Context, _, token string) (subject, id string, err error) {
	g, _, ok := s.refresh.get(token)
	if !ok {
		return "", "", op.ErrInvalidRefreshToken
	}
	return g.subject, token, nil
}

// RevokeToken makes a token of the client's invalid; one that is unknown
// already is (RFC 7009, section 2.2).
func (s *storage) RevokeToken(_ context.Context, id, _, clientID string) *oidc.Error {
	for _, tokens := range []*expiring[grant]{s.tokens, s.refresh} {
		g, _, ok := tokens.get(id)
		if ok && g.clientID != clientID {
			return oidc.ErrInvalidClient().WithDescription("the token was issued for another client")
		}
		tokens.take(id)
	}
	return nil
}

// SetUserinfoFromToken fills in the person of an access token.
func (s *storage) SetUserinfoFromToken(_ context.Context, info *oidc.UserInfo, id, _, _ string) error {
	g, _, ok := s.tokens.get(id)
	if !ok {
		return oidc.ErrAccessDenied().WithDescription("the access token has expired or was revoked")
	}
	s.describe(info, g)
	return nil
}

// SetIntrospectionFromToken fills in the person and the properties of an access token.
func (s *storage) SetIntrospectionFromToken(_ context.Context, answer *oidc.IntrospectionResponse, id, _, _ string) error {
	g, expires, ok := s.tokens.get(id)
	if !ok {
		return oidc.ErrAccessDenied().WithDescription("the access token has expired or was revoked")
	}
	info := new(oidc.UserInfo)
	s.describe(info, g)
	answer.SetUserInfo(info)
	answer.Issuer, answer.ClientID, answer.TokenType = s.issuer, g.clientID, oidc.BearerToken
	answer.Scope, answer.Expiration = g.scopes, oidc.FromTime(expires)
	return nil
}

// describe fills in what the scopes permit to know of the account.
func (s *storage) describe(info *oidc.UserInfo, g grant) {
	account := s.accounts[g.subject]
	info.Subject = account.Subject
	for _, scope := range g.scopes {
		switch scope {
		case oidc.ScopeProfile:
			info.Name = account.Name
		case oidc.ScopeEmail:
			info.Email = account.Email
			// The library's own field is left out when it is false.
			info.AppendClaims("email_verified", account.EmailVerified)
		case EntitlementScope:
			// A list also when it is empty.
			info.AppendClaims(EntitlementScope, append([]string{}, account.Entitlements...))
		}
	}
}

// SetUserinfoFromScopes adds nothing to ID tokens but who it is: clients ask userinfo. The
// library takes the subject from here, too.
func (s *storage) SetUserinfoFromScopes(_ context.Context, info *oidc.UserInfo, subject, _ string, _ []string) error {
	info.Subject = subject
	return nil
}

// GetPrivateClaimsFromScopes adds nothing to access tokens: clients ask userinfo.
func (s *storage) GetPrivateClaimsFromScopes(context.Context, string, string, []string) (map[string]any, error) {
	return nil, nil
}
