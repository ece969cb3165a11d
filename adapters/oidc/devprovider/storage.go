package devprovider

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/subtle"
	"fmt"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/google/uuid"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
)

const (
	tokenLifetime   = time.Hour
	refreshLifetime = 24 * time.Hour
	// requestLifetime is how long somebody may take to sign in.
	requestLifetime = 10 * time.Minute
	codeLifetime    = time.Minute

	maxTokens   = 100_000
	maxRefresh  = 10_000
	maxRequests = 1_000
)

// storage is the memory of the provider: what the library asks for.
type storage struct {
	issuer   string
	accounts map[string]Account
	key      signingKey

	requests *expiring[request]
	codes    *expiring[string] // code to request
	tokens   *expiring[grant]
	refresh  *expiring[grant]
	devices  *expiring[device]
	userCode *expiring[string] // user code to device code
}

func newStorage(c Config) (*storage, error) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make signing key: %w", err)
	}
	s := &storage{
		issuer: c.Issuer, accounts: make(map[string]Account, len(c.Accounts)),
		key: signingKey{id: uuid.NewString(), private: private},
	}
	for _, a := range c.Accounts {
		s.accounts[a.Subject] = a
	}
	return s, s.makeStores()
}

func (s *storage) makeStores() (err error) {
	if s.requests, err = newExpiring[request](maxRequests, requestLifetime); err != nil {
		return err
	}
	if s.codes, err = newExpiring[string](maxRequests, codeLifetime); err != nil {
		return err
	}
	if s.tokens, err = newExpiring[grant](maxTokens, tokenLifetime); err != nil {
		return err
	}
	if s.refresh, err = newExpiring[grant](maxRefresh, refreshLifetime); err != nil {
		return err
	}
	if s.devices, err = newExpiring[device](maxRequests, requestLifetime); err != nil {
		return err
	}
	s.userCode, err = newExpiring[string](maxRequests, requestLifetime)
	return err
}

// Health is always good.
func (s *storage) Health(context.Context) error { return nil }

// GetClientByClientID returns the client, which may redirect to what the
// request at hand names.
func (s *storage) GetClientByClientID(ctx context.Context, id string) (op.Client, error) {
	name, opaque := strings.CutSuffix(id, OpaqueSuffix)
	_, service := s.accounts[name]
	if name != ClientID && !service {
		return nil, oidc.ErrInvalidClient().WithDescription("unknown client")
	}
	c := &client{id: id, service: service, opaque: opaque, loginPage: s.issuer + "/login?id="}
	if !service {
		c.redirects, _ = ctx.Value(redirectsKey{}).([]string)
	}
	return c, nil
}

// AuthorizeClientIDSecret accepts the one secret for every client.
func (s *storage) AuthorizeClientIDSecret(ctx context.Context, id, secret string) error {
	if _, err := s.GetClientByClientID(ctx, id); err != nil {
		return err
	}
	if subtle.ConstantTimeCompare([]byte(secret), []byte(ClientSecret)) != 1 {
		return oidc.ErrInvalidClient().WithDescription("wrong client secret")
	}
	return nil
}

// ClientCredentials returns the account as a client.
func (s *storage) ClientCredentials(ctx context.Context, id, secret string) (op.Client, error) {
	if _, ok := s.accounts[strings.TrimSuffix(id, OpaqueSuffix)]; !ok {
		return nil, oidc.ErrInvalidClient().WithDescription("unknown account")
	}
	if err := s.AuthorizeClientIDSecret(ctx, id, secret); err != nil {
		return nil, err
	}
	return s.GetClientByClientID(ctx, id)
}

// ClientCredentialsTokenRequest grants what is asked for, or everything.
func (s *storage) ClientCredentialsTokenRequest(_ context.Context, id string, scopes []string) (op.TokenRequest, error) {
	return &grant{
		subject: strings.TrimSuffix(id, OpaqueSuffix), clientID: id, scopes: orAllScopes(scopes), signedIn: time.Now(),
	}, nil
}

// GetKeyByIDAndClientID knows no client's key.
func (s *storage) GetKeyByIDAndClientID(context.Context, string, string) (*jose.JSONWebKey, error) {
	return nil, oidc.ErrInvalidClient().WithDescription("clients have no keys")
}

// ValidateJWTProfileScopes refuses: no client has a key to sign an assertion with.
func (s *storage) ValidateJWTProfileScopes(context.Context, string, []string) ([]string, error) {
	return nil, oidc.ErrUnsupportedGrantType().WithDescription("clients have no keys")
}

// SigningKey is the key of this process.
func (s *storage) SigningKey(context.Context) (op.SigningKey, error) { return s.key, nil }

// SignatureAlgorithms are those of the key.
func (s *storage) SignatureAlgorithms(context.Context) ([]jose.SignatureAlgorithm, error) {
	return []jose.SignatureAlgorithm{s.key.SignatureAlgorithm()}, nil
}

// KeySet is what is published.
func (s *storage) KeySet(context.Context) ([]op.Key, error) { return []op.Key{publicKey{s.key}}, nil }

type signingKey struct {
	id      string
	private *ecdsa.PrivateKey
}

func (k signingKey) SignatureAlgorithm() jose.SignatureAlgorithm { return jose.ES256 }
func (k signingKey) Key() any                                    { return k.private }
func (k signingKey) ID() string                                  { return k.id }

type publicKey struct{ signingKey }

func (k publicKey) Algorithm() jose.SignatureAlgorithm { return jose.ES256 }
func (k publicKey) Use() string                        { return oidc.KeyUseSignature }
func (k publicKey) Key() any                           { return k.private.Public() }

func orAllScopes(scopes []string) []string {
	if len(scopes) == 0 {
		return allScopes
	}
	return scopes
}
