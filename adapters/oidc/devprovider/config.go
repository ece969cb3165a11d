package devprovider

import (
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"regexp"
	"strings"

	"github.com/zitadel/oidc/v3/pkg/op"
)

const (
	// ClientID is the client for applications: public, with PKCE.
	ClientID = "perf"
	// ClientSecret is every client's secret. It is no secret at all.
	ClientSecret = "development-secret" //nolint:gosec // documented; the provider knows no real secrets
	// OpaqueSuffix after a client's id asks for opaque access tokens.
	OpaqueSuffix = "-opaque"
	// EntitlementScope is the scope and the claim of an account's entitlements.
	EntitlementScope = "eduperson_entitlement"
)

// Account is somebody to log in as.
type Account struct {
	// Subject is the account's sub and its client id: letters, digits, ".", "_"
	// and "-", not one of the other clients.
	Subject       string
	Name          string
	Email         string
	EmailVerified bool
	// Entitlements as eduperson_entitlement lists them.
	Entitlements []string
}

// Config describes the provider.
type Config struct {
	// Issuer is the address under which the provider is mounted, without a
	// slash at its end, such as http://127.0.0.1:5000/dev/oidc.
	Issuer string
	// Accounts in the order of the login page. At least one.
	Accounts []Account
	// PublicURL is another address under which people reach the server, empty if there is
	// none.
	PublicURL string
	// AllowPublic permits an issuer that other machines can reach, and answers them.
	AllowPublic bool
	// Logger logs failures. Nil logs nothing.
	Logger *slog.Logger
}

var subjectForm = regexp.MustCompile(`^[A-Za-z0-9._-]+$`)

func (c Config) check() error {
	u, err := url.Parse(c.Issuer)
	if err != nil || u.Host == "" || strings.HasSuffix(u.Path, "/") {
		return fmt.Errorf("issuer %q: not an absolute URL without a slash at its end", c.Issuer)
	}
	if _, loopback := op.HTTPLoopbackOrLocalhost(c.Issuer); !loopback && !c.AllowPublic {
		return fmt.Errorf("issuer %q: the development provider lets anybody in and is for loopback addresses only", c.Issuer)
	}
	if len(c.Accounts) == 0 {
		return errors.New("no accounts")
	}
	taken := map[string]bool{ClientID: true}
	for _, a := range c.Accounts {
		if !subjectForm.MatchString(a.Subject) || strings.HasSuffix(a.Subject, OpaqueSuffix) {
			return fmt.Errorf("account %q: not a subject", a.Subject)
		}
		if taken[a.Subject] {
			return fmt.Errorf("account %q: the name is taken", a.Subject)
		}
		taken[a.Subject] = true
	}
	return nil
}
