package config

import (
	"log/slog"
	"net/mail"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/eosc-perf/backend/core/domain"
)

// Kind says what a setting's text must look like.
type Kind string

// The kinds of settings.
const (
	Text     Kind = "text"
	Integer  Kind = "integer"
	Boolean  Kind = "boolean"
	Duration Kind = "duration"
	List     Kind = "list"
	File     Kind = "file"
)

// Setting describes one setting: for flags, help and documentation.
type Setting struct {
	// Name is the environment variable.
	Name string
	Kind Kind
	// Default is the production default as text, empty for none.
	Default string
	// Help is one line, without a full stop.
	Help string
	// Secret values are never shown. The setting Name+"_FILE" goes with each.
	Secret bool
	// read stores the value; nil for those that Load deals with itself.
	read func(*Config, string) error
}

// Flag is the name of the setting's command line flag, without dashes.
func (s Setting) Flag() string {
	if s.Name == "LISTEN_ADDRESS" {
		return "listen"
	}
	return strings.ToLower(strings.ReplaceAll(s.Name, "_", "-"))
}

// ForDatabase tells whether the setting has a say in where the database is.
func (s Setting) ForDatabase() bool {
	switch s.Name {
	case "APP_ENV", "FLASK_ENV", "DATA_DIR":
		return true
	}
	return strings.HasPrefix(s.Name, "DB_")
}

// Settings returns all settings, in the order in which they are explained.
func Settings() []Setting { return slices.Clone(settings) }

// into reads a value and stores it where field points to.
func into[T any](parse func(string) (T, error), field func(*Config) *T) func(*Config, string) error {
	return func(c *Config, value string) error {
		parsed, err := parse(value)
		if err == nil {
			*field(c) = parsed
		}
		return err
	}
}

const (
	kibi = 1 << 10
	mebi = 1 << 20
	gibi = 1 << 30
)

// longestStop is for all of a stop, since those who end containers wait for ten
// seconds.
const longestStop = 10*time.Second - time.Millisecond

const secretFlagHelp = " (other users of the machine see flags: prefer the file)"

