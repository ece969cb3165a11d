// Package login lets people log in and out, and register, in their browsers: /ui/login,
// /ui/login/callback, /ui/logout and /ui/register. Handler puts these pages, sessions, the
// refusal of requests from other sites, and security headers before all pages below /ui/.
//
// A login under way is in a cookie that only this server can open (state, nonce, verifier of
// PKCE, and where to return to): strangers who begin logins leave nothing in the database.
package login
