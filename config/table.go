package config

import (
	"log/slog"
	"net/mail"
	"net/netip"
	"slices"
	"time"

	"github.com/eosc-perf/backend/core/domain"
)

// settings are all settings, in the order in which the documentation explains them.
var settings = slices.Concat(programSettings, secretKeySettings, databaseSettings, identitySettings, httpSettings, imageSettings,
	mailSettings, limitSettings, timeSettings, operationSettings, logSettings)

const (
	kibi = 1 << 10
	mebi = 1 << 20
	gibi = 1 << 30

	// longestStop bounds SHUTDOWN_DELAY and SHUTDOWN_TIMEOUT together: Docker kills a
	// container ten seconds after it asked for the stop.
	longestStop = 10*time.Second - time.Millisecond

	secretFlagHelp = " (other users of the machine can see flags: use the file instead)"
)

// programSettings choose what the program does when it starts.
var programSettings = []Setting{
	{
		Name: "APP_ENV", Kind: Text, Default: "production",
		Help: "production or development",
	},
	{
		Name: "FLASK_ENV", Kind: Text,
		Help: "older name of APP_ENV",
	},
	{
		Name: "FLASK_APP", Kind: Text,
		Help: "autoapp.py means AUTO_UPGRADE=true; any other value has no effect",
	},
	{
		Name: "AUTO_UPGRADE", Kind: Boolean, Default: "false",
		Help: "upgrade the database schema when the server starts; true by default in development",
		read: into(parseBoolean, func(c *Config) *bool { return &c.AutoUpgrade }),
	},
	{
		Name: "GUNICORN_WORKERS", Kind: Text,
		Help: "accepted without effect: one process uses all cores",
	},
	{
		Name: "DEMO", Kind: Boolean, Default: "false",
		Help: "load demonstration data when the server starts; development only",
		read: into(parseBoolean, func(c *Config) *bool { return &c.Demo }),
	},
}

// secretKeySettings hold the key of the browser login.
var secretKeySettings = []Setting{
	{
		Name: "SECRET_KEY", Kind: Text, Secret: true,
		Help: "key for the cookies of the browser login, at least 16 bytes; required in production" + secretFlagHelp,
		read: into(parseSecret, func(c *Config) *Secret { return &c.SecretKey }),
	},
	{
		Name: "SECRET_KEY_FILE", Kind: File,
		Help: "file that holds SECRET_KEY",
	},
}

