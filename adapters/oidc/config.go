package oidc

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/time/rate"
)

// defaultMaxToken is in bytes.
const defaultMaxToken = 48 << 10

// Config names the trusted providers and how to ask them.
type Config struct {
	// Issuers are the trusted OpenID providers, by their issuer URL; a slash at
	// its end does not matter. At least one.
	Issuers []string
	// ClientID and ClientSecret are for the introspection of opaque tokens:
	// both or none.
	ClientID     string
	ClientSecret string
	// Audience are the accepted values of aud: a token must have one of them. If it is
	// empty, aud does not matter.
	Audience []string
	// EntitlementClaims hold groups and entitlements; eduperson_entitlement if there are none.
	EntitlementClaims []string
	// Providers are settings of single issuers, in place of those above. Fields that are zero
	// there stay, but for the client: it is the provider's own, or none.
	Providers []Provider
	// MaxToken is the longest token that is looked at, in bytes. 0 means 48 KiB.
	MaxToken int
	// HTTPClient asks the providers; it is copied. Nil means one of its own. A
	// timeout of 0 becomes 5 seconds; cookies are not stored, and redirects are
	// followed on the same host only.
	HTTPClient *http.Client
	// Logger gets what is wrong with a provider, and why a token was refused. Nil logs
	// nothing.
	Logger *slog.Logger
	// Observe is called with the verdict on each token: the trusted issuer that the
	// token is of, as configured but for a slash at the end, empty if it is of none or
	// none is known for it; why the token was not accepted; and the error that the caller
	// gets. Nil observes nothing.
	Observe func(issuer string, cause Cause, err error)
	// AcceptedFor is how long an accepted token is not asked about again, at
	// most until it expires. 0 means 60 seconds.
	AcceptedFor time.Duration
	// Clock returns the time; nil means time.Now.
	Clock func() time.Time
}

// Provider has the settings of one issuer.
type Provider struct {
	Issuer                      string
	ClientID, ClientSecret      string
	Audience, EntitlementClaims []string
}

// of returns the configuration for an issuer.
func (c Config) of(issuer string) Config {
	for _, p := range c.Providers {
		if withoutSlash(p.Issuer) != issuer {
			continue
		}
		c.ClientID, c.ClientSecret = p.ClientID, p.ClientSecret
		if len(p.Audience) > 0 {
			c.Audience = p.Audience
		}
		if len(p.EntitlementClaims) > 0 {
			c.EntitlementClaims = p.EntitlementClaims
		}
	}
	if c.ClientSecret == "" {
		c.ClientID = "" // a public client does not introspect
	}
	return c
}

// New makes a verifier. It does not ask any provider yet, so that the program starts also
// while a provider is away. The error names the setting that cannot be used.
func New(c Config) (*Verifier, error) {
	if len(c.Issuers) == 0 {
		return nil, errors.New("no trusted issuer")
	}
	if (c.ClientID == "") != (c.ClientSecret == "") {
		return nil, errors.New("client id and client secret are needed both, or none")
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.Observe == nil {
		c.Observe = func(string, Cause, error) {}
	}
	v := &Verifier{maxToken: orDefault(c.MaxToken, defaultMaxToken), now: c.Clock, observe: c.Observe, log: c.Logger}
	if err := v.trust(c); err != nil {
		return nil, err
	}
	return v, v.bound(orDefault(c.AcceptedFor, defaultAcceptedFor))
}

func (v *Verifier) trust(c Config) error {
	client := carefulClient(c.HTTPClient)
	for _, name := range c.Issuers {
		if err := checkIssuer(name); err != nil {
			return fmt.Errorf("trusted issuer %q: %w", name, err)
		}
		name = withoutSlash(name)
		if slices.ContainsFunc(v.issuers, func(i *issuer) bool { return i.name == name }) {
			continue
		}
		v.issuers = append(v.issuers, newIssuer(name, client, c.of(name)))
	}
	return nil
}

// bound makes the caches and the budgets.
func (v *Verifier) bound(acceptedFor time.Duration) (err error) {
	if v.verdicts, err = newVerdicts(v.now, acceptedFor); err != nil {
		return err
	}
	if v.unknown, err = newBudget(v.now, clientRate, clientBurst, rate.NewLimiter(totalRate, totalBurst)); err != nil {
		return err
	}
	v.fresh, err = newBudget(v.now, freshRate, freshBurst, nil)
	return err
}

func checkIssuer(name string) error {
	u, err := url.Parse(name)
	if err != nil {
		return errors.New("not a URL")
	}
	if u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return errors.New("not an absolute http or https URL")
	}
	if u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return errors.New("an issuer has no user, query or fragment")
	}
	return nil
}

// withoutSlash is the form in which issuers are compared.
func withoutSlash(issuer string) string { return strings.TrimSuffix(issuer, "/") }

func orDefault[T comparable](value, fallback T) T {
	var zero T
	if value == zero {
		return fallback
	}
	return value
}
