// Package oidc identifies the bearers of access tokens by asking the trusted OpenID
// providers: it implements ports.TokenVerifier.
//
// A JWT names its issuer. If the issuer is not trusted, the token is refused before
// anything is fetched. Then come the claims and the signature, which need no request about
// the token: the provider's keys are fetched rarely. Only after that the provider is asked
// for the bearer's userinfo. Any other token is opaque: every trusted provider is asked
// about it, by introspection (RFC 7662) if client credentials are configured, and then for
// the userinfo.
//
// Strangers can invent opaque tokens. Unknown tokens have a budget for each client and for
// all clients, and wait in a lane of their own, so that providers get few requests and
// known tokens do not wait.
//
// The answers of providers are cached for a short time by the token's SHA-256; that a
// provider was away is not. Tokens are neither logged nor part of any error.
//
// The package imports core/domain, ports, and libraries for signatures, keys and JSON.
// The core decides whether a bearer is registered, or an administrator.
package oidc
