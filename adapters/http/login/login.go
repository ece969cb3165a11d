package login

import (
	"html/template"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"

	"github.com/eosc-perf/backend/adapters/http/fair"
	"github.com/eosc-perf/backend/adapters/http/session"
	"github.com/eosc-perf/backend/core/service"
	"github.com/eosc-perf/backend/ports"
)

// Config is what the login needs.
type Config struct {
	Sessions *session.Manager
	Users    *service.Users
	Own      *service.Sessions
	// Refusals and Rates count logins that were refused, and requests; nil Rates have no limits.
	Refusals  *service.Refusals
	Rates     *fair.Rates
	Providers []ports.LoginProvider
	// Without says why there is no login, if there are no providers.
	Without string
	// Secrets are SECRET_KEY and SECRET_KEY_PREVIOUS.
	Secrets []string
	// PublicURL is the public address of the server, prefix included. If it is empty, the
	// login works at loopback addresses only.
	PublicURL string
	// Path is the public path of the server, "" for none: that of PublicURL, else Prefix.
	Path string
	// Secure: browsers reach the server by TLS only.
	Secure bool
	// TermsURL and PrivacyURL are linked where people register; they may be empty.
	TermsURL, PrivacyURL string
	Log                  *slog.Logger
}

// Frame writes a page in the frame of all pages.
type Frame func(w http.ResponseWriter, r *http.Request, status int, title string, body template.HTML)

// Login serves the pages of login, logout and registration.
type Login struct {
	config Config
	frame  Frame
	sealer *session.Sealer
	pages  *http.ServeMux
	// sites refuses changes that pages of other sites ask for.
	sites *http.CrossOriginProtection
}

// New makes the pages.
func New(c Config) (*Login, error) {
	sealer, err := session.NewSealer("login", c.Secrets...)
	if err != nil {
		return nil, err
	}
	l := &Login{config: c, sealer: sealer, pages: http.NewServeMux(), sites: http.NewCrossOriginProtection()}
	if origin := originOf(c.PublicURL); origin != "" {
		if err := l.sites.AddTrustedOrigin(origin); err != nil {
			return nil, err
		}
	}
	l.sites.SetDenyHandler(http.HandlerFunc(l.refuseForeign))
	l.pages.HandleFunc("GET /ui/login", l.logIn)
	l.pages.HandleFunc("GET "+callbackPath, l.finish)
	l.pages.HandleFunc("GET /ui/logout", l.askLogOut)
	l.pages.HandleFunc("POST /ui/logout", l.logOut)
	l.pages.HandleFunc("GET "+registerPath, l.askRegister)
	l.pages.HandleFunc("POST "+registerPath, l.register)
	l.pages.HandleFunc("GET /ui/sessions", l.listSessions)
	l.pages.HandleFunc("POST /ui/sessions", l.endSessions)
	l.pages.HandleFunc("/ui/", l.otherMethod)
	return l, nil
}

// originOf is the origin of an address, "" for none.
func originOf(address string) string {
	scheme, rest, ok := strings.Cut(address, "://")
	if !ok {
		return ""
	}
	host, _, _ := strings.Cut(rest, "/")
	return strings.ToLower(scheme + "://" + host)
}

// In sets the frame of the pages. It must be called before Handler.
func (l *Login) In(frame Frame) *Login {
	l.frame = frame
	return l
}

// Handler serves the pages of the package, and passes other requests below /ui/ on to the
// other pages, all with session.FromContext. It refuses changes that other sites ask for.
func (l *Login) Handler(others http.Handler) http.Handler {
	pages := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if others != nil && !isOwn(r.URL.Path) {
			others.ServeHTTP(w, r)
			return
		}
		if err := l.count(w, r); err != nil {
			l.showError(w, r, err, "limited", view{})
			return
		}
		l.pages.ServeHTTP(w, r)
	})
	guarded := l.sites.Handler(l.config.Sessions.Handler(pages))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		protect(w.Header())
		guarded.ServeHTTP(w, r)
	})
}

// Paths at which requests count in classes of their own.
const (
	callbackPath = "/ui/login/callback"
	registerPath = "/ui/register"
)

// isOwn tells whether the path is one of the package, whatever the method.
func isOwn(path string) bool {
	switch path {
	case "/ui/login", callbackPath, "/ui/logout", registerPath, "/ui/sessions":
		return true
	}
	return false
}

// protect sets the headers of every page below /ui/. Pages may set a stricter or an
// additional one.
func protect(header http.Header) {
	header.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "+
		"form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("X-Frame-Options", "DENY")
	header.Set("Referrer-Policy", "same-origin")
	header.Set("Cross-Origin-Opener-Policy", "same-origin")
}

// publicPath returns the path under which browsers know a path of the server.
func (l *Login) publicPath(path string) string { return l.config.Path + path }

// public returns the public address of a path, for the provider. ok is false if the server
// does not know its address: then it takes the name in the request for a loopback address only.
func (l *Login) public(r *http.Request, path string) (address string, ok bool) {
	if l.config.PublicURL != "" {
		return l.config.PublicURL + path, true
	}
	if !isLoopback(r.Host) {
		return "", false
	}
	scheme := "http://"
	if r.TLS != nil {
		scheme = "https://"
	}
	return scheme + r.Host + l.publicPath(path), true
}

// isLoopback tells whether a host, with or without a port, is this machine.
func isLoopback(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	address, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return strings.EqualFold(host, "localhost") || err == nil && address.IsLoopback() && address.Zone() == ""
}
