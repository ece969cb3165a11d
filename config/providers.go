package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
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
		Issuer            string   `yaml:"issuer"`
		Name              string   `yaml:"name"`
		ClientID          string   `yaml:"client_id"`
		ClientSecretFile  string   `yaml:"client_secret_file"`
		Scopes            []string `yaml:"scopes"`
		Audience          []string `yaml:"audience"`
		EntitlementClaims []string `yaml:"entitlement_claims"`
	} `yaml:"providers"`
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
		key := addressOf(p.Issuer)
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
			if problem == "" && secret == "" {
				l.report(providersSetting, "%s: client_secret_file: %s holds nothing; leave client_secret_file out for a public client",
					place, l.path(p.ClientSecretFile))
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
	text, err := ReadFile(path, mebi)
	if err != nil {
		return file, errors.New(reason(err))
	}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	err = decoder.Decode(&file)
	if _, badForm := errors.AsType[*yaml.TypeError](err); badForm {
		return file, fmt.Errorf("is not of the form that docs/how-to/log-in.md shows: %s", oneLine(err))
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return file, fmt.Errorf("is no YAML: %s", oneLine(err))
	}
	if err == nil && !errors.Is(decoder.Decode(&yaml.Node{}), io.EOF) {
		return file, errors.New("has more behind its first YAML document: remove the line ---")
	}
	if len(file.Providers) == 0 {
		return file, errors.New("names no provider, below the key providers")
	}
	return file, nil
}

// unnamed is what the YAML library calls the type of a provider.
var unnamed = regexp.MustCompile(` in type .*| into (?:struct|config|\[\]struct).*`)

// oneLine is the text of an error of the YAML library, without the names of our types.
func oneLine(err error) string {
	var parts []string
	for line := range strings.Lines(err.Error()) {
		line = unnamed.ReplaceAllString(strings.TrimSpace(line), "")
		parts = append(parts, strings.TrimPrefix(line, "yaml: "))
	}
	return strings.Join(parts, " ")
}
