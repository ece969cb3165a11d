package config

import (
	"log/slog"
)

// operationSettings are the addresses of metrics and profiles.
var operationSettings = []Setting{
	{
		Name: "METRICS_ADDRESS", Kind: Text,
		Help: "HOST:PORT or :PORT on which the server serves /metrics for Prometheus; without it there are no metrics",
		read: into(parseListenAddress, func(c *Config) *string { return &c.Operation.MetricsAddress }),
	},
	{
		Name: "PPROF_ADDRESS", Kind: Text,
		Help: "loopback HOST:PORT on which the server serves /debug/pprof/; without it there are no profiles",
		read: into(parseLoopbackAddress, func(c *Config) *string { return &c.Operation.ProfileAddress }),
	},
}

// logSettings choose the level and the format of the log.
var logSettings = []Setting{
	{
		Name: "LOG_LEVEL", Kind: Text, Default: "info",
		Help: "lowest level that the log has",
		read: within(level, func(c *Config) *slog.Level { return &c.Log.Level }),
	},
	{
		Name: "LOG_FORMAT", Kind: Text, Default: "json",
		Help: "format of the log; text by default in development",
		read: within(oneOf(JSONLog, TextLog), func(c *Config) *LogFormat { return &c.Log.Format }),
	},
}
