package session

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/alexedwards/scs/v2"

	"github.com/eosc-perf/backend/adapters/http/fair"
	"github.com/eosc-perf/backend/adapters/http/middleware"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/service"
	"github.com/eosc-perf/backend/ports"
)

// Config is what a Manager needs.
type Config struct {
	Browsers  *service.Browsers
	Access    *service.Access
	Providers []ports.LoginProvider
	// Secrets are SECRET_KEY and SECRET_KEY_PREVIOUS.
	Secrets []string
	// Secure: browsers reach the server by TLS only.
	Secure bool
	// Path is the public path of the server, "" for none.
	Path string
	// Fail answers when sessions cannot be read, because the database is away.
	Fail func(w http.ResponseWriter, r *http.Request, err error)
	// Lost counts a cookie that opens no session. Its error is answered by Fail.
	Lost func(w http.ResponseWriter, r *http.Request) error
	Log  *slog.Logger
}

// Manager knows the sessions of browsers.
type Manager struct {
	scs          *scs.SessionManager
	browsers     *service.Browsers
	access       *service.Access
	providers    map[string]ports.LoginProvider
	data, tokens *Sealer
	fail         func(w http.ResponseWriter, r *http.Request, err error)
	lost         func(w http.ResponseWriter, r *http.Request) error
	log          *slog.Logger
}

// New makes a manager.
func New(c Config) (*Manager, error) {
	m := &Manager{
		scs: scs.New(), browsers: c.Browsers, access: c.Access, providers: map[string]ports.LoginProvider{},
		fail: c.Fail, lost: c.Lost, log: c.Log,
	}
	var err error
	if m.data, err = NewSealer("session data", c.Secrets...); err != nil {
		return nil, err
	}
	if m.tokens, err = NewSealer("session tokens", c.Secrets...); err != nil {
		return nil, err
	}
	for _, provider := range c.Providers {
		m.providers[provider.Issuer()] = provider
	}
	m.scs.Store, m.scs.HashTokenInStore = store{m}, true
	m.scs.Cookie.Name, m.scs.Cookie.Path = CookieName("session", c.Secure, c.Path)
	m.scs.Cookie.Secure = c.Secure
	return m, nil
}

// CookieName returns the name and the path of a cookie. The prefix of the name makes browsers
// refuse the cookie from other hosts and without TLS (RFC 6265bis, section 4.1.3): `__Host-`
// where the server has the whole host, `__Secure-` where a path of the host is public.
func CookieName(name string, secure bool, path string) (prefixed, cookiePath string) {
	name = "eosc-perf-" + name
	switch {
	case path != "" && secure:
		return "__Secure-" + name, path
	case path != "":
		return name, path
	case secure:
		return "__Host-" + name, "/"
	}
	return name, "/"
}

// Handler finds out who asks, and passes the request on.
func (m *Manager) Handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Vary", "Cookie")
		v := &visit{manager: m, add: m.browsers.Keep, end: m.browsers.End}
		ctx := context.WithValue(r.Context(), visitKey{}, v)
		token, several := m.tokenOf(r)
		if several {
			v.visitor.Notice = severalCookies
		}
		ctx, err := m.scs.Load(ctx, token)
		if err == nil {
			err = m.identify(ctx, w, v)
		}
		if err == nil && v.lost {
			err = m.lost(w, r)
		}
		if err != nil {
			m.fail(w, r, err)
			return
		}
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// tokenOf returns the token of the request's session, "" for none. With several it is none of them:
// where the name has no prefix __Host-, another host of the domain can have set one, in whose session
// the visitor would act for somebody else.
func (m *Manager) tokenOf(r *http.Request) (token string, several bool) {
	for i, cookie := range r.CookiesNamed(m.scs.Cookie.Name) {
		if i > 0 && cookie.Value != token {
			return "", true
		}
		token = cookie.Value
	}
	return token, false
}

const (
	severalCookies = "Your browser has sent cookies of two sessions, of which one may be somebody else's. " +
		"Remove the cookies of this site, then log in again."
	sessionEnded = "Your session has ended: log in again."
	providerGone = "The identity provider does not answer. You are logged in again as soon as it does."
	refusedLogin = "The identity provider does not accept your login any more: log in again."
)

