package system

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/url"
	"strings"

	"github.com/eosc-perf/backend/adapters/http/login"
	"github.com/eosc-perf/backend/adapters/http/openapi"
	"github.com/eosc-perf/backend/adapters/http/session"
	"github.com/eosc-perf/backend/adapters/http/web"
	"github.com/eosc-perf/backend/adapters/oidc/devprovider"
	"github.com/eosc-perf/backend/adapters/oidc/relyingparty"
	"github.com/eosc-perf/backend/config"
	"github.com/eosc-perf/backend/ports"
)

// browserLogin are the sessions of browsers and the pages of the login.
type browserLogin struct {
	config login.Config
	pages  *login.Login
	// apiPage are the providers at which the API page gets tokens.
	apiPage []openapi.Login
}

// apiLogins are the providers where our client is a public one.
func apiLogins(clients []*relyingparty.Provider) (logins []openapi.Login) {
	for _, client := range clients {
		if id, describe, ok := client.Public(); ok {
			logins = append(logins, openapi.Login{Name: client.Name(), Issuer: client.Issuer(), ClientID: id, Describe: describe})
		}
	}
	return logins
}

// login wires the sessions of browsers.
func (s *System) login() (*browserLogin, error) {
	clients, err := s.loginProviders()
	if err != nil {
		return nil, err
	}
	var providers []ports.LoginProvider
	for _, client := range clients {
		providers = append(providers, client)
	}
	b := &browserLogin{apiPage: apiLogins(clients), config: login.Config{
		Users: s.services.Users, Own: s.services.Sessions, Providers: providers, Refusals: s.services.Refusals, Rates: s.rates,
		Without: "Its operator has registered it at no identity provider.",
		Secrets: s.secrets(), PublicURL: s.cfg.HTTP.PublicURL, Path: s.publicPath(), Secure: s.isSecure(),
		TermsURL: s.cfg.Sessions.TermsURL, PrivacyURL: s.cfg.Sessions.PrivacyURL, Log: s.log,
	}}
	b.config.Sessions, err = session.New(session.Config{
		Browsers: s.services.Browsers, Access: s.services.Access, Providers: providers, Secrets: b.config.Secrets,
		Secure: b.config.Secure, Path: b.config.Path,
		Fail: func(w http.ResponseWriter, r *http.Request, err error) { b.pages.Fail(w, r, err) },
		Lost: func(w http.ResponseWriter, r *http.Request) error { return b.pages.Lost(w, r) }, Log: s.log,
	})
	if err == nil {
		b.pages, err = login.New(b.config)
	}
	return b, err
}

// Guard puts the login before the pages, in their frame.
func (b *browserLogin) Guard(site *web.Site) http.Handler {
	return b.pages.In(site.Embed).Handler(site)
}

// visitor tells the pages who asks.
func visitor(ctx context.Context) web.Visitor {
	v := session.FromContext(ctx)
	known := web.Visitor{Caller: v.Caller, Name: v.Name, Registered: v.Registered(), Notice: v.Notice}
	if v.LoggedIn() {
		known.Session = v.ID.String()
	}
	return known
}

// secrets are those that seal sessions. In development there may be none: then sessions end
// with the process.
func (s *System) secrets() []string {
	secret := s.cfg.SecretKey.Reveal()
	if secret == "" {
		secret = rand.Text()
	}
	return []string{secret, s.cfg.PreviousSecretKey.Reveal()}
}

// isSecure tells whether browsers reach the server by TLS.
func (s *System) isSecure() bool {
	return strings.HasPrefix(s.cfg.HTTP.PublicURL, "https://") || s.cfg.HTTP.CertFile != ""
}

// publicPath is the path of the server for browsers, "" for none.
func (s *System) publicPath() string {
	if address, err := url.Parse(s.cfg.HTTP.PublicURL); err == nil && s.cfg.HTTP.PublicURL != "" {
		return strings.TrimSuffix(address.Path, "/")
	}
	return strings.TrimSuffix(s.cfg.HTTP.BackendRoute, "/")
}

// loginProviders are those at which browsers log in. In development it is the development
// provider, unless the settings name a client.
func (s *System) loginProviders() ([]*relyingparty.Provider, error) {
	identity := s.cfg.Identity
	var clients []relyingparty.Config
	for _, p := range identity.Providers {
		if p.ClientID != "" {
			clients = append(clients, relyingparty.Config{
				Issuer: p.Issuer, Name: p.Name, ClientID: p.ClientID, ClientSecret: p.ClientSecret.Reveal(), Scopes: p.Scopes,
			})
		}
	}
	switch {
	case identity.ClientID != "" && len(s.loginIssuers()) > 0:
		clients = append(clients, relyingparty.Config{
			Issuer: s.loginIssuers()[0], ClientID: identity.ClientID, ClientSecret: identity.ClientSecret.Reveal(),
		})
	case s.development != nil:
		clients = append(clients, relyingparty.Config{
			Issuer: s.development.issuer, Name: "the development provider", ClientID: devprovider.ClientID,
		})
	}
	var providers []*relyingparty.Provider
	for _, client := range clients {
		provider, err := relyingparty.New(client)
		if err != nil {
			return nil, err
		}
		providers = append(providers, provider)
	}
	return providers, nil
}

// loginIssuers are the issuers at which browsers log in by a client of the settings. Their
// tokens are trusted.
func (s *System) loginIssuers() []string {
	identity := s.cfg.Identity
	switch {
	case len(identity.Providers) > 0:
		var issuers []string
		for _, p := range identity.Providers {
			issuers = append(issuers, p.Issuer)
		}
		return issuers
	case identity.ClientID == "":
		return nil
	case identity.LoginIssuer != "":
		return []string{identity.LoginIssuer}
	case s.cfg.Environment == config.Development && !identity.IssuersGiven:
		return nil
	}
	return identity.TrustedIssuers[:1]
}
