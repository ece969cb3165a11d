package system

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"

	"github.com/eosc-perf/backend/adapters/http/openapi"
	"github.com/eosc-perf/backend/adapters/http/server"
	"github.com/eosc-perf/backend/adapters/oidc/devprovider"
	"github.com/eosc-perf/backend/cmd/wiring"
	"github.com/eosc-perf/backend/config"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/service"
	"github.com/eosc-perf/backend/ports"
)

// devProviderPath is where the development provider is mounted.
const devProviderPath = "/dev/oidc"

// development is what a server in development mode has besides: an OpenID
// provider with accounts to log in as. A nil development has nothing.
type development struct {
	issuer   string
	provider http.Handler
	accounts []devprovider.Account
	// adminEntitlement makes the account `admin`, and nobody else, an
	// administrator: it is made anew at each start and known to nobody.
	adminEntitlement string
	users            map[string]domain.Caller
	demo             *demo
}

// newDevelopment returns nil in production, and where others could reach the
// provider without having been let in on purpose.
func newDevelopment(cfg *config.Config, address net.Addr, log *slog.Logger) (*development, error) {
	if cfg.Environment != config.Development {
		return nil, nil //nolint:nilnil // nothing is what there is
	}
	if !isLoopback(address) && !cfg.Identity.PublicDevProvider {
		log.Warn("the development OpenID provider is off, because others could reach it: start with --listen 127.0.0.1:5000, or let them "+
			"with --dev-oidc-public=true",
			"address", address.String())
		return nil, nil //nolint:nilnil // nothing is what there is
	}
	if cfg.HTTP.CertFile != "" {
		log.Warn("the development OpenID provider is off, because the server would have to trust its own certificate: leave out TLS_CERT_FILE")
		return nil, nil //nolint:nilnil // nothing is what there is
	}
	d := &development{issuer: issuerAt(address), adminEntitlement: "urn:eosc-perf:development:group:admins:" + rand.Text()}
	d.accounts = []devprovider.Account{
		account("alice", "Alice Uploader"),
		account("bob", "Bob Uploader"),
		account("admin", "Ada Administrator", append([]string{d.adminEntitlement}, cfg.Identity.AdminEntitlements...)...),
		account("newcomer", "Nina Newcomer"),
	}
	var err error
	d.provider, err = devprovider.New(devprovider.Config{
		Issuer: d.issuer, PublicURL: cfg.HTTP.PublicURL, Accounts: d.accounts, AllowPublic: cfg.Identity.PublicDevProvider, Logger: log,
	})
	if err != nil {
		return nil, fmt.Errorf("development OpenID provider: %w", err)
	}
	return d, nil
}

func account(subject, name string, entitlements ...string) devprovider.Account {
	return devprovider.Account{
		Subject: subject, Name: name, Email: subject + "@example.org", EmailVerified: true, Entitlements: entitlements,
	}
}

func isLoopback(address net.Addr) bool {
	a, err := netip.ParseAddrPort(address.String())
	return err == nil && a.Addr().Unmap().IsLoopback()
}

// issuerAt is the provider's address: the server's own, or, when that is every
// address of the machine, the loopback one.
func issuerAt(address net.Addr) string {
	host, port, err := net.SplitHostPort(address.String())
	if ip, parseErr := netip.ParseAddr(host); err != nil || parseErr != nil || ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port) + devProviderPath
}

func (d *development) issuers() []string {
	if d == nil {
		return nil
	}
	return []string{d.issuer}
}

func (d *development) admins() domain.Entitlements {
	if d == nil {
		return nil
	}
	return domain.Entitlements{d.adminEntitlement}
}

// mounts are what the server serves besides.
func (d *development) mounts() []server.Mount {
	if d == nil {
		return nil
	}
	return []server.Mount{server.Subtree(devProviderPath, d.provider)}
}

// offered are the accounts that the API page offers. The page asks for their
// tokens where it was loaded from, whatever name the browser has for that, and under
// the same prefix, which may be all that a proxy lets through.
func (d *development) offered(prefix string) *openapi.Accounts {
	if d == nil {
		return nil
	}
	accounts := &openapi.Accounts{
		TokenURL: strings.TrimSuffix(prefix, "/") + devProviderPath + "/oauth/token", Secret: devprovider.ClientSecret,
	}
	for _, a := range d.accounts {
		accounts.Names = append(accounts.Names, a.Subject)
	}
	return accounts
}