// databaseSettings name the database, its pool of connections and its limits.
var databaseSettings = []Setting{
	{
		Name: "DB_DRIVER", Kind: Text,
		Help: "postgres (default when DB_HOST is set) or sqlite (default in development without DB_HOST)",
		read: into(oneOf(Postgres, SQLite), func(c *Config) *Driver { return &c.Database.Driver }),
	},
	{
		Name: "DB_HOST", Kind: Text,
		Help: "host of PostgreSQL (13 or newer), or the folder of its Unix socket",
		read: into(parseText, func(c *Config) *string { return &c.Database.Host }),
	},
	{
		Name: "DB_PORT", Kind: Integer, Default: "5432",
		Help: "port of PostgreSQL",
		read: into(integer(1, 65535), func(c *Config) *int { return &c.Database.Port }),
	},
	{
		Name: "DB_USER", Kind: Text,
		Help: "user of PostgreSQL",
		read: into(parseText, func(c *Config) *string { return &c.Database.User }),
	},
	{
		Name: "DB_PASSWORD", Kind: Text, Secret: true,
		Help: "password of DB_USER, if PostgreSQL asks for one" + secretFlagHelp,
		read: into(parseSecret, func(c *Config) *Secret { return &c.Database.Password }),
	},
	{
		Name: "DB_PASSWORD_FILE", Kind: File,
		Help: "file that holds DB_PASSWORD",
	},
	{
		Name: "DB_NAME", Kind: Text,
		Help: "name of the PostgreSQL database",
		read: into(parseText, func(c *Config) *string { return &c.Database.Name }),
	},
	{
		Name: "DB_SSLMODE", Kind: Text, Default: "prefer",
		Help: "TLS of the connections to PostgreSQL: disable, allow, prefer, require, verify-ca or verify-full",
		read: into(oneOf("disable", "allow", "prefer", "require", "verify-ca", "verify-full"),
			func(c *Config) *string { return &c.Database.SSLMode }),
	},
	{
		Name: "DB_POOLER", Kind: Text, Default: "auto",
		Help: "pooler between this program and PostgreSQL: none, session or transaction, the unit for which a connection keeps its " +
			"session; auto finds it out",
		read: into(oneOf("auto", "none", "session", "transaction"), func(c *Config) *string { return &c.Database.Pooler }),
	},
	{
		Name: "DB_MAX_CONNECTIONS", Kind: Integer, Default: "20",
		Help: "largest number of database connections",
		read: into(integer(1, 1000), func(c *Config) *int { return &c.Database.MaxConnections }),
	},
	{
		Name: "HEAVY_CONNECTIONS", Kind: Integer, Default: "4",
		Help: "largest number of heavy requests, such as filters and searches, at once; at most half of DB_MAX_CONNECTIONS, " +
			"and one client gets at most half of them",
		read: into(integer(1, 1000), func(c *Config) *int { return &c.Database.HeavyConnections }),
	},
	{
		Name: "QUERY_TIMEOUT", Kind: Duration, Default: "10s",
		Help: "longest time of a database query; the server cancels a longer query and answers 503",
		read: into(duration(time.Hour), func(c *Config) *time.Duration { return &c.Database.QueryTimeout }),
	},
	{
		Name: "EXPORT_CONNECTIONS", Kind: Integer, Default: "2",
		Help: "largest number of connections for exports, which are exports under way at once; other requests keep at least one",
		read: into(integer(1, 1000), func(c *Config) *int { return &c.Database.ExportConnections }),
	},
	{
		Name: "EXPORT_TIMEOUT", Kind: Duration, Default: "15m",
		Help: "longest time of an export, reading by the client included; the server cuts a longer one off",
		read: into(duration(24*time.Hour), func(c *Config) *time.Duration { return &c.Database.ExportTimeout }),
	},
	{
		Name: "DATA_DIR", Kind: Text, Default: "./data",
		Help: "folder of the embedded database",
		read: into(parseText, func(c *Config) *string { return &c.Database.DataDir }),
	},
}

// identitySettings say whom the server trusts.
var identitySettings = []Setting{
	{
		Name: "TRUSTED_OP_LIST", Kind: List,
		Default: "https://aai.egi.eu/oidc,https://aai-demo.egi.eu/auth/realms/egi,https://aai-dev.egi.eu/auth/realms/egi",
		Help: "issuers of the trusted OpenID providers, separated by commas, https only; by default in development the " +
			"development provider alone",
		read: into(parseIssuers, func(c *Config) *[]string { return &c.Identity.TrustedIssuers }),
	},
	{
		Name: "OIDC_CLIENT_ID", Kind: Text,
		Help: "client ID for the introspection of opaque tokens",
		read: into(parseText, func(c *Config) *string { return &c.Identity.ClientID }),
	},
	{
		Name: "OIDC_CLIENT_SECRET", Kind: Text, Secret: true,
		Help: "secret of the client OIDC_CLIENT_ID" + secretFlagHelp,
		read: into(parseSecret, func(c *Config) *Secret { return &c.Identity.ClientSecret }),
	},
	{
		Name: "OIDC_CLIENT_SECRET_FILE", Kind: File,
		Help: "file that holds OIDC_CLIENT_SECRET",
	},
	{
		Name: "OIDC_AUDIENCE", Kind: List,
		Help: "audiences of access tokens, separated by commas: aud must contain one of them; not checked by default",
		read: into(parseList, func(c *Config) *[]string { return &c.Identity.Audience }),
	},
	{
		Name: "AUTH_CACHE_TTL", Kind: Duration, Default: "60s",
		Help: "how long the server trusts an accepted token before it asks the provider again",
		read: into(duration(time.Hour), func(c *Config) *time.Duration { return &c.Identity.CacheTime }),
	},
	{
		Name: "ADMIN_ENTITLEMENTS", Kind: List,
		Help: "entitlements of administrators, separated by commas or as a JSON array; required in production",
		read: into(parseEntitlements, func(c *Config) *domain.Entitlements { return &c.Identity.AdminEntitlements }),
	},
	{
		Name: "DEV_OIDC_PUBLIC", Kind: Boolean, Default: "false",
		Help: "serve the development provider also on an address that other machines can reach; development only",
		read: into(parseBoolean, func(c *Config) *bool { return &c.Identity.PublicDevProvider }),
	},
}

