package login

import (
	"net/http"
	"net/url"
	"time"

	"github.com/eosc-perf/backend/adapters/http/fair"
	"github.com/eosc-perf/backend/adapters/http/middleware"
	"github.com/eosc-perf/backend/adapters/http/router"
	"github.com/eosc-perf/backend/adapters/http/session"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// logIn leads to the provider, or lets the visitor choose one.
func (l *Login) logIn(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	back, ok := safeReturn(query.Get("return_to"), l.config.Path)
	if !ok {
		l.show(w, r, http.StatusBadRequest, "badReturn", view{})
		return
	}
	if session.FromContext(r.Context()).LoggedIn() {
		l.redirect(w, r, back)
		return
	}
	if len(l.config.Providers) == 0 {
		l.show(w, r, http.StatusNotFound, "noLogin", view{Text: l.config.Without})
		return
	}
	provider := l.provider(query.Get("provider"))
	if provider == nil { // of several, or another one than ours
		l.choose(w, r, back)
		return
	}
	l.begin(w, r, provider, back, query.Get("end_others") == "true")
}

// provider returns the provider with the issuer, or the only one; nil if there is none.
func (l *Login) provider(issuer string) ports.LoginProvider {
	if len(l.config.Providers) == 1 && issuer == "" {
		return l.config.Providers[0]
	}
	for _, provider := range l.config.Providers {
		if provider.Issuer() == issuer {
			return provider
		}
	}
	return nil
}

func (l *Login) choose(w http.ResponseWriter, r *http.Request, back string) {
	var choices []link
	for _, provider := range l.config.Providers {
		query := url.Values{"provider": {provider.Issuer()}, "return_to": {back}}
		choices = append(choices, link{Text: provider.Name(), Address: l.publicPath("/ui/login?" + query.Encode())})
	}
	l.show(w, r, http.StatusOK, "choose", view{Links: choices})
}

func (l *Login) begin(w http.ResponseWriter, r *http.Request, provider ports.LoginProvider, back string, replace bool) {
	redirect, ok := l.public(r, "/ui/login/callback")
	if !ok {
		l.show(w, r, http.StatusNotFound, "noLogin", view{Text: "The server does not know its public address: its operator must set PUBLIC_URL."})
		return
	}
	login := newLogin(redirect)
	address, err := provider.Begin(r.Context(), login)
	if err != nil {
		l.failed(w, r, err, back)
		return
	}
	err = l.remember(w, r, begun{
		Login: login, Provider: provider.Issuer(), ReturnTo: back, Replace: replace, Until: time.Now().Add(loginTime),
	})
	if err != nil {
		l.failed(w, r, err, back)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, address, http.StatusSeeOther) //nolint:gosec // the provider of the settings names it
}

// finish takes the provider's answer to a login.
func (l *Login) finish(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	b, ok := l.recall(w, r, query.Get("state"))
	provider := l.provider(b.Provider)
	if !ok || provider == nil || isRepeated(query) {
		l.refused(r)
		l.show(w, r, http.StatusBadRequest, "unknownLogin", view{Again: l.again("/ui/")})
		return
	}
	if code := query.Get("error"); code != "" || query.Get("code") == "" {
		l.refused(r)
		l.config.Log.InfoContext(r.Context(), "the identity provider refuses a login", "issuer", provider.Issuer(), "error", printable(code))
		l.show(w, r, http.StatusForbidden, "refused", view{Text: provider.Name(), Again: l.again(b.ReturnTo)})
		return
	}
	tokens, err := provider.Finish(r.Context(), b.Login, ports.LoginAnswer{Code: query.Get("code"), Issuer: query.Get("iss")})
	if domain.KindOf(err) == domain.Limited {
		l.showError(w, r, err, "limited", view{})
		return
	}
	if err == nil {
		err = l.config.Sessions.LogIn(r.Context(), w, provider, tokens, b.Replace)
	}
	switch domain.KindOf(err) {
	case domain.Limited:
		l.full(w, r, err, b)
		return
	case domain.Unauthenticated:
		l.refused(r)
	default:
	}
	if err != nil {
		l.failed(w, r, err, b.ReturnTo)
		return
	}
	visitor := session.FromContext(r.Context())
	if !visitor.Registered() && visitor.Caller.May(domain.RegisterSelf) == nil {
		l.redirect(w, r, "/ui/register?"+url.Values{"return_to": {b.ReturnTo}}.Encode())
		return
	}
	l.redirect(w, r, b.ReturnTo)
}

// isRepeated tells whether an answer has a parameter twice, which no provider sends (RFC 6749,
// section 3.1): programs disagree about which one counts.
func isRepeated(answer url.Values) bool {
	for _, values := range answer {
		if len(values) > 1 {
			return true
		}
	}
	return false
}

// full answers somebody who has too many sessions.
func (l *Login) full(w http.ResponseWriter, r *http.Request, err error, b begun) {
	query := url.Values{"return_to": {b.ReturnTo}, "provider": {b.Provider}, "end_others": {"true"}}
	l.showError(w, r, err, "full", view{Links: []link{
		{Text: "End my other sessions and log in", Address: l.publicPath("/ui/login?" + query.Encode())},
	}})
}

// again is the address at which a login begins again.
func (l *Login) again(back string) string {
	return l.publicPath("/ui/login?" + url.Values{"return_to": {back}}.Encode())
}

// redirect leads to a path of this server. It follows GET and POST alike, because the target is
// this server.
func (l *Login) redirect(w http.ResponseWriter, r *http.Request, local string) {
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, l.publicPath(local), http.StatusSeeOther) //nolint:gosec // safeReturn has checked it
}