// prepare registers the accounts but for the newcomer, unless it was done before. An account whose
// removal is under way is not registered: the server that starts goes on with the removal.
func (d *development) prepare(ctx context.Context, s *service.Services, removals ports.Removals, log *slog.Logger) error {
	if d == nil {
		return nil
	}
	d.users = map[string]domain.Caller{}
	for _, a := range d.accounts {
		if a.Subject == "newcomer" {
			continue
		}
		id := domain.Identity{UserID: domain.UserID{Subject: a.Subject, Issuer: d.issuer}, Email: a.Email, HasEmail: true}
		leaving, err := removals.List(ctx, ports.UserMatch{Subject: &id.Subject, Issuer: &id.Issuer})
		if err != nil {
			return fmt.Errorf("look for removals of the development account %s: %w", a.Subject, err)
		}
		if len(leaving) > 0 {
			log.WarnContext(ctx, "a development account is not registered, since it is being removed", "account", a.Subject)
			continue
		}
		user, err := s.Users.RegisterSelf(ctx, domain.Person(id, nil))
		if err != nil && domain.KindOf(err) != domain.Conflict {
			return fmt.Errorf("register the development account %s: %w", a.Subject, err)
		}
		if err != nil {
			user = &domain.User{UserID: id.UserID, Email: id.Email}
		}
		d.users[a.Subject] = domain.Person(id, user)
	}
	return nil
}

// load loads the demo data, unless it was done before.
func (d *development) load(ctx context.Context, s *service.Services) (err error) {
	if d == nil || len(d.users) < len(d.accounts)-1 { // somebody is being removed
		return nil
	}
	d.demo, err = loadDemo(ctx, s, d.users)
	return err
}

// silent is a storage that takes no mails: nobody waits for those about invented
// people, and in the log they would hide what a newcomer looks for.
type silent struct{ ports.Storage }

// Do implements ports.Storage.
func (s silent) Do(ctx context.Context, fn func(ctx context.Context, r ports.Repos) error) error {
	return s.Storage.Do(ctx, func(ctx context.Context, r ports.Repos) error {
		r.Outbox = noOutbox{r.Outbox}
		return fn(ctx, r)
	})
}

type noOutbox struct{ ports.Outbox }

// Enqueue implements ports.Outbox.
func (noOutbox) Enqueue(context.Context, *domain.OutgoingMail) error { return nil }

// EnqueueAll implements ports.Outbox.
func (noOutbox) EnqueueAll(context.Context, []*domain.OutgoingMail) error { return nil }

// Greet prints, in development mode, where everything is and what to try.
func (s *System) Greet(out io.Writer) {
	if s.cfg.Environment != config.Development {
		return
	}
	base := strings.TrimSuffix(issuerAt(s.http.Address()), devProviderPath)
	if s.cfg.HTTP.CertFile != "" {
		base = "https" + strings.TrimPrefix(base, "http")
	}
	var b strings.Builder
	fmt.Fprintf(
		&b, "\nEOSC Perf, in development mode\n\n  pages     %[1]s/ui/\n  API page  %[1]s/ui/api\n  manual    %[1]s/docs/\n  data      %[2]s\n",
		strings.TrimSuffix(base+s.cfg.HTTP.BackendRoute, "/"),
		wiring.DatabasePlace(s.cfg.Database),
	)
	if s.development == nil {
		_, _ = io.WriteString(out, b.String())
		return
	}
	tokenOf := func(name string) string {
		command := "scripts/dev-token " + name
		if base != "http://127.0.0.1:5000" {
			command += " " + base
		}
		return command
	}
	fmt.Fprintf(&b, `  accounts  alice, bob  registered
            admin       registered, administrator
            newcomer    a valid identity, not registered
  tokens    %s
  provider  %s/.well-known/openid-configuration

`, tokenOf("alice"), s.development.issuer)
	upload, find := s.development.demo.example(base, tokenOf("alice"))
	fmt.Fprintf(&b, "Upload a result, and find it:\n\n%s\n\n%s\n\n", upload, find)
	_, _ = io.WriteString(out, b.String())
}
