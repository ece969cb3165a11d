// Package oidc knows the bearers of access tokens by asking the trusted OpenID
// providers: it implements ports.TokenVerifier.
//
// A token that is a JWT names its issuer; one that is not on the list of
// trusted issuers is refused before anything is fetched. The signature is
// checked with the provider's keys, and the provider is asked for the bearer's
// userinfo. Any other token is opaque: it is shown to every trusted provider,
// by introspection (RFC 7662) if client credentials are configured, and then
// for the userinfo.
//
// What came out is remembered for a short time by the token's SHA-256; that a
// provider was away is not. Tokens are neither logged nor part of any error.
//
// The package imports core/domain, ports, zitadel's OpenID library and no other
// adapter. Whether a bearer is registered, or an admin, is decided elsewhere.
package oidc
