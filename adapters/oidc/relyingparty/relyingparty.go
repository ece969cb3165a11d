// Package relyingparty logs people in at an OpenID provider by the authorization code flow:
// it implements ports.LoginProvider with zitadel's relying party.
//
// The provider is asked for its description when somebody first logs in, and again after an
// hour, so that the program starts also while a provider is away. Tokens are neither logged
// nor part of any error.
package relyingparty

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/zitadel/oidc/v3/pkg/client/rp"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"golang.org/x/oauth2"
	"golang.org/x/time/rate"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// Config names a provider and our client there.
type Config struct {
	Issuer string
	// Name is what people call the provider; the issuer's host if it is empty.
	Name     string
	ClientID string
	// ClientSecret is empty for a public client.
	ClientSecret string
	// Scopes are asked for as they are. If there are none, those of the usual ones that the
	// provider offers are.
	Scopes []string
	// HTTPClient asks the provider; nil means one of its own, with a timeout.
	HTTPClient *http.Client
	// Now returns the time; nil means time.Now.
	Now func() time.Time
}

const (
	// descriptionAge is how long the description of a provider is used.
	descriptionAge = time.Hour
	// descriptionPause is the shortest time between two failed fetches.
	descriptionPause = time.Second
	// timeout is for one request to a provider.
	timeout = 5 * time.Second
	// clockSkew is by how much the provider's clock may differ from ours.
	clockSkew = time.Minute
	// retryAfter is when a provider that is away may be back.
	retryAfter = 5 * time.Second
	// codeRate and codeBurst bound how many codes of all browsers are shown to the provider, in a
	// second and at once: anybody can begin a login and invent its code.
	codeRate  = 10
	codeBurst = 100
)

// usualScopes are asked for where the provider offers them. Providers refuse unknown scopes.
var usualScopes = []string{
	oidc.ScopeOpenID, oidc.ScopeProfile, oidc.ScopeEmail, oidc.ScopeOfflineAccess, "eduperson_entitlement", "entitlements", "wlcg.groups",
}