// httpSettings are the addresses of the server.
var httpSettings = []Setting{
	{
		Name: "LISTEN_ADDRESS", Kind: Text, Default: ":5000",
		Help: "HOST:PORT or :PORT on which the server listens; 127.0.0.1:5000 by default in development without DB_HOST",
		read: into(parseListenAddress, func(c *Config) *string { return &c.HTTP.ListenAddress }),
	},
	{
		Name: "BACKEND_ROUTE", Kind: Text, Default: "/",
		Help: "public prefix of all paths; the server accepts paths with the prefix and without it",
		read: into(parseRoute, func(c *Config) *string { return &c.HTTP.BackendRoute }),
	},
	{
		Name: "PUBLIC_URL", Kind: Text,
		Help: "public address of the service, prefix included, like https://perf.example.org/api/v1; mails contain links " +
			"only with this address",
		read: into(parsePublicURL, func(c *Config) *string { return &c.HTTP.PublicURL }),
	},
	{
		Name: "CORS_ALLOWED_ORIGINS", Kind: List, Default: "*",
		Help: "origins of the web pages that may call the API, separated by commas; * for all, none for no CORS headers",
		read: into(parseOrigins, func(c *Config) *[]string { return &c.HTTP.AllowedOrigins }),
	},
	{
		Name: "TRUSTED_PROXIES", Kind: List,
		Help: "addresses and networks of the proxies whose forwarded headers the server believes, separated by commas",
		read: into(parseProxies, func(c *Config) *[]netip.Prefix { return &c.HTTP.TrustedProxies }),
	},
}

// imageSettings are the registries of container images.
var imageSettings = []Setting{
	{
		Name: "IMAGE_CHECK", Kind: Boolean, Default: "on",
		Help: "check that the container image of a benchmark exists in its registry; off by default in development",
		read: into(parseBoolean, func(c *Config) *bool { return &c.Images.Check }),
	},
	{
		Name: "IMAGE_REGISTRIES", Kind: List, Default: "docker.io,quay.io,ghcr.io,registry.gitlab.com,nvcr.io,public.ecr.aws",
		Help: "registries that images may come from, and the hosts that issue their tokens, as HOST or HOST:PORT, separated by commas",
		read: into(parseRegistries, func(c *Config) *[]string { return &c.Images.Registries }),
	},
}

