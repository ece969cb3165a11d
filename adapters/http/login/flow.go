package login

import (
	"bytes"
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/eosc-perf/backend/adapters/http/session"
	"github.com/eosc-perf/backend/ports"
)

// begun is a login under way.
type begun struct {
	ports.Login
	Provider string
	ReturnTo string
	// Replace: a person who has too many sessions ends them.
	Replace bool
	Until   time.Time
}

const (
	// loginTime is how long a person may take at the provider.
	loginTime = 15 * time.Minute
	// mostLogins is how many logins one browser may have under way.
	mostLogins = 4
	// stateInName is how much of the state distinguishes the cookies of logins under way.
	stateInName = 8
)

func newLogin(redirect string) ports.Login {
	return ports.Login{RedirectURI: redirect, State: rand.Text(), Nonce: rand.Text(), Verifier: rand.Text() + rand.Text()}
}

// cookieOf returns the name and path of the cookie of a login.
func (l *Login) cookieOf(state string) (name, path string) {
	return session.CookieName("login-"+state[:min(len(state), stateInName)], l.config.Secure, l.config.Path)
}

// remember puts the login into a cookie.
func (l *Login) remember(w http.ResponseWriter, r *http.Request, b begun) error {
	l.forgetSome(w, r)
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false) // the cookie must be shorter than 4 KB
	if err := encoder.Encode(b); err != nil {
		return fmt.Errorf("encode a login: %w", err)
	}
	name, path := l.cookieOf(b.State)
	http.SetCookie(w, l.cookie(name, path, l.sealer.Seal(text.Bytes(), name), int(loginTime/time.Second)))
	return nil
}

func (l *Login) cookie(name, path, value string, age int) *http.Cookie {
	return &http.Cookie{ //nolint:gosec // it is secure where the server is
		Name: name, Value: value, Path: path, MaxAge: age, Secure: l.config.Secure, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	}
}

// forgetSome removes the cookies of logins that were not finished, if there are many.
func (l *Login) forgetSome(w http.ResponseWriter, r *http.Request) {
	prefix, path := l.cookieOf("")
	var names []string
	for _, cookie := range r.Cookies() {
		if strings.HasPrefix(cookie.Name, prefix) {
			names = append(names, cookie.Name)
		}
	}
	if len(names) < mostLogins {
		return
	}
	for _, name := range names {
		http.SetCookie(w, l.cookie(name, path, "", -1))
	}
}

// recall returns the login with the state, and forgets it. ok is false if this browser has
// not begun it, or too long ago.
func (l *Login) recall(w http.ResponseWriter, r *http.Request, state string) (b begun, ok bool) {
	name, path := l.cookieOf(state)
	cookie, err := r.Cookie(name)
	if state == "" || err != nil {
		return b, false
	}
	http.SetCookie(w, l.cookie(name, path, "", -1))
	text, err := l.sealer.Open(cookie.Value, name)
	if err != nil || json.Unmarshal(text, &b) != nil {
		return b, false
	}
	same := subtle.ConstantTimeCompare([]byte(state), []byte(b.State)) == 1
	return b, same && time.Now().Before(b.Until)
}
