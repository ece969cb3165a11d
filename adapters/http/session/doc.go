// Package session gives browsers sessions: a cookie with a random token, and a row in the
// database under the token's hash. What the row holds (the tokens of the identity provider,
// forms that are kept over a login) is sealed by keys that come from SECRET_KEY. Every server
// on the database serves every session.
//
// Manager.Handler finds out who asks and puts the visitor into the context of the request,
// where pages find them: FromContext. A session follows the provider: its access token is
// judged as that of any request, and renewed when it expires. When the provider refuses, the
// session ends.
//
// The package uses alexedwards/scs for tokens, cookies and values.
package session
