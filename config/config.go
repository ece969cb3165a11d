package config

import (
	"log/slog"
	"net/mail"
	"net/netip"
	"time"

	"github.com/eosc-perf/backend/core/domain"
)

// Environment is the purpose that the server runs for.
type Environment string

// The environments. Development has an OpenID provider of its own, and defaults for
// a run on a developer's machine.
const (
	Production  Environment = "production"
	Development Environment = "development"
)

// Driver is a kind of database.
type Driver string

// The kinds of databases.
const (
	Postgres Driver = "postgres"
	SQLite   Driver = "sqlite"
)

// MailTLS is how TLS protects the connection to the mail server.
type MailTLS string

// The values of MailTLS: no TLS, TLS by STARTTLS, TLS from the first byte.
const (
	MailNoTLS       MailTLS = "none"
	MailStartTLS    MailTLS = "starttls"
	MailImplicitTLS MailTLS = "tls"
)

// StartPage is what the public address shows.
type StartPage string

// The start pages: the API page, or the pages of the web interface.
const (
	APIStart StartPage = "api"
	UIStart  StartPage = "ui"
)

// LogFormat is the format of log lines.
type LogFormat string

// The formats of the log.
const (
	JSONLog LogFormat = "json"
	TextLog LogFormat = "text"
)

// Config holds all settings after the checks. It shows no secret when it is printed,
// logged or encoded.
type Config struct {
	Environment Environment
	// AutoUpgrade upgrades the database schema when the server starts.
	AutoUpgrade bool
	// Demo loads demonstration data when the server starts. It is false in production.
	Demo bool
	// SecretKey protects the cookies of the browser login. It is not empty in production.
	SecretKey Secret
	// PreviousSecretKey opens what SecretKey does not: it was SecretKey before.
	PreviousSecretKey Secret
	Database          Database
	Identity          Identity
	Sessions          Sessions
	HTTP              HTTP
	Images            Images
	Mail              Mail
	Limits            Limits
	FairUse           FairUse
	Audit             Audit
	Log               Log
	Operation         Operation
	// Warnings are lines for the log about settings that are accepted and have no effect
	// or are dangerous.
	Warnings []string

	// shown are the settings as operators may see them.
	shown []Shown
}

// Database names the database that holds the data.
type Database struct {
	Driver Driver
	// Host is a name, an address or the folder of a Unix socket. The fields from Host to
	// Pooler are for PostgreSQL; with PostgreSQL, Host, User and Name are not empty.
	Host     string
	Port     int
	User     string
	Password Secret
	Name     string
	// SSLMode is one of the six values of libpq's sslmode.
	SSLMode string
	// Pooler is what is between the program and PostgreSQL: auto, none, session or
	// transaction.
	Pooler string
	// DataDir is the folder of the embedded database.
	DataDir string
	// MaxConnections is the largest number of connections in the pool.
	MaxConnections int
	// HeavyConnections is the largest number of these connections that heavy requests
	// use at once: at most half of them.
	HeavyConnections int
	// QueryTimeout is the time after which a query is cancelled.
	QueryTimeout time.Duration
	// ExportConnections is the largest number of connections that exports use at once: at most
	// a quarter of them less one.
	ExportConnections int
	// ExportTimeout is the time after which an export is cancelled.
	ExportTimeout time.Duration
}

// Identity says which identities and administrators the server trusts.
type Identity struct {
	// TrustedIssuers are URLs as the operator wrote them. No two differ only in a final
	// slash.
	TrustedIssuers []string
	// IssuersGiven tells whether the operator set the trusted issuers. If not, they are
	// the default.
	IssuersGiven bool
	// ClientID and ClientSecret are this server's client, for the login of browsers and the
	// introspection of opaque tokens. A public client has no secret.
	ClientID     string
	ClientSecret Secret
	// LoginIssuer is the issuer at which browsers log in by this client, empty for the first of
	// TrustedIssuers.
	LoginIssuer string
	// Providers are those of OIDC_PROVIDERS_FILE. Their issuers are trusted, too.
	Providers []Provider
	// EntitlementClaims hold the groups and entitlements of people.
	EntitlementClaims []string
	// Audience are the permitted audiences: a token must name one of them. It is empty if
	// the audience does not matter.
	Audience []string
	// CacheTime is how long the server trusts an accepted token without asking its provider
	// again.
	CacheTime time.Duration
	// AdminEntitlements is not empty in production.
	AdminEntitlements domain.Entitlements
	// PublicDevProvider permits the development provider on an address that other
	// machines can reach. It is false in production.
	PublicDevProvider bool
}

