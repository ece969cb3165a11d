package config

import (
	"time"
)

// limitSettings bound the size of requests.
var limitSettings = []Setting{
	{
		Name: "BODY_LIMIT", Kind: Integer, Default: "1048576",
		Help: "largest body of a request in bytes; numbers count in their plain decimal form",
		read: within(size(kibi, gibi), func(c *Config) *int { return &c.Limits.Body }),
	},
	{
		Name: "TOKEN_LIMIT", Kind: Integer, Default: "49152",
		Help: "largest access token in bytes; HEADER_LIMIT bounds it too",
		read: within(size(kibi, mebi), func(c *Config) *int { return &c.Limits.Token }),
	},
	{
		Name: "JSON_DEPTH_LIMIT", Kind: Integer, Default: "64",
		Help: "deepest nesting of arrays and objects in a body",
		read: within(integer(1, 128), func(c *Config) *int { return &c.Limits.JSONDepth }),
	},
	{
		Name: "NUMBER_EXPONENT_LIMIT", Kind: Integer, Default: "308",
		Help: "largest absolute exponent of a number in a body",
		read: within(integer(0, 308), func(c *Config) *int { return &c.Limits.NumberExponent }),
	},
	{
		Name: "FILTER_LIMIT", Kind: Integer, Default: "20",
		Help: "largest number of filters in a request",
		read: within(integer(1, 1000), func(c *Config) *int { return &c.Limits.Filters }),
	},
	{
		Name: "TERM_LIMIT", Kind: Integer, Default: "20",
		Help: "largest number of search terms in a request",
		read: within(integer(1, 1000), func(c *Config) *int { return &c.Limits.Terms }),
	},
	{
		Name: "TAG_LIMIT", Kind: Integer, Default: "100",
		Help: "largest number of tags in a request",
		read: within(integer(1, 1000), func(c *Config) *int { return &c.Limits.Tags }),
	},
	{
		Name: "SORT_LIMIT", Kind: Integer, Default: "20",
		Help: "largest number of sort fields in a request",
		read: within(integer(1, 100), func(c *Config) *int { return &c.Limits.SortKeys }),
	},
	{
		Name: "PATH_LIMIT", Kind: Integer, Default: "16",
		Help: "largest number of parts in a dotted path into a result",
		read: within(integer(1, 128), func(c *Config) *int { return &c.Limits.PathParts }),
	},
	{
		Name: "REQUEST_MEMORY", Kind: Integer, Default: "67108864",
		Help: "memory in bytes for the decoded bodies of all requests; one client gets at most half of it, and other requests wait " +
			"for their turn",
		read: within(size(mebi, 64*gibi), func(c *Config) *int { return &c.Limits.RequestMemory }),
	},
	{
		Name: "SPOOL_LIMIT", Kind: Integer, Default: "1073741824",
		Help: "space in bytes for large bodies and answers, in temporary files in the folder that TMPDIR names (/tmp by default); " +
			"one client gets at most half of it",
		read: within(size(mebi, 1024*gibi), func(c *Config) *int { return &c.Limits.Spool }),
	},
	{
		Name: "CONNECTION_LIMIT", Kind: Integer, Default: "4096",
		Help: "largest number of connections of clients, and at most half of the files that the process may open; one client " +
			"that is no trusted proxy gets at most a quarter",
		read: within(integer(4, 1_000_000), func(c *Config) *int { return &c.Limits.Connections }),
	},
	{
		Name: "HEADER_LIMIT", Kind: Integer, Default: "65536",
		Help: "largest headers of a request in bytes",
		read: within(size(4*kibi, 16*mebi), func(c *Config) *int { return &c.HTTP.HeaderLimit }),
	},
}

// timeSettings bound the duration of requests and of a stop.
var timeSettings = []Setting{
	{
		Name: "READ_TIMEOUT", Kind: Duration, Default: "15s",
		Help: "longest time to read a request",
		read: within(duration(time.Hour), func(c *Config) *time.Duration { return &c.HTTP.ReadTimeout }),
	},
	{
		Name: "WRITE_TIMEOUT", Kind: Duration, Default: "60s",
		Help: "longest time from the end of a request's headers to the end of the answer; an answer of more than 1 MiB has this " +
			"time for each MiB",
		read: within(duration(time.Hour), func(c *Config) *time.Duration { return &c.HTTP.WriteTimeout }),
	},
	{
		Name: "IDLE_TIMEOUT", Kind: Duration, Default: "2m",
		Help: "how long an idle connection stays open",
		read: within(duration(time.Hour), func(c *Config) *time.Duration { return &c.HTTP.IdleTimeout }),
	},
	{
		Name: "REQUEST_TIMEOUT", Kind: Duration, Default: "30s",
		Help: "longest time to process a request, database included; must be shorter than WRITE_TIMEOUT",
		read: within(duration(time.Hour), func(c *Config) *time.Duration { return &c.HTTP.RequestTimeout }),
	},
	{
		Name: "SHUTDOWN_DELAY", Kind: Duration, Default: "1s",
		Help: "how long a stopping server reports that it is not ready before it refuses requests; 0s by default in development",
		read: within(delay(longestStop), func(c *Config) *time.Duration { return &c.HTTP.ShutdownDelay }),
	},
	{
		Name: "SHUTDOWN_TIMEOUT", Kind: Duration, Default: "8s",
		Help: "longest wait for open requests when the server stops; together with SHUTDOWN_DELAY it must be shorter than 10s",
		read: within(duration(longestStop), func(c *Config) *time.Duration { return &c.HTTP.ShutdownTimeout }),
	},
}