// mailSettings name the mail server, the sender and the recipients of copies.
var mailSettings = []Setting{
	{
		Name: "MAIL_SERVER", Kind: Text,
		Help: "name or address of the mail server; without a mail server the log gets the mails",
		read: into(parseHost, func(c *Config) *string { return &c.Mail.Server }),
	},
	{
		Name: "MAIL_PORT", Kind: Integer, Default: "25",
		Help: "port of the mail server",
		read: into(integer(1, 65535), func(c *Config) *int { return &c.Mail.Port }),
	},
	{
		Name: "MAIL_FROM", Kind: Text,
		Help: "sender of mails, like perf@example.org or EOSC Perf <perf@example.org>; required with MAIL_SERVER",
		read: into(parseMailAddress, func(c *Config) *mail.Address { return &c.Mail.From }),
	},
	{
		Name: "MAIL_SUPPORT", Kind: List,
		Help: "addresses that receive copies of mails, separated by commas",
		read: into(parseMailAddresses, func(c *Config) *[]mail.Address { return &c.Mail.Support }),
	},
	{
		Name: "MAIL_USER", Kind: Text,
		Help: "user of the mail server, if the mail server asks for one",
		read: into(parseText, func(c *Config) *string { return &c.Mail.User }),
	},
	{
		Name: "MAIL_PASSWORD", Kind: Text, Secret: true,
		Help: "password of MAIL_USER" + secretFlagHelp,
		read: into(parseSecret, func(c *Config) *Secret { return &c.Mail.Password }),
	},
	{
		Name: "MAIL_PASSWORD_FILE", Kind: File,
		Help: "file that holds MAIL_PASSWORD",
	},
	{
		Name: "MAIL_TLS", Kind: Text, Default: "none",
		Help: "none, starttls or tls; starttls and tls require TLS and a valid certificate of MAIL_SERVER",
		read: into(oneOf(MailNoTLS, MailStartTLS, MailImplicitTLS), func(c *Config) *MailTLS { return &c.Mail.TLS }),
	},
	{
		Name: "MAIL_HELO", Kind: Text,
		Help: "name of this server in EHLO; by default the machine's name if it has a dot, else the host of PUBLIC_URL, else the domain of " +
			"MAIL_FROM",
		read: into(parseHelo, func(c *Config) *string { return &c.Mail.Helo }),
	},
}

// limitSettings bound the size of requests.
var limitSettings = []Setting{
	{
		Name: "BODY_LIMIT", Kind: Integer, Default: "1048576",
		Help: "largest body of a request in bytes; numbers count in their plain decimal form",
		read: into(integer(kibi, gibi), func(c *Config) *int { return &c.Limits.Body }),
	},
	{
		Name: "TOKEN_LIMIT", Kind: Integer, Default: "49152",
		Help: "largest access token in bytes; HEADER_LIMIT bounds it too",
		read: into(integer(kibi, mebi), func(c *Config) *int { return &c.Limits.Token }),
	},
	{
		Name: "JSON_DEPTH_LIMIT", Kind: Integer, Default: "64",
		Help: "deepest nesting of arrays and objects in a body",
		read: into(integer(1, 128), func(c *Config) *int { return &c.Limits.JSONDepth }),
	},
	{
		Name: "NUMBER_EXPONENT_LIMIT", Kind: Integer, Default: "308",
		Help: "largest absolute exponent of a number in a body",
		read: into(integer(0, 308), func(c *Config) *int { return &c.Limits.NumberExponent }),
	},
	{
		Name: "FILTER_LIMIT", Kind: Integer, Default: "20",
		Help: "largest number of filters in a request",
		read: into(integer(1, 1000), func(c *Config) *int { return &c.Limits.Filters }),
	},
	{
		Name: "TERM_LIMIT", Kind: Integer, Default: "20",
		Help: "largest number of search terms in a request",
		read: into(integer(1, 1000), func(c *Config) *int { return &c.Limits.Terms }),
	},
	{
		Name: "TAG_LIMIT", Kind: Integer, Default: "100",
		Help: "largest number of tags in a request",
		read: into(integer(1, 1000), func(c *Config) *int { return &c.Limits.Tags }),
	},
	{
		Name: "SORT_LIMIT", Kind: Integer, Default: "20",
		Help: "largest number of sort fields in a request",
		read: into(integer(1, 100), func(c *Config) *int { return &c.Limits.SortKeys }),
	},
	{
		Name: "PATH_LIMIT", Kind: Integer, Default: "16",
		Help: "largest number of parts in a dotted path into a result",
		read: into(integer(1, 128), func(c *Config) *int { return &c.Limits.PathParts }),
	},
	{
		Name: "REQUEST_MEMORY", Kind: Integer, Default: "67108864",
		Help: "memory in bytes for the decoded bodies of all requests; one client gets at most half of it, and other requests wait " +
			"for their turn",
		read: into(integer(mebi, 64*gibi), func(c *Config) *int { return &c.Limits.RequestMemory }),
	},
	{
		Name: "SPOOL_LIMIT", Kind: Integer, Default: "1073741824",
		Help: "space in bytes for large bodies and answers, in temporary files in the folder that TMPDIR names (/tmp by default); " +
			"one client gets at most half of it",
		read: into(integer(mebi, 1024*gibi), func(c *Config) *int { return &c.Limits.Spool }),
	},
	{
		Name: "CONNECTION_LIMIT", Kind: Integer, Default: "4096",
		Help: "largest number of connections of clients, and at most half of the files that the process may open; one client " +
			"that is no trusted proxy gets at most a quarter",
		read: into(integer(4, 1_000_000), func(c *Config) *int { return &c.Limits.Connections }),
	},
	{
		Name: "HEADER_LIMIT", Kind: Integer, Default: "65536",
		Help: "largest headers of a request in bytes",
		read: into(integer(4*kibi, 16*mebi), func(c *Config) *int { return &c.HTTP.HeaderLimit }),
	},
}