// identify sets the visitor. A session that the provider refuses ends.
func (m *Manager) identify(ctx context.Context, w http.ResponseWriter, v *visit) error {
	if v.lost {
		m.scs.WriteSessionCookie(ctx, w, "", time.Time{})
		v.visitor.Notice = sessionEnded
		return nil
	}
	if v.row == nil || v.row.Person == nil {
		return nil
	}
	v.visitor.ID = v.row.ID
	caller, err := m.callerOf(ctx, v)
	switch domain.KindOf(err) {
	case domain.Unauthenticated:
		v.visitor = Visitor{Notice: refusedLogin}
		m.log.InfoContext(ctx, "a session ends: the provider refuses", "session", v.row.ID, "error", err)
		v.end = func(ctx context.Context, row *domain.Session) error {
			return m.browsers.Refuse(ctx, row, reasonOf(err))
		}
		return m.end(ctx, w)
	case domain.Unavailable, domain.Limited:
		if !errors.Is(err, errProvider) {
			return err
		}
		v.visitor.Notice = providerGone
		return nil
	default:
		if err != nil {
			return err
		}
	}
	v.visitor.Caller, v.visitor.Name = caller, nameOf(caller.Identity())
	record := middleware.RecordOf(ctx)
	record.Caller, record.Client = caller, fair.Person(caller.Identity().UserID)
	return m.followRights(ctx, w, caller)
}

// reasonOf is what the error tells people.
func reasonOf(err error) string {
	if refused, ok := errors.AsType[*domain.Error](err); ok {
		return refused.Message
	}
	return ""
}

const rightsKey = "rights"

// followRights gives the session a new token if the caller's rights are not those of the last
// request.
func (m *Manager) followRights(ctx context.Context, w http.ResponseWriter, caller domain.Caller) error {
	rights := rightsOf(caller)
	if m.scs.GetString(ctx, rightsKey) == rights {
		return nil
	}
	m.scs.Put(ctx, rightsKey, rights)
	return m.renewToken(ctx, w)
}

// renewToken gives the session of the request a new token, and stores it.
func (m *Manager) renewToken(ctx context.Context, w http.ResponseWriter) error {
	v := visitOf(ctx)
	v.renewing = true
	err := m.scs.RenewToken(ctx)
	v.renewing = false
	if err != nil {
		return fmt.Errorf("renew the token of a session: %w", err)
	}
	return m.save(ctx, w)
}

// save stores the session and sends its token. It must run before the answer's body.
func (m *Manager) save(ctx context.Context, w http.ResponseWriter) error {
	token, _, err := m.scs.Commit(ctx)
	if errors.Is(err, ports.ErrNotFound) {
		return domain.Conflictf("The session has ended meanwhile: log in again")
	}
	if err != nil {
		return err
	}
	m.scs.WriteSessionCookie(ctx, w, token, visitOf(ctx).row.ExpiresAt)
	return nil
}

// end ends the session of the request.
func (m *Manager) end(ctx context.Context, w http.ResponseWriter) error {
	if err := m.scs.Destroy(ctx); err != nil {
		return fmt.Errorf("end a session: %w", err)
	}
	m.scs.WriteSessionCookie(ctx, w, "", time.Time{})
	v := visitOf(ctx)
	v.row, v.add, v.end = nil, m.browsers.Keep, m.browsers.End
	return nil
}

// longestForm bounds a form that is kept, in bytes.
const longestForm = 64 << 10

// KeepForm keeps what a visitor has entered on the page, until TakeForm. It must be called
// before the body of the answer is written. Errors: Invalid if the form is too long; Limited
// if there are too many.
func KeepForm(ctx context.Context, w http.ResponseWriter, page string, form url.Values) error {
	v := visitOf(ctx)
	if v == nil {
		return errWithoutContext
	}
	text := form.Encode()
	if len(text) > longestForm {
		return domain.Invalidf("What you entered is longer than %d bytes, and cannot be kept: log in first", longestForm)
	}
	v.manager.scs.Put(ctx, formKey, page)
	v.manager.scs.Put(ctx, formKey+" entered", text)
	return v.manager.save(ctx, w)
}

const formKey = "form"

// TakeForm returns what KeepForm has kept for the page, and forgets it. ok is false if there
// is nothing. It must be called before the body of the answer is written.
func TakeForm(ctx context.Context, w http.ResponseWriter, page string) (form url.Values, ok bool) {
	v := visitOf(ctx)
	if v == nil || v.manager.scs.GetString(ctx, formKey) != page {
		return nil, false
	}
	form, err := url.ParseQuery(v.manager.scs.PopString(ctx, formKey+" entered"))
	v.manager.scs.Remove(ctx, formKey)
	if err != nil || v.manager.save(ctx, w) != nil {
		return nil, false
	}
	return form, true
}

// sealTokens seals what the session must know of the provider.
func (m *Manager) sealTokens(t providerTokens, place string) (string, error) {
	text, err := json.Marshal(t)
	if err != nil {
		return "", fmt.Errorf("encode tokens: %w", err)
	}
	return m.tokens.Seal(text, place), nil
}
