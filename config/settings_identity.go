package config

import (
	"time"

	"github.com/eosc-perf/backend/core/domain"
)

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
	{
		Name: "SECRET_KEY_PREVIOUS", Kind: Text, Secret: true,
		Help: "the SECRET_KEY before the last change, so that sessions survive the change" + secretFlagHelp,
		read: into(parseSecret, func(c *Config) *Secret { return &c.PreviousSecretKey }),
	},
	{
		Name: "SECRET_KEY_PREVIOUS_FILE", Kind: File,
		Help: "file that holds SECRET_KEY_PREVIOUS",
	},
}

// identitySettings say whom the server trusts.
var identitySettings = []Setting{
	{
		Name: "TRUSTED_OP_LIST", Kind: List,
		Default: "https://aai.egi.eu/auth/realms/egi,https://aai.egi.eu/oidc," +
			"https://aai-demo.egi.eu/auth/realms/egi,https://aai-dev.egi.eu/auth/realms/egi",
		Help: "issuers of the trusted OpenID providers, separated by commas, https only; by default in development the " +
			"development provider alone",
		read: into(parseIssuers, func(c *Config) *[]string { return &c.Identity.TrustedIssuers }),
	},
	{
		Name: "OIDC_CLIENT_ID", Kind: Text,
		Help: "ID of this server's client at the identity provider, for the login of browsers and for the introspection of opaque tokens",
		read: into(parseText, func(c *Config) *string { return &c.Identity.ClientID }),
	},
	{
		Name: "OIDC_CLIENT_SECRET", Kind: Text, Secret: true,
		Help: "secret of the client OIDC_CLIENT_ID; without a secret the client is a public one, and does not introspect" + secretFlagHelp,
		read: into(parseSecret, func(c *Config) *Secret { return &c.Identity.ClientSecret }),
	},
	{
		Name: "OIDC_CLIENT_SECRET_FILE", Kind: File,
		Help: "file that holds OIDC_CLIENT_SECRET",
	},
	{
		Name: "OIDC_ISSUER", Kind: Text,
		Help: "issuer of the identity provider at which OIDC_CLIENT_ID logs browsers in; by default the first of TRUSTED_OP_LIST",
		read: into(parseIssuer, func(c *Config) *string { return &c.Identity.LoginIssuer }),
	},
	{
		Name: "OIDC_PROVIDERS_FILE", Kind: File,
		Help: "YAML file with several identity providers and this server's client at each, in place of OIDC_CLIENT_ID and OIDC_ISSUER",
	},
	{
		Name: "ENTITLEMENT_CLAIMS", Kind: List, Default: "eduperson_entitlement,entitlements,wlcg.groups",
		Help: "claims of userinfo and access tokens that hold groups and entitlements, separated by commas",
		read: into(parseList, func(c *Config) *[]string { return &c.Identity.EntitlementClaims }),
	},
	{
		Name: "OIDC_AUDIENCE", Kind: List,
		Help: "audiences of access tokens, separated by commas: aud must contain one of them; not checked by default",
		read: into(parseList, func(c *Config) *[]string { return &c.Identity.Audience }),
	},
	{
		Name: "AUTH_CACHE_TTL", Kind: Duration, Default: "60s",
		Help: "how long the server trusts an accepted token before it asks the provider again",
		read: within(duration(time.Hour), func(c *Config) *time.Duration { return &c.Identity.CacheTime }),
	},
	{
		Name: "ADMIN_ENTITLEMENTS", Kind: List,
		Help: "entitlements of administrators, separated by commas or as a JSON array; required in production",
		read: into(parseEntitlements, func(c *Config) *domain.Entitlements { return &c.Identity.AdminEntitlements }),
	},
	{
		Name: "DEV_OIDC_PUBLIC", Kind: Boolean, Default: "false",
		Help: "serve the development provider also on an address that other machines can reach; development only",
		read: within(boolean, func(c *Config) *bool { return &c.Identity.PublicDevProvider }),
	},
}