// timeSettings bound the duration of requests and of a stop.
var timeSettings = []Setting{
	{
		Name: "READ_TIMEOUT", Kind: Duration, Default: "15s",
		Help: "longest time to read a request",
		read: into(duration(time.Hour), func(c *Config) *time.Duration { return &c.HTTP.ReadTimeout }),
	},
	{
		Name: "WRITE_TIMEOUT", Kind: Duration, Default: "60s",
		Help: "longest time from the end of a request's headers to the end of the answer; an answer of more than 1 MiB has this " +
			"time for each MiB",
		read: into(duration(time.Hour), func(c *Config) *time.Duration { return &c.HTTP.WriteTimeout }),
	},
	{
		Name: "IDLE_TIMEOUT", Kind: Duration, Default: "2m",
		Help: "how long an idle connection stays open",
		read: into(duration(time.Hour), func(c *Config) *time.Duration { return &c.HTTP.IdleTimeout }),
	},
	{
		Name: "REQUEST_TIMEOUT", Kind: Duration, Default: "30s",
		Help: "longest time to process a request, database included; must be shorter than WRITE_TIMEOUT",
		read: into(duration(time.Hour), func(c *Config) *time.Duration { return &c.HTTP.RequestTimeout }),
	},
	{
		Name: "SHUTDOWN_DELAY", Kind: Duration, Default: "1s",
		Help: "how long a stopping server reports that it is not ready before it refuses requests; 0s by default in development",
		read: into(delay(longestStop), func(c *Config) *time.Duration { return &c.HTTP.ShutdownDelay }),
	},
	{
		Name: "SHUTDOWN_TIMEOUT", Kind: Duration, Default: "8s",
		Help: "longest wait for open requests when the server stops; together with SHUTDOWN_DELAY it must be shorter than 10s",
		read: into(duration(longestStop), func(c *Config) *time.Duration { return &c.HTTP.ShutdownTimeout }),
	},
}

// operationSettings are the addresses of metrics and profiles.
var operationSettings = []Setting{
	{
		Name: "METRICS_ADDRESS", Kind: Text,
		Help: "HOST:PORT or :PORT that serves /metrics for Prometheus; off by default",
		read: into(parseListenAddress, func(c *Config) *string { return &c.Operation.MetricsAddress }),
	},
	{
		Name: "PPROF_ADDRESS", Kind: Text,
		Help: "loopback HOST:PORT that serves /debug/pprof/; off by default",
		read: into(parseLoopbackAddress, func(c *Config) *string { return &c.Operation.ProfileAddress }),
	},
}

// logSettings choose the level and the format of the log.
var logSettings = []Setting{
	{
		Name: "LOG_LEVEL", Kind: Text, Default: "info",
		Help: "debug, info, warn or error",
		read: into(parseLevel, func(c *Config) *slog.Level { return &c.Log.Level }),
	},
	{
		Name: "LOG_FORMAT", Kind: Text, Default: "json",
		Help: "json or text; text by default in development",
		read: into(oneOf(JSONLog, TextLog), func(c *Config) *LogFormat { return &c.Log.Format }),
	},
}
