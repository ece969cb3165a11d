package login

import (
	"bytes"
	"embed"
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/eosc-perf/backend/adapters/http/middleware"
	"github.com/eosc-perf/backend/adapters/http/session"
	"github.com/eosc-perf/backend/core/domain"
)

//go:embed pages.html
var files embed.FS

var templates = template.Must(template.ParseFS(files, "pages.html"))

// view is what the templates show.
type view struct {
	// Root is the public path of the server.
	Root    string
	Visitor session.Visitor
	// Text is a sentence of the program.
	Text  string
	Links []link
	// Again is where to try again.
	Again string
	// Back is where a form leads.
	Back           string
	Identity       domain.Identity
	Terms, Privacy string
	Sessions       []row
	RequestID      string
}

type link struct{ Text, Address string }

// row is a session in the list of a person's own.
type row struct {
	ID, Begun, Used string
	This            bool
}

// titles are those of the templates.
var titles = map[string]string{
	"badReturn": "This login leads nowhere", "noLogin": "No login", "choose": "Log in", "unknownLogin": "The login is not known",
	"refused": "Not logged in", "full": "Too many sessions", "logOut": "Log out", "loggedOut": "Logged out",
	"logInFirst": "Log in first", "registered": "Registered", "register": "Register", "failed": "Not done", "foreign": "Not done",
	"limited": "Too many requests", "otherMethod": "Not in this way", "sessions": "Your sessions",
}

// show writes a page.
func (l *Login) show(w http.ResponseWriter, r *http.Request, status int, name string, v view) {
	v.Root, v.Visitor, v.RequestID = l.config.Path, session.FromContext(r.Context()), middleware.RecordOf(r.Context()).RequestID
	var body bytes.Buffer
	if err := templates.ExecuteTemplate(&body, name, v); err != nil {
		l.config.Log.ErrorContext(r.Context(), "a page of the login failed", "page", name, "error", err)
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	// The query of a login has secrets. Links of the frame are relative to the path.
	r = r.WithContext(r.Context())
	r.URL = &url.URL{Path: r.URL.Path}
	l.frame(w, r, status, titles[name], template.HTML(body.String())) //nolint:gosec // a template of the program made it
}

// Fail answers a request whose session cannot be read.
func (l *Login) Fail(w http.ResponseWriter, r *http.Request, err error) { l.failed(w, r, err, "/ui/") }

// failed answers an error, with a way to try again.
func (l *Login) failed(w http.ResponseWriter, r *http.Request, err error, again string) {
	v := view{Again: l.publicPath(again)}
	if again != "/ui/" && !strings.HasPrefix(again, "/ui/register") && !strings.HasPrefix(again, "/ui/sessions") {
		v.Again = l.again(again)
	}
	l.showError(w, r, err, "failed", v)
}

var statuses = map[domain.Kind]int{
	domain.Invalid: http.StatusUnprocessableEntity, domain.Unauthenticated: http.StatusForbidden, domain.Forbidden: http.StatusForbidden,
	domain.NotFound: http.StatusNotFound, domain.Conflict: http.StatusConflict, domain.Unavailable: http.StatusServiceUnavailable,
	domain.Limited: http.StatusTooManyRequests,
}

// showError writes a page about an error. A fault of the server is logged, and not shown.
func (l *Login) showError(w http.ResponseWriter, r *http.Request, err error, name string, v view) {
	status, ours := statuses[domain.KindOf(err)], asDomain(err)
	if status == 0 || ours == nil {
		l.config.Log.ErrorContext(r.Context(), "a login failed", "error", err)
		v.Text = "Something went wrong on the server."
		l.show(w, r, http.StatusInternalServerError, name, v)
		return
	}
	l.config.Log.InfoContext(r.Context(), "not logged in", "error", err)
	if ours.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int((ours.RetryAfter+time.Second-1)/time.Second)))
	}
	v.Text = ours.Message + "."
	l.show(w, r, status, name, v)
}

// printable is a stranger's text for the log, cut.
func printable(text string) string {
	const longest = 100
	runes := []rune(strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return -1
	}, text))
	return string(runes[:min(len(runes), longest)])
}

// asDomain returns the first error that may be shown, nil if there is none.
func asDomain(err error) *domain.Error {
	found, _ := errors.AsType[*domain.Error](err)
	return found
}
