package config

import (
	"net/netip"
)

// httpSettings are the addresses of the server.
var httpSettings = []Setting{
	{
		Name: "LISTEN_ADDRESS", Kind: Text, Default: ":5000",
		Help: "HOST:PORT or :PORT on which the server listens; 127.0.0.1:5000 by default in development without DB_HOST",
		read: into(parseListenAddress, func(c *Config) *string { return &c.HTTP.ListenAddress }),
	},
	{
		Name: "TLS_CERT_FILE", Kind: File,
		Help: "file with the certificate and its chain, in PEM, to serve TLS without a proxy; it is read again when it changes",
		read: into(parseText, func(c *Config) *string { return &c.HTTP.CertFile }),
	},
	{
		Name: "TLS_KEY_FILE", Kind: File,
		Help: "file with the key of TLS_CERT_FILE, in PEM",
		read: into(parseText, func(c *Config) *string { return &c.HTTP.KeyFile }),
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
		Name: "START_PAGE", Kind: Text, Default: "api",
		Help: "page at the public address: api is the API page, and ui leads to the web pages at /ui/; the API page is always at /ui/api too",
		read: within(oneOf(APIStart, UIStart), func(c *Config) *StartPage { return &c.HTTP.StartPage }),
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
		read: within(boolean, func(c *Config) *bool { return &c.Images.Check }),
	},
	{
		Name: "IMAGE_REGISTRIES", Kind: List, Default: "docker.io,quay.io,ghcr.io,registry.gitlab.com,nvcr.io,public.ecr.aws",
		Help: "registries that images may come from, and the hosts that issue their tokens, as HOST or HOST:PORT, separated by commas",
		read: into(parseRegistries, func(c *Config) *[]string { return &c.Images.Registries }),
	},
}
