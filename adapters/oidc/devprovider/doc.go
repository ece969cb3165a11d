// Package devprovider is an OpenID provider for development: one picks an
// account, without a password. It runs inside the server, so that a fresh
// clone has somebody to log in as.
//
// It speaks the authorization code flow with PKCE (S256), refresh tokens, the
// device grant and client credentials, and has userinfo, introspection,
// revocation and end_session. Everything is in memory and gone with the
// process, the signing key included.
//
// Clients:
//   - ClientID is a public client that may redirect to any loopback address;
//     with ClientSecret it may introspect.
//   - Each account is a client too: its subject and ClientSecret give, by client
//     credentials, an access token of the account.
//   - Any of these names followed by OpaqueSuffix gets opaque access tokens
//     instead of JWTs.
//
// The secret is public: whoever reaches the provider can be anybody. Therefore it answers
// only clients on the same machine, and in browsers only pages of the server itself. It
// is never for production.
//
// The package imports zitadel's OpenID library and nothing of ours.
package devprovider