// algorithms are those that ID tokens may be signed with. None, and those with a shared
// secret, are not among them.
var algorithms = []string{"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}

// Provider is our client at one provider. It is safe for concurrent use.
type Provider struct {
	config Config
	name   string

	codes *rate.Limiter

	mu sync.Mutex
	// party is nil until the provider was first described, at the time at.
	party *party
	at    time.Time
	// failed is when the last fetch failed, with failure.
	failed  time.Time
	failure error
	// renewing: somebody asks for a newer description.
	renewing bool
}

var _ ports.LoginProvider = (*Provider)(nil)

// party is the relying party with what the library does not say of the provider.
type party struct {
	rp.RelyingParty
	issuer string
	// namesIssuer: answers to a login have the parameter iss.
	namesIssuer bool
}

// New makes a client. It asks nobody yet.
func New(c Config) (*Provider, error) {
	u, err := url.Parse(c.Issuer)
	if err != nil || u.Host == "" {
		return nil, fmt.Errorf("issuer %q is no URL", c.Issuer)
	}
	if c.ClientID == "" {
		return nil, errors.New("there is no client id")
	}
	if c.HTTPClient == nil {
		stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		c.HTTPClient = &http.Client{Timeout: timeout, CheckRedirect: stay}
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	name := c.Name
	if name == "" {
		name = u.Host
	}
	return &Provider{config: c, name: name, codes: rate.NewLimiter(codeRate, codeBurst)}, nil
}

// Issuer implements ports.LoginProvider.
func (p *Provider) Issuer() string { return strings.TrimSuffix(p.config.Issuer, "/") }

// Name implements ports.LoginProvider.
func (p *Provider) Name() string { return p.name }

// secure returns an error if a provider with TLS has endpoints without.
func secure(issuer string, endpoints ...string) error {
	for _, endpoint := range endpoints {
		u, err := url.Parse(endpoint)
		if err != nil || u.Host == "" || u.Scheme != "https" && (u.Scheme != "http" || strings.HasPrefix(issuer, "https:")) {
			return fmt.Errorf("the endpoint %.300q is not one to send secrets to", endpoint)
		}
	}
	return nil
}

func (p *Provider) unavailable(cause error) error {
	return domain.UnavailableFor(retryAfter, "The identity provider "+p.name+" cannot be reached at the moment", cause)
}

// failedFor translates an error of the library: a refusal of the provider, or none to be had.
func (p *Provider) failedFor(what string, err error) error {
	var answered *oauth2.RetrieveError
	if errors.As(err, &answered) && answered.Response != nil && answered.Response.StatusCode < 500 &&
		answered.Response.StatusCode != http.StatusTooManyRequests {
		return p.refused(fmt.Errorf("%s: the provider answers %d %.100q", what, answered.Response.StatusCode, answered.ErrorCode))
	}
	var said *oidc.Error
	if errors.As(err, &said) && said.ErrorType != oidc.ServerError {
		return p.refused(fmt.Errorf("%s: the provider answers %.100q", what, said.ErrorType))
	}
	return p.unavailable(fmt.Errorf("%s: %w", what, err))
}

func (p *Provider) refused(cause error) error {
	return domain.BadToken("The identity provider "+p.name+" does not accept the login", cause)
}

// config returns the client's configuration for one login.
func (d *party) config(redirectURI string) *oauth2.Config {
	config := *d.OAuthConfig()
	config.RedirectURL = redirectURI
	return &config
}

// forLogin is the relying party with the redirect URI of one login.
type forLogin struct {
	rp.RelyingParty
	config *oauth2.Config
}

// OAuthConfig implements rp.RelyingParty.
func (f forLogin) OAuthConfig() *oauth2.Config { return f.config }

// Begin implements ports.LoginProvider.
func (p *Provider) Begin(ctx context.Context, login ports.Login) (string, error) {
	d, err := p.described(ctx)
	if err != nil {
		return "", err
	}
	return rp.AuthURL(login.State, forLogin{d.RelyingParty, d.config(login.RedirectURI)},
		rp.WithCodeChallenge(oidc.NewSHACodeChallenge(login.Verifier)),
		rp.AuthURLOpt(rp.WithURLParam("nonce", login.Nonce))), nil
}

// Finish implements ports.LoginProvider.
func (p *Provider) Finish(ctx context.Context, login ports.Login, answer ports.LoginAnswer) (ports.LoginTokens, error) {
	d, err := p.described(ctx)
	if err != nil {
		return ports.LoginTokens{}, err
	}
	if !d.sent(answer) {
		return ports.LoginTokens{}, p.refused(fmt.Errorf("the answer names the issuer %.100q", answer.Issuer))
	}
	if wait := p.takeCode(); wait > 0 {
		return ports.LoginTokens{}, domain.LimitedFor(wait, "Too many people log in at the moment: try again in a few seconds", nil)
	}
	tokens, err := rp.CodeExchange[*idClaims](ctx, answer.Code, forLogin{d.RelyingParty, d.config(login.RedirectURI)},
		rp.WithCodeVerifier(login.Verifier))
	if err != nil {
		return ports.LoginTokens{}, p.exchangeFailed(err)
	}
	if err := oidc.CheckNonce(tokens.IDTokenClaims, login.Nonce); err != nil {
		return ports.LoginTokens{}, p.refused(fmt.Errorf("the ID token: %w", err))
	}
	return tokensOf(tokens), nil
}

// takeCode takes a code from the budget, or returns after what time there is one.
func (p *Provider) takeCode() time.Duration {
	now := p.config.Now()
	taken := p.codes.ReserveN(now, 1)
	wait := taken.DelayFrom(now)
	if wait > 0 {
		taken.CancelAt(now)
	}
	return wait
}

// sent tells whether the answer may be the provider's: a code of another provider must not reach
// this one (RFC 9207, section 2.4).
func (d *party) sent(answer ports.LoginAnswer) bool {
	return answer.Issuer == d.issuer || answer.Issuer == "" && !d.namesIssuer
}

// exchangeFailed translates an error of an exchange, whose answer may have been a bad ID
// token.
func (p *Provider) exchangeFailed(err error) error {
	for _, bad := range []error{
		rp.ErrMissingIDToken, oidc.ErrParse, oidc.ErrIssuerInvalid, oidc.ErrAudience, oidc.ErrAzpMissing, oidc.ErrAzpInvalid,
		oidc.ErrSignatureMissing, oidc.ErrSignatureMultiple, oidc.ErrSignatureUnsupportedAlg, oidc.ErrSignatureInvalidPayload,
		oidc.ErrSignatureInvalid, oidc.ErrExpired, oidc.ErrIatMissing, oidc.ErrIatInFuture, oidc.ErrIatToOld, oidc.ErrAtHash,
		oidc.ErrSubjectMissing,
	} {
		if errors.Is(err, bad) {
			return p.refused(fmt.Errorf("the ID token: %w", err))
		}
	}
	return p.failedFor("exchange a code", err)
}

// idClaims are the claims of an ID token. The library takes the difference of clocks off the life
// of a token; here it is added, so that short lives do not make a token expired.
type idClaims struct{ oidc.IDTokenClaims }

// GetExpiration is when the token expires at the latest, by the library's calculation.
func (c *idClaims) GetExpiration() time.Time {
	expires := c.IDTokenClaims.GetExpiration()
	if expires.IsZero() {
		return expires
	}
	return expires.Add(2 * clockSkew)
}

func tokensOf(tokens *oidc.Tokens[*idClaims]) ports.LoginTokens {
	got := ports.LoginTokens{
		Access: tokens.AccessToken, AccessExpires: tokens.Expiry.UTC(), Refresh: tokens.RefreshToken, ID: tokens.IDToken,
	}
	if tokens.Expiry.IsZero() {
		got.AccessExpires = time.Time{}
	}
	if tokens.IDTokenClaims != nil {
		got.Subject = tokens.IDTokenClaims.Subject
	}
	return got
}

// Renew implements ports.LoginProvider.
func (p *Provider) Renew(ctx context.Context, old ports.LoginTokens) (ports.LoginTokens, error) {
	d, err := p.described(ctx)
	if err != nil {
		return old, err
	}
	// The scopes stay those of the login (RFC 6749, section 6).
	config := d.config("")
	config.Scopes = nil
	tokens, err := rp.RefreshTokens[*idClaims](ctx, forLogin{d.RelyingParty, config}, old.Refresh, "", "")
	if err != nil {
		return old, p.exchangeFailed(err)
	}
	renewed := tokensOf(tokens)
	if renewed.Subject != "" && renewed.Subject != old.Subject {
		return old, p.refused(errors.New("the renewed ID token is of another person"))
	}
	renewed.Subject = old.Subject
	if renewed.Refresh == "" {
		renewed.Refresh = old.Refresh
	}
	if renewed.ID == "" {
		renewed.ID = old.ID
	}
	return renewed, nil
}

// EndSession implements ports.LoginProvider.
func (p *Provider) EndSession(ctx context.Context, tokens ports.LoginTokens, back string) (string, error) {
	d, err := p.described(ctx)
	if err != nil {
		return "", err
	}
	end, err := url.Parse(d.GetEndSessionEndpoint())
	if err != nil || end.Host == "" || secure(d.issuer, end.String()) != nil {
		return "", nil //nolint:nilerr // the provider has none that can be used
	}
	query := end.Query()
	query.Set("client_id", p.config.ClientID)
	if tokens.ID != "" {
		query.Set("id_token_hint", tokens.ID)
	}
	if back != "" {
		query.Set("post_logout_redirect_uri", back)
	}
	end.RawQuery = query.Encode()
	return end.String(), nil
}

// Public describes the provider for a public client that runs in a browser. ok is false if our
// client has a secret, which browsers cannot keep.
func (p *Provider) Public() (clientID string, describe func(context.Context) (ports.PublicLogin, error), ok bool) {
	return p.config.ClientID, func(ctx context.Context) (ports.PublicLogin, error) {
		d, err := p.described(ctx)
		if err != nil {
			return ports.PublicLogin{}, err
		}
		config := d.OAuthConfig()
		asked := slices.DeleteFunc(slices.Clone(config.Scopes), func(scope string) bool { return scope == oidc.ScopeOfflineAccess })
		return ports.PublicLogin{
			Authorize: config.Endpoint.AuthURL, Token: config.Endpoint.TokenURL, Scopes: strings.Join(asked, " "), NamesIssuer: d.namesIssuer,
		}, nil
	}, p.config.ClientSecret == ""
}

// offers is what a description says besides endpoints.
type offers struct {
	Scopes  []string `json:"scopes_supported"`
	Methods []string `json:"token_endpoint_auth_methods_supported"`
	// NamesIssuer: the answers to a login have the parameter iss (RFC 9207, section 3).
	NamesIssuer bool `json:"authorization_response_iss_parameter_supported"`
}

// wantsHeader tells whether a secret goes into the header. That is the default (OpenID Connect
// Discovery 1.0, section 3).
func (o offers) wantsHeader() bool {
	return len(o.Methods) == 0 || slices.Contains(o.Methods, "client_secret_basic")
}

// usual returns the usual scopes that the provider offers.
func (o offers) usual() []string {
	return slices.DeleteFunc(slices.Clone(usualScopes), func(scope string) bool {
		return scope != oidc.ScopeOpenID && !slices.Contains(o.Scopes, scope)
	})
}
