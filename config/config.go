package config

import (
	"log/slog"
	"net/mail"
	"net/netip"
	"time"

	"github.com/eosc-perf/backend/core/domain"
)

// Environment is what the server runs for.
type Environment string

// The environments. Development comes with an OpenID provider of its own and
// with defaults for a run on one's own machine.
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

// MailTLS is how the conversation with the mail server is kept from others.
type MailTLS string

// The ways of TLS with the mail server.
const (
	MailNoTLS       MailTLS = "none"
	MailStartTLS    MailTLS = "starttls"
	MailImplicitTLS MailTLS = "tls"
)

// LogFormat is how log lines are written.
type LogFormat string

// The formats of the log.
const (
	JSONLog LogFormat = "json"
	TextLog LogFormat = "text"
)

// Config is every setting, checked. Printing, logging or encoding it shows no secret.
type Config struct {
	Environment Environment
	// AutoUpgrade brings the database's schema up to date at start.
	AutoUpgrade bool
	// Demo loads demonstration data at start; only ever true in development.
	Demo bool
	// SecretKey is for the cookies of the browser login; not empty in production.
	SecretKey Secret
	Database  Database
	Identity  Identity
	HTTP      HTTP
	Images    Images
	Mail      Mail
	Limits    Limits
	Log       Log
	Operation Operation
	// Warnings are for the log: settings that are accepted but should be known about.
	Warnings []string
}

// Database says where the data is kept.
type Database struct {
	Driver Driver
	// Host, a name, an address or the folder of a Unix socket, and all up to
	// SSLMode are for PostgreSQL; Host, User and Name are never empty then.
	Host     string
	Port     int
	User     string
	Password Secret
	Name     string
	// SSLMode is one of libpq's six words.
	SSLMode string
	// DataDir is the folder of the embedded database.
	DataDir string
	// MaxConnections is the size of the pool.
	MaxConnections int
	// HeavyConnections is how many of them heavy requests may have at once.
	HeavyConnections int
	// QueryTimeout is when the database gives up a query.
	QueryTimeout time.Duration
}

// Identity says whom to trust.
type Identity struct {
	// TrustedIssuers are URLs as they were written, no two of them equal but for a final slash.
	TrustedIssuers []string
	// IssuersGiven tells that somebody named the trusted issuers: else they are
	// the default.
	IssuersGiven bool
	// ClientID and ClientSecret are for the introspection of opaque tokens; both are set or none is.
	ClientID     string
	ClientSecret Secret
	// Audience are those for whom tokens must be, one of them for each token; empty if
	// tokens for anybody count.
	Audience []string
	// CacheTime is how long the provider is not asked again about an accepted token.
	CacheTime time.Duration
	// AdminEntitlements is not empty in production.
	AdminEntitlements domain.Entitlements
	// PublicDevProvider lets the development provider be mounted on an address
	// that others can reach; only ever true in development.
	PublicDevProvider bool
}

// Images says where container images of benchmarks are looked up.
type Images struct {
	// Check tells whether they are looked up at all.
	Check bool
	// Registries are HOST or HOST:PORT in lower case, as image names spell them,
	// and hosts that give out tokens for them; not empty.
	Registries []string
}

// HTTP says how requests are served.
type HTTP struct {
	// ListenAddress is HOST:PORT or :PORT.
	ListenAddress string
	// BackendRoute is the public prefix: "/", or "/a/b" without a slash at the end.
	BackendRoute string
	// PublicURL is where people reach the service, without a slash at the end;
	// empty if it is not known.
	PublicURL string
	// AllowedOrigins is "*" alone, "none" alone, or origins in lower case as browsers send them.
	AllowedOrigins []string
	// TrustedProxies are those whose forwarded headers count.
	TrustedProxies []netip.Prefix
	// HeaderLimit is the largest size of a request's headers in bytes.
	HeaderLimit  int
	ReadTimeout  time.Duration
	WriteTimeout time.Duration
	IdleTimeout  time.Duration
	// RequestTimeout bounds the work on a request, database included; it is
	// shorter than WriteTimeout, so that its answer can still be written.
	RequestTimeout time.Duration
	// ShutdownDelay is how long a server that stops still serves as one that is not
	// ready, so that those who send it requests notice.
	ShutdownDelay time.Duration
	// ShutdownTimeout bounds the wait for requests under way; both together are
	// below 10 s.
	ShutdownTimeout time.Duration
}

// Mail says how mails are sent.
type Mail struct {
	// Server is empty where mails go to the log.
	Server string
	Port   int
	// From has an address wherever Server is set.
	From mail.Address
	// Support gets copies.
	Support []mail.Address
	// User and Password are both set or none is.
	User     string
	Password Secret
	TLS      MailTLS
}

// Limits bound what a request may ask for.
type Limits struct {
	// Body is in bytes.
	Body int
	// Token is for access tokens, in bytes.
	Token int
	// JSONDepth is how deeply arrays and objects may be nested.
	JSONDepth int
	// NumberExponent is the largest absolute exponent of a number.
	NumberExponent int
	Filters        int
	Terms          int
	// Tags is for those of one result, and of one query.
	Tags     int
	SortKeys int
	// PathParts is for dotted paths into a result.
	PathParts int
	// RequestMemory is in bytes, for all large requests under way.
	RequestMemory int
}

// Operation says where those who run the server look into it: on listeners of
// their own, HOST:PORT or :PORT, empty for none.
type Operation struct {
	MetricsAddress string
	// ProfileAddress is a loopback one.
	ProfileAddress string
}

// Log says what is logged, and how.
type Log struct {
	Level  slog.Level
	Format LogFormat
}
