package config

import (
	"time"
)

// databaseSettings name the database, its pool of connections and its limits.
var databaseSettings = []Setting{
	{
		Name: "DB_DRIVER", Kind: Text,
		Help: "kind of database: PostgreSQL, or the embedded SQLite; by default postgres if DB_HOST is set, and sqlite " +
			"in development without DB_HOST",
		read: within(oneOf(Postgres, SQLite), func(c *Config) *Driver { return &c.Database.Driver }),
	},
	{
		Name: "DB_HOST", Kind: Text,
		Help: "host of PostgreSQL (13 or newer), or the folder of its Unix socket",
		read: into(parseText, func(c *Config) *string { return &c.Database.Host }),
	},
	{
		Name: "DB_PORT", Kind: Integer, Default: "5432",
		Help: "port of PostgreSQL",
		read: within(integer(1, 65535), func(c *Config) *int { return &c.Database.Port }),
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
		Help: "TLS of the connections to PostgreSQL; the values mean what they mean for PostgreSQL's own programs",
		read: within(oneOf("disable", "allow", "prefer", "require", "verify-ca", "verify-full"),
			func(c *Config) *string { return &c.Database.SSLMode }),
	},
	{
		Name: "DB_POOLER", Kind: Text, Default: "auto",
		Help: "pooler between this program and PostgreSQL, by the unit for which a connection keeps its session; auto finds it out",
		read: within(oneOf("auto", "none", "session", "transaction"), func(c *Config) *string { return &c.Database.Pooler }),
	},
	{
		Name: "DB_MAX_CONNECTIONS", Kind: Integer, Default: "20",
		Help: "largest number of database connections",
		read: within(integer(1, 1000), func(c *Config) *int { return &c.Database.MaxConnections }),
	},
	{
		Name: "HEAVY_CONNECTIONS", Kind: Integer, Default: "4",
		Help: "largest number of heavy requests, such as filters and searches, at once; at most half of DB_MAX_CONNECTIONS, " +
			"and one client gets at most half of them",
		read: within(integer(1, 1000), func(c *Config) *int { return &c.Database.HeavyConnections }),
	},
	{
		Name: "QUERY_TIMEOUT", Kind: Duration, Default: "10s",
		Help: "longest time of a database query; the server cancels a longer query and answers 503",
		read: within(duration(time.Hour), func(c *Config) *time.Duration { return &c.Database.QueryTimeout }),
	},
	{
		Name: "EXPORT_CONNECTIONS", Kind: Integer, Default: "2",
		Help: "largest number of exports at once; at most a quarter of DB_MAX_CONNECTIONS, less one, because each export keeps a connection",
		read: within(integer(1, 1000), func(c *Config) *int { return &c.Database.ExportConnections }),
	},
	{
		Name: "EXPORT_TIMEOUT", Kind: Duration, Default: "15m",
		Help: "longest time of an export, including the time that the client needs to read it; the server ends a longer export",
		read: within(duration(24*time.Hour), func(c *Config) *time.Duration { return &c.Database.ExportTimeout }),
	},
	{
		Name: "DATA_DIR", Kind: Text, Default: "./data",
		Help: "folder of the embedded database",
		read: into(parseText, func(c *Config) *string { return &c.Database.DataDir }),
	},
}