// Sessions bounds the sessions of browsers.
type Sessions struct {
	// Idle is how long an unused session lasts, Lifetime how long any session does.
	Idle, Lifetime time.Duration
	// Quota is the largest number of sessions of one person.
	Quota int
	// TermsURL and PrivacyURL are shown to people before they register. They may be empty.
	TermsURL, PrivacyURL string
}

// Images says how the server checks the container images of benchmarks.
type Images struct {
	// Check tells whether the server asks the registry for the image.
	Check bool
	// Registries are the permitted registries and the hosts that issue their tokens, as
	// HOST or HOST:PORT in lower case, in the spelling of image names. Not empty.
	Registries []string
}

// HTTP holds the addresses of the server and the limits of requests.
type HTTP struct {
	// ListenAddress is HOST:PORT or :PORT.
	ListenAddress string
	// CertFile and KeyFile are for TLS. Both are set or both are empty.
	CertFile, KeyFile string
	// BackendRoute is the public prefix: "/", or "/a/b" without a slash at the end.
	BackendRoute string
	// PublicURL is the public address of the service, without a slash at the end. It is
	// empty if the operator did not set it.
	PublicURL string
	// StartPage is what the public address shows.
	StartPage StartPage
	// AllowedOrigins is "*" alone, "none" alone, or origins in lower case, in the form
	// in which browsers send them.
	AllowedOrigins []string
	// TrustedProxies are the proxies whose forwarded headers the server believes.
	TrustedProxies []netip.Prefix
	// HeaderLimit is the largest size of the headers of a request, in bytes.
	HeaderLimit  int
	ReadTimeout  time.Duration
	WriteTimeout time.Duration
	IdleTimeout  time.Duration
	// RequestTimeout bounds the time to process a request, database included. It is
	// shorter than WriteTimeout, so that the server can still write the answer.
	RequestTimeout time.Duration
	// ShutdownDelay is how long a stopping server reports that it is not ready and still
	// serves, so that load balancers notice.
	ShutdownDelay time.Duration
	// ShutdownTimeout bounds the wait for open requests. ShutdownDelay and
	// ShutdownTimeout together are shorter than 10 s.
	ShutdownTimeout time.Duration
}

// Mail names the mail server, the sender and the recipients of copies.
type Mail struct {
	// Server is empty if the log gets the mails.
	Server string
	Port   int
	// From has an address if Server is set.
	From mail.Address
	// Support are the recipients of copies.
	Support []mail.Address
	// User and Password are both set or both empty.
	User     string
	Password Secret
	TLS      MailTLS
	// Helo is a host name or an address literal; empty if it is to be found out.
	Helo string
}

// Limits bound the size of a request.
type Limits struct {
	// Body is the largest body, in bytes.
	Body int
	// Token is the largest access token, in bytes.
	Token int
	// JSONDepth is the deepest nesting of arrays and objects.
	JSONDepth int
	// NumberExponent is the largest absolute exponent of a number.
	NumberExponent int
	Filters        int
	Terms          int
	// Tags is the largest number of tags of one result, and of one query.
	Tags     int
	SortKeys int
	// PathParts is the largest number of parts in a dotted path into a result.
	PathParts int
	// RequestMemory is the memory for the decoded bodies of all requests, in bytes.
	RequestMemory int
	// Spool is the space for large bodies and answers on the disk, in bytes.
	Spool int
	// Connections is the largest number of connections of clients.
	Connections int
}

// Rate is a number of requests in a time; zero is no limit.
type Rate struct {
	Requests int
	Per      time.Duration
}

// FairUse bounds the requests of one client, and what one person may have and do.
type FairUse struct {
	Reads, HeavyReads, Writes, RefusedLogins, Registrations Rate
	// The quotas; 0 is no limit.
	OpenSubmissions, OpenClaims, TagsADay, UploadsADay int
}

// Audit says what happens to the audit trail.
type Audit struct {
	// KeyFile is the path of the key that signs it, empty for none.
	KeyFile string
	// AddressDays and RetentionDays are ages in days; 0 is never.
	AddressDays, RetentionDays int
}

// Operation holds the addresses of the listeners for operators, as HOST:PORT or :PORT.
// An empty address is no listener.
type Operation struct {
	MetricsAddress string
	// ProfileAddress is a loopback address.
	ProfileAddress string
}

// Log holds the level and the format of the log.
type Log struct {
	Level  slog.Level
	Format LogFormat
}