func (l *Login) askLogOut(w http.ResponseWriter, r *http.Request) {
	if !session.FromContext(r.Context()).LoggedIn() {
		l.show(w, r, http.StatusOK, "loggedOut", view{})
		return
	}
	l.show(w, r, http.StatusOK, "logOut", view{})
}

// logOut ends the session. It answers a page with a link to the provider's logout, and no
// redirect: browsers apply form-action to the redirect after a form.
func (l *Login) logOut(w http.ResponseWriter, r *http.Request) {
	provider, tokens, err := l.config.Sessions.LogOut(r.Context(), w)
	if err != nil {
		l.failed(w, r, err, "/ui/")
		return
	}
	v := view{}
	if provider != nil {
		back, _ := l.public(r, "/ui/logout")
		address, err := provider.EndSession(r.Context(), tokens, back)
		if err == nil && address != "" {
			v.Links = []link{{Text: "Log out at " + provider.Name() + " too", Address: address}}
		}
	}
	l.show(w, r, http.StatusOK, "loggedOut", v)
}

func (l *Login) askRegister(w http.ResponseWriter, r *http.Request) {
	back, ok := safeReturn(r.URL.Query().Get("return_to"), l.config.Path)
	if !ok {
		l.show(w, r, http.StatusBadRequest, "badReturn", view{})
		return
	}
	visitor := session.FromContext(r.Context())
	switch {
	case !visitor.LoggedIn():
		l.show(w, r, http.StatusUnauthorized, "logInFirst", view{
			Again: l.again("/ui/register?" + url.Values{"return_to": {back}}.Encode()),
		})
	case visitor.Registered():
		l.show(w, r, http.StatusOK, "registered", view{Identity: visitor.Caller.Identity(), Back: l.publicPath(back)})
	default:
		l.show(w, r, http.StatusOK, "register", view{
			Identity: visitor.Caller.Identity(), Back: back, Terms: l.config.TermsURL, Privacy: l.config.PrivacyURL,
		})
	}
}

func (l *Login) register(w http.ResponseWriter, r *http.Request) {
	form, ok := l.form(w, r)
	if !ok {
		return
	}
	back, ok := safeReturn(form.Get("return_to"), l.config.Path)
	if !ok {
		l.show(w, r, http.StatusBadRequest, "badReturn", view{})
		return
	}
	again := "/ui/register?" + url.Values{"return_to": {back}}.Encode()
	if !session.FromContext(r.Context()).LoggedIn() {
		l.show(w, r, http.StatusUnauthorized, "logInFirst", view{Again: l.again(again)})
		return
	}
	caller, err := l.config.Sessions.Refreshed(r.Context())
	if err == nil {
		_, err = l.config.Users.RegisterSelf(r.Context(), caller)
	}
	if err == nil || domain.KindOf(err) == domain.Conflict {
		err = l.config.Sessions.Changed(r.Context(), w)
	}
	if err != nil {
		l.failed(w, r, err, again)
		return
	}
	l.redirect(w, r, back)
}

// longestForm bounds the forms of this package, in bytes.
const longestForm = 16 << 10

// form reads a form. ok is false if an error was answered.
func (l *Login) form(w http.ResponseWriter, r *http.Request) (url.Values, bool) {
	r.Body = http.MaxBytesReader(w, r.Body, longestForm)
	if err := r.ParseForm(); err != nil {
		l.show(w, r, http.StatusBadRequest, "failed", view{Text: "The form cannot be read.", Again: l.publicPath("/ui/")})
		return nil, false
	}
	return r.PostForm, true
}

// refuseForeign answers a change that another site asks for. It counts against the address: the
// session is not looked at.
func (l *Login) refuseForeign(w http.ResponseWriter, r *http.Request) {
	if err := middleware.Count(w.Header(), l.config.Rates, middleware.RecordOf(r.Context()).Address, fair.Writes); err != nil {
		l.showError(w, r, err, "limited", view{})
		return
	}
	l.show(w, r, http.StatusForbidden, "foreign", view{})
}

// otherMethod answers a method that no page has at its path.
func (l *Login) otherMethod(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Allow", router.Allowed(l.pages, r, func(string) bool { return true }))
	if r.Method == http.MethodOptions {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	l.show(w, r, http.StatusMethodNotAllowed, "otherMethod", view{})
}