var settings = []Setting{
	{Name: "APP_ENV", Kind: Text, Default: "production", Help: "production or development"},
	{Name: "FLASK_ENV", Kind: Text, Help: "older name of APP_ENV"},
	{Name: "FLASK_APP", Kind: Text, Help: "autoapp.py means AUTO_UPGRADE=true; anything else has no effect"},
	{Name: "AUTO_UPGRADE", Kind: Boolean, Default: "false", Help: "bring the database's schema up to date at start; true by default in development",
		read: into(parseBoolean, func(c *Config) *bool { return &c.AutoUpgrade })},
	{Name: "GUNICORN_WORKERS", Kind: Text, Help: "accepted, without effect: one process uses all cores"},
	{Name: "DEMO", Kind: Boolean, Default: "false", Help: "load demonstration data at start; development only",
		read: into(parseBoolean, func(c *Config) *bool { return &c.Demo })},

	{Name: "SECRET_KEY", Kind: Text, Secret: true, Help: "key for the cookies of the browser login, 16 bytes or more; required in production" + secretFlagHelp,
		read: into(parseSecret, func(c *Config) *Secret { return &c.SecretKey })},
	{Name: "SECRET_KEY_FILE", Kind: File, Help: "file that holds SECRET_KEY"},

	{Name: "DB_DRIVER", Kind: Text, Help: "postgres (default when DB_HOST is set) or sqlite (default in development without DB_HOST)",
		read: into(oneOf(Postgres, SQLite), func(c *Config) *Driver { return &c.Database.Driver })},
	{Name: "DB_HOST", Kind: Text, Help: "host of PostgreSQL (13 or newer), or the folder of its Unix socket",
		read: into(parseText, func(c *Config) *string { return &c.Database.Host })},
	{Name: "DB_PORT", Kind: Integer, Default: "5432", Help: "port of PostgreSQL",
		read: into(integer(1, 65535), func(c *Config) *int { return &c.Database.Port })},
	{Name: "DB_USER", Kind: Text, Help: "user of PostgreSQL",
		read: into(parseText, func(c *Config) *string { return &c.Database.User })},
	{Name: "DB_PASSWORD", Kind: Text, Secret: true, Help: "password of PostgreSQL, if it wants one" + secretFlagHelp,
		read: into(parseSecret, func(c *Config) *Secret { return &c.Database.Password })},
	{Name: "DB_PASSWORD_FILE", Kind: File, Help: "file that holds DB_PASSWORD"},
	{Name: "DB_NAME", Kind: Text, Help: "name of the PostgreSQL database",
		read: into(parseText, func(c *Config) *string { return &c.Database.Name })},
	{Name: "DB_SSLMODE", Kind: Text, Default: "prefer", Help: "disable, allow, prefer, require, verify-ca or verify-full",
		read: into(oneOf("disable", "allow", "prefer", "require", "verify-ca", "verify-full"), func(c *Config) *string { return &c.Database.SSLMode })},
	{Name: "DB_MAX_CONNECTIONS", Kind: Integer, Default: "20", Help: "size of the pool of database connections",
		read: into(integer(1, 1000), func(c *Config) *int { return &c.Database.MaxConnections })},
	{Name: "HEAVY_CONNECTIONS", Kind: Integer, Default: "4", Help: "how many connections heavy requests, such as filters and searches, may have at once; one is left to others",
		read: into(integer(1, 1000), func(c *Config) *int { return &c.Database.HeavyConnections })},
	{Name: "QUERY_TIMEOUT", Kind: Duration, Default: "10s", Help: "when the database gives up a query, which is then answered with 503",
		read: into(duration(time.Hour), func(c *Config) *time.Duration { return &c.Database.QueryTimeout })},
	{Name: "DATA_DIR", Kind: Text, Default: "./data", Help: "folder of the embedded database",
		read: into(parseText, func(c *Config) *string { return &c.Database.DataDir })},

	{Name: "TRUSTED_OP_LIST", Kind: List, Default: "https://aai.egi.eu/oidc,https://aai-demo.egi.eu/auth/realms/egi,https://aai-dev.egi.eu/auth/realms/egi",
		Help: "issuers of the trusted OpenID providers, separated by commas, https only; in development without it the development provider alone",
		read: into(parseIssuers, func(c *Config) *[]string { return &c.Identity.TrustedIssuers })},
	{Name: "OIDC_CLIENT_ID", Kind: Text, Help: "client for the introspection of opaque tokens",
		read: into(parseText, func(c *Config) *string { return &c.Identity.ClientID })},
	{Name: "OIDC_CLIENT_SECRET", Kind: Text, Secret: true, Help: "secret of OIDC_CLIENT_ID" + secretFlagHelp,
		read: into(parseSecret, func(c *Config) *Secret { return &c.Identity.ClientSecret })},
	{Name: "OIDC_CLIENT_SECRET_FILE", Kind: File, Help: "file that holds OIDC_CLIENT_SECRET"},
	{Name: "OIDC_AUDIENCE", Kind: List, Help: "audiences of access tokens, separated by commas: aud must contain one of them; not looked at by default",
		read: into(parseList, func(c *Config) *[]string { return &c.Identity.Audience })},
	{Name: "AUTH_CACHE_TTL", Kind: Duration, Default: "60s", Help: "how long a provider is not asked again about an accepted token",
		read: into(duration(time.Hour), func(c *Config) *time.Duration { return &c.Identity.CacheTime })},
	{Name: "ADMIN_ENTITLEMENTS", Kind: List, Help: "entitlements of administrators, separated by commas or as a JSON array; required in production",
		read: into(parseEntitlements, func(c *Config) *domain.Entitlements { return &c.Identity.AdminEntitlements })},
	{Name: "DEV_OIDC_PUBLIC", Kind: Boolean, Default: "false", Help: "mount the development provider also on an address that others can reach; development only",
		read: into(parseBoolean, func(c *Config) *bool { return &c.Identity.PublicDevProvider })},

	{Name: "LISTEN_ADDRESS", Kind: Text, Default: ":5000", Help: "HOST:PORT or :PORT to listen on; 127.0.0.1:5000 by default in development without DB_HOST",
		read: into(parseListenAddress, func(c *Config) *string { return &c.HTTP.ListenAddress })},
	{Name: "BACKEND_ROUTE", Kind: Text, Default: "/", Help: "public prefix of all paths, which are served with and without it",
		read: into(parseRoute, func(c *Config) *string { return &c.HTTP.BackendRoute })},
	{Name: "PUBLIC_URL", Kind: Text, Help: "address under which people reach the service, prefix included, for links in mails, like https://perf.example.org/api/v1; no links without it",
		read: into(parsePublicURL, func(c *Config) *string { return &c.HTTP.PublicURL })},
	{Name: "CORS_ALLOWED_ORIGINS", Kind: List, Default: "*", Help: "origins whose pages may call the API, separated by commas; * for all, none for no CORS headers",
		read: into(parseOrigins, func(c *Config) *[]string { return &c.HTTP.AllowedOrigins })},
	{Name: "TRUSTED_PROXIES", Kind: List, Help: "addresses and networks, separated by commas, whose forwarded headers count",
		read: into(parseProxies, func(c *Config) *[]netip.Prefix { return &c.HTTP.TrustedProxies })},

	{Name: "IMAGE_CHECK", Kind: Boolean, Default: "on", Help: "look up container images of benchmarks in their registries; off by default in development",
		read: into(parseBoolean, func(c *Config) *bool { return &c.Images.Check })},
	{Name: "IMAGE_REGISTRIES", Kind: List, Default: "docker.io,quay.io,ghcr.io,registry.gitlab.com,nvcr.io,public.ecr.aws",
		Help: "the only registries that images may be in, HOST or HOST:PORT, and the hosts of their tokens, separated by commas",
		read: into(parseRegistries, func(c *Config) *[]string { return &c.Images.Registries })},
	{Name: "MAIL_SERVER", Kind: Text, Help: "name or address of the mail server; without it mails are written to the log",
		read: into(parseHost, func(c *Config) *string { return &c.Mail.Server })},
	{Name: "MAIL_PORT", Kind: Integer, Default: "25", Help: "port of the mail server",
		read: into(integer(1, 65535), func(c *Config) *int { return &c.Mail.Port })},
	{Name: "MAIL_FROM", Kind: Text, Help: "sender of mails, like perf@example.org or EOSC Perf <perf@example.org>; required with MAIL_SERVER",
		read: into(parseMailAddress, func(c *Config) *mail.Address { return &c.Mail.From })},
	{Name: "MAIL_SUPPORT", Kind: List, Help: "addresses, separated by commas, that get copies of mails",
		read: into(parseMailAddresses, func(c *Config) *[]mail.Address { return &c.Mail.Support })},
	{Name: "MAIL_USER", Kind: Text, Help: "user of the mail server, if it wants one",
		read: into(parseText, func(c *Config) *string { return &c.Mail.User })},
	{Name: "MAIL_PASSWORD", Kind: Text, Secret: true, Help: "password of MAIL_USER" + secretFlagHelp,
		read: into(parseSecret, func(c *Config) *Secret { return &c.Mail.Password })},
	{Name: "MAIL_PASSWORD_FILE", Kind: File, Help: "file that holds MAIL_PASSWORD"},
	{Name: "MAIL_TLS", Kind: Text, Default: "none", Help: "none, starttls or tls; the latter two insist on it, and on a certificate of MAIL_SERVER",
		read: into(oneOf(MailNoTLS, MailStartTLS, MailImplicitTLS), func(c *Config) *MailTLS { return &c.Mail.TLS })},

	{Name: "BODY_LIMIT", Kind: Integer, Default: "1048576", Help: "largest body of a request in bytes, its numbers counted in plain decimal form",
		read: into(integer(kibi, gibi), func(c *Config) *int { return &c.Limits.Body })},
	{Name: "TOKEN_LIMIT", Kind: Integer, Default: "49152", Help: "largest size of an access token in bytes; HEADER_LIMIT bounds it too",
		read: into(integer(kibi, mebi), func(c *Config) *int { return &c.Limits.Token })},
	{Name: "JSON_DEPTH_LIMIT", Kind: Integer, Default: "64", Help: "how deeply arrays and objects of a body may be nested",
		read: into(integer(1, 128), func(c *Config) *int { return &c.Limits.JSONDepth })},
	{Name: "NUMBER_EXPONENT_LIMIT", Kind: Integer, Default: "308", Help: "largest exponent, either way, of a number in a body",
		read: into(integer(0, 308), func(c *Config) *int { return &c.Limits.NumberExponent })},
	{Name: "FILTER_LIMIT", Kind: Integer, Default: "20", Help: "largest number of filters of a request",
		read: into(integer(1, 1000), func(c *Config) *int { return &c.Limits.Filters })},
	{Name: "TERM_LIMIT", Kind: Integer, Default: "20", Help: "largest number of search terms of a request",
		read: into(integer(1, 1000), func(c *Config) *int { return &c.Limits.Terms })},
	{Name: "TAG_LIMIT", Kind: Integer, Default: "100", Help: "largest number of tags that a request may name",
		read: into(integer(1, 1000), func(c *Config) *int { return &c.Limits.Tags })},
	{Name: "SORT_LIMIT", Kind: Integer, Default: "20", Help: "largest number of fields to sort by",
		read: into(integer(1, 100), func(c *Config) *int { return &c.Limits.SortKeys })},
	{Name: "PATH_LIMIT", Kind: Integer, Default: "16", Help: "largest number of parts of a dotted path into a result",
		read: into(integer(1, 128), func(c *Config) *int { return &c.Limits.PathParts })},
	{Name: "REQUEST_MEMORY", Kind: Integer, Default: "67108864", Help: "how many bytes of records all large requests under way may hold; one that finds no room in ten seconds is answered with 503",
		read: into(integer(mebi, 64*gibi), func(c *Config) *int { return &c.Limits.RequestMemory })},
	{Name: "HEADER_LIMIT", Kind: Integer, Default: "65536", Help: "largest size of a request's headers in bytes",
		read: into(integer(4*kibi, 16*mebi), func(c *Config) *int { return &c.HTTP.HeaderLimit })},
	{Name: "READ_TIMEOUT", Kind: Duration, Default: "15s", Help: "longest time to read a request",
		read: into(duration(time.Hour), func(c *Config) *time.Duration { return &c.HTTP.ReadTimeout })},
	{Name: "WRITE_TIMEOUT", Kind: Duration, Default: "60s", Help: "longest time from the end of a request's headers to the end of its answer",
		read: into(duration(time.Hour), func(c *Config) *time.Duration { return &c.HTTP.WriteTimeout })},
	{Name: "IDLE_TIMEOUT", Kind: Duration, Default: "2m", Help: "how long an idle connection is kept open",
		read: into(duration(time.Hour), func(c *Config) *time.Duration { return &c.HTTP.IdleTimeout })},
	{Name: "REQUEST_TIMEOUT", Kind: Duration, Default: "30s", Help: "longest time of the work on a request, database included; shorter than WRITE_TIMEOUT",
		read: into(duration(time.Hour), func(c *Config) *time.Duration { return &c.HTTP.RequestTimeout })},
	{Name: "SHUTDOWN_DELAY", Kind: Duration, Default: "1s", Help: "how long a server that stops is not ready before it takes no more requests; 0s by default in development",
		read: into(delay(longestStop), func(c *Config) *time.Duration { return &c.HTTP.ShutdownDelay })},
	{Name: "SHUTDOWN_TIMEOUT", Kind: Duration, Default: "8s", Help: "longest wait for requests under way when the server stops; with SHUTDOWN_DELAY shorter than 10s",
		read: into(duration(longestStop), func(c *Config) *time.Duration { return &c.HTTP.ShutdownTimeout })},

	{Name: "METRICS_ADDRESS", Kind: Text, Help: "HOST:PORT or :PORT where /metrics is served, for Prometheus; nowhere by default",
		read: into(parseListenAddress, func(c *Config) *string { return &c.Operation.MetricsAddress })},
	{Name: "PPROF_ADDRESS", Kind: Text, Help: "loopback HOST:PORT where /debug/pprof/ is served; nowhere by default",
		read: into(parseLoopbackAddress, func(c *Config) *string { return &c.Operation.ProfileAddress })},

	{Name: "LOG_LEVEL", Kind: Text, Default: "info", Help: "debug, info, warn or error",
		read: into(parseLevel, func(c *Config) *slog.Level { return &c.Log.Level })},
	{Name: "LOG_FORMAT", Kind: Text, Default: "json", Help: "json or text; text by default in development",
		read: into(oneOf(JSONLog, TextLog), func(c *Config) *LogFormat { return &c.Log.Format })},
}
