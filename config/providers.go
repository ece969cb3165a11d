package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/viper"
)

// Provider is an OpenID provider of OIDC_PROVIDERS_FILE.
type Provider struct {
	// Issuer is the URL as the operator wrote it.
	Issuer string
	// Name is what people call the provider; it may be empty.
	Name string
	// ClientID is this server's client there. If it is empty, browsers do not log in there, and
	// the provider's tokens are trusted all the same.
	ClientID string
	// ClientSecret is not set for a public client.
	ClientSecret Secret
	// Scopes are asked for at a login. If there are none, the usual ones are.
	Scopes []string
	// Audience are the permitted audiences of access tokens, none for any.
	Audience []string
	// EntitlementClaims hold groups and entitlements. If there are none, those of
	// ENTITLEMENT_CLAIMS do.
	EntitlementClaims []string
}

// providersFile is the form of OIDC_PROVIDERS_FILE.
type providersFile struct {
	Providers []struct {
		Issuer            string   `mapstructure:"issuer"`
		Name              string   `mapstructure:"name"`
		ClientID          string   `mapstructure:"client_id"`
		ClientSecretFile  string   `mapstructure:"client_secret_file"`
		Scopes            []string `mapstructure:"scopes"`
		Audience          []string `mapstructure:"audience"`
		EntitlementClaims []string `mapstructure:"entitlement_claims"`
	} `mapstructure:"providers"`
}

const providersSetting = "OIDC_PROVIDERS_FILE"

// readProviders reads OIDC_PROVIDERS_FILE, if the setting names one.
func (l *loader) readProviders() {
	if !l.given(providersSetting) {
		return
	}
	path := l.path(l.values.GetString(providersSetting))
	file, err := parseProviders(path)
	if err != nil {
		l.report(providersSetting, "%s: %s", path, err)
		return
	}
	seen := map[string]bool{}
	for number, p := range file.Providers {
		place := fmt.Sprintf("provider %d of %s", number+1, path)
		key := strings.TrimSuffix(p.Issuer, "/")
		if err := checkIssuer(p.Issuer); err != nil {
			l.report(providersSetting, "%s: issuer: %s", place, err)
			continue
		}
		if seen[key] {
			l.report(providersSetting, "%s: the issuer %s is there twice", place, quote(p.Issuer))
		}
		seen[key] = true
		provider := Provider{
			Issuer: p.Issuer, Name: p.Name, ClientID: p.ClientID, Scopes: p.Scopes, Audience: p.Audience, EntitlementClaims: p.EntitlementClaims,
		}
		if p.ClientSecretFile != "" {
			secret, problem := l.secretIn(l.path(p.ClientSecretFile))
			if problem != "" {
				l.report(providersSetting, "%s: client_secret_file: %s", place, problem)
			}
			if p.ClientID == "" {
				l.report(providersSetting, "%s: client_secret_file is set, but client_id is missing", place)
			}
			provider.ClientSecret = NewSecret(secret)
		}
		l.config.Identity.Providers = append(l.config.Identity.Providers, provider)
	}
}

// parseProviders reads the file. The error says what is wrong with it.
func parseProviders(path string) (file providersFile, err error) {
	const largest = mebi
	opened, err := os.Open(path) //nolint:gosec // reading the file that the operator names is the purpose
	if err != nil {
		return file, errors.New(reason(err))
	}
	defer func() { _ = opened.Close() }()
	text, err := io.ReadAll(io.LimitReader(opened, largest+1))
	if err != nil {
		return file, errors.New(reason(err))
	}
	if len(text) > largest {
		return file, fmt.Errorf("is larger than %d bytes", largest)
	}
	values := viper.New()
	values.SetConfigType("yaml")
	if err := values.ReadConfig(bytes.NewReader(text)); err != nil {
		return file, fmt.Errorf("is no YAML: %w", err)
	}
	if err := values.UnmarshalExact(&file); err != nil {
		return file, fmt.Errorf("is not of the form that docs/how-to/log-in.md shows: %s", strings.ReplaceAll(err.Error(), "\n", " "))
	}
	if len(file.Providers) == 0 {
		return file, errors.New("names no provider, below the key providers")
	}
	return file, nil
}
