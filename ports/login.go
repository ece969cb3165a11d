package ports

import (
	"context"
	"time"
)

// LoginProvider logs people in at one OpenID provider, in their browsers: by the
// authorization code flow with PKCE.
//
// Errors are domain.Errors: Unauthenticated if the provider refuses, Unavailable if the
// provider does not answer.
type LoginProvider interface {
	// Issuer is the provider's issuer, without a slash at its end.
	Issuer() string
	// Name is what people call the provider.
	Name() string
	// Begin returns the address at the provider where the person logs in.
	Begin(ctx context.Context, login Login) (address string, err error)
	// Finish exchanges the code that the provider has sent for tokens, and checks them. It refuses
	// an answer that does not name the provider although the provider names itself (RFC 9207).
	Finish(ctx context.Context, login Login, answer LoginAnswer) (LoginTokens, error)
	// Renew exchanges the refresh token, which is used up then.
	Renew(ctx context.Context, tokens LoginTokens) (LoginTokens, error)
	// EndSession returns the address at the provider where the person logs out there, and
	// from where the provider leads back. It is empty if the provider has none.
	EndSession(ctx context.Context, tokens LoginTokens, back string) (address string, err error)
}

// Login is a login under way.
type Login struct {
	// RedirectURI is where the provider leads back to.
	RedirectURI string
	// State and Nonce are random. The answer and the ID token repeat them.
	State, Nonce string
	// Verifier proves that the exchange of the code is by whoever began the login (RFC 7636).
	Verifier string
}

// LoginAnswer is what the provider has sent through the browser after a login.
type LoginAnswer struct {
	Code string
	// Issuer is the parameter iss, empty if the answer has none.
	Issuer string
}

// PublicLogin is what a public client in a browser has to know of a provider.
type PublicLogin struct {
	// Authorize and Token are the endpoints.
	Authorize, Token string
	// Scopes are those to ask for, separated by blanks.
	Scopes string
	// NamesIssuer: answers to a login have the parameter iss.
	NamesIssuer bool
}

// LoginTokens are what a provider gives after a login. All of them are secrets.
type LoginTokens struct {
	Access string
	// AccessExpires is zero if the provider does not say when the access token expires.
	AccessExpires time.Time
	// Refresh is empty if the provider gives none.
	Refresh string
	// ID is the ID token.
	ID string
	// Subject is whom the ID token names.
	Subject string
}
