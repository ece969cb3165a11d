package config_test

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/eosc-perf/backend/config"
)

func providersFile(t *testing.T, text string) string {
	t.Helper()
	folder := t.TempDir()
	for name, content := range map[string]string{"providers.yaml": text, "secret": "s3cret\n", "empty": "\n"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(strings.ReplaceAll(content, "FOLDER", folder)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(folder, "providers.yaml")
}

func TestProvidersAreReadFromAFile(t *testing.T) {
	file := providersFile(t, `
providers:
  - issuer: https://aai.egi.eu/auth/realms/egi
    name: EGI Check-in
    client_id: perf
    client_secret_file: FOLDER/secret
    scopes: [openid, email]
    audience: [perf]
    entitlement_claims: [entitlements]
  - issuer: https://b.example.org/
    client_id: public
  - issuer: https://c.example.org
`)
	c := load(t, with(production, "OIDC_PROVIDERS_FILE="+file, "PUBLIC_URL=https://p.example.org")...)
	want := []config.Provider{
		{
			Issuer: "https://aai.egi.eu/auth/realms/egi", Name: "EGI Check-in", ClientID: "perf", ClientSecret: config.NewSecret("s3cret"),
			Scopes: []string{"openid", "email"}, Audience: []string{"perf"}, EntitlementClaims: []string{"entitlements"},
		},
		{Issuer: "https://b.example.org/", ClientID: "public"},
		{Issuer: "https://c.example.org"},
	}
	if !reflect.DeepEqual(c.Identity.Providers, want) || len(c.Warnings) > 0 {
		t.Errorf("got %+v (%v), want %+v", c.Identity.Providers, c.Warnings, want)
	}
	if c.Identity.Providers[0].ClientSecret.Reveal() != "s3cret" {
		t.Error("the secret of the first provider is not that of its file")
	}
}

// What editors and people write without harm is read as it stands: a byte order mark, Windows' ends of
// lines, and an id of digits, of which none gets lost.
func TestProvidersFileIsReadAsItStands(t *testing.T) {
	file := providersFile(t, "\ufeffproviders:\r\n  - issuer: https://a.example.org\r\n    client_id: 0123\r\n    name: \"Ärzte: A\"\r\n")
	c := load(t, with(production, "OIDC_PROVIDERS_FILE="+file, "PUBLIC_URL=https://p.example.org")...)
	want := []config.Provider{{Issuer: "https://a.example.org", ClientID: "0123", Name: "Ärzte: A"}}
	if !reflect.DeepEqual(c.Identity.Providers, want) {
		t.Errorf("got %+v, want %+v", c.Identity.Providers, want)
	}
}

func TestProvidersFileIsChecked(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"no YAML", "providers: [", "is no YAML"},
		{"nothing", "", "names no provider"},
		{"unknown key", "providers:\n  - issuer: https://a.example.org\n    secret: x\n", "not of the form"},
		{"unknown key, by its line", "providers:\n  - issuer: https://a.example.org\n    client_secret: x\n", "line 3: field client_secret"},
		{"a tab", "providers:\n\t- issuer: https://a.example.org\n", "line 2: found character that cannot start any token"},
		{"a key twice", "providers:\n  - issuer: https://a.example.org\n    name: x\n    name: y\n", `line 4: mapping key "name" already`},
		{"scopes in one text", "providers:\n  - issuer: https://a.example.org\n    scopes: openid email\n", "line 3: cannot unmarshal"},
		{"a single provider", "issuer: https://a.example.org\n", "line 1: field issuer not found"},
		{"a text", "https://a.example.org\n", "not of the form"},
		{"two documents", "providers:\n  - issuer: https://a.example.org\n---\nproviders: []\n", "remove the line ---"},
		{"no issuer", "providers:\n  - name: x\n", "issuer"},
		{"http", "providers:\n  - issuer: http://a.example.org\n", "must begin with https://"},
		{"twice", "providers:\n  - issuer: https://a.example.org\n  - issuer: https://a.example.org/\n", "twice"},
		{
			"secret without client",
			"providers:\n  - issuer: https://a.example.org\n    client_secret_file: FOLDER/secret\n", "client_id is missing",
		},
		{
			"an empty secret",
			"providers:\n  - issuer: https://a.example.org\n    client_id: x\n    client_secret_file: FOLDER/empty\n", "holds nothing",
		},
		{"no such secret", "providers:\n  - issuer: https://a.example.org\n    client_id: x\n    client_secret_file: none\n", "cannot read"},
	} {
		_, err := config.Load(config.Source{Environ: with(production, "OIDC_PROVIDERS_FILE="+providersFile(t, c.text)), Dir: t.TempDir()})
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "OIDC_PROVIDERS_FILE") {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}
