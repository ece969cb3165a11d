package config

import (
	"log/slog"
)

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
