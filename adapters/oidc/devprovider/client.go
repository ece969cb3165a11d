package devprovider

import (
	"slices"
	"time"

	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// client is an application or, by client credentials, an account.
type client struct {
	id      string
	service bool
	opaque  bool
	// redirects are the addresses that the request at hand may redirect to.
	redirects []string
	loginPage string
}

func (c *client) GetID() string                       { return c.id }
func (c *client) RedirectURIs() []string              { return c.redirects }
func (c *client) PostLogoutRedirectURIs() []string    { return c.redirects }
func (c *client) LoginURL(request string) string      { return c.loginPage + request }
func (c *client) ApplicationType() op.ApplicationType { return op.ApplicationTypeUserAgent }
func (c *client) ResponseTypes() []oidc.ResponseType {
	return []oidc.ResponseType{oidc.ResponseTypeCode}
}
func (c *client) IsScopeAllowed(scope string) bool     { return slices.Contains(allScopes, scope) }
func (c *client) IDTokenLifetime() time.Duration       { return tokenLifetime }
func (c *client) IDTokenUserinfoClaimsAssertion() bool { return false }
func (c *client) ClockSkew() time.Duration             { return 0 }

// DevMode lets the library redirect to http addresses.
func (c *client) DevMode() bool { return true }

// RestrictAdditionalIdTokenScopes restricts nothing.
func (c *client) RestrictAdditionalIdTokenScopes() func([]string) []string { //nolint:revive // the library's name
	return sameScopes
}

// RestrictAdditionalAccessTokenScopes restricts nothing.
func (c *client) RestrictAdditionalAccessTokenScopes() func([]string) []string {
	return sameScopes
}

func sameScopes(scopes []string) []string { return scopes }

// AuthMethod of an application is none: PKCE protects its codes.
func (c *client) AuthMethod() oidc.AuthMethod {
	if c.service {
		return oidc.AuthMethodBasic
	}
	return oidc.AuthMethodNone
}

func (c *client) GrantTypes() []oidc.GrantType {
	if c.service {
		return []oidc.GrantType{oidc.GrantTypeClientCredentials}
	}
	return []oidc.GrantType{oidc.GrantTypeCode, oidc.GrantTypeRefreshToken, oidc.GrantTypeDeviceCode}
}

func (c *client) AccessTokenType() op.AccessTokenType {
	if c.opaque {
		return op.AccessTokenTypeBearer
	}
	return op.AccessTokenTypeJWT
}
