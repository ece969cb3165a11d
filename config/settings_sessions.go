package config

import "time"

// sessionSettings bound the sessions of browsers.
var sessionSettings = []Setting{
	{
		Name: "SESSION_IDLE", Kind: Duration, Default: "12h",
		Help: "how long a browser stays logged in without a request",
		read: within(duration(30*24*time.Hour), func(c *Config) *time.Duration { return &c.Sessions.Idle }),
	},
	{
		Name: "SESSION_LIFETIME", Kind: Duration, Default: "168h",
		Help: "how long a browser stays logged in at most",
		read: within(duration(90*24*time.Hour), func(c *Config) *time.Duration { return &c.Sessions.Lifetime }),
	},
	{
		Name: "SESSION_QUOTA", Kind: Integer, Default: "20",
		Help: "largest number of sessions of one person; administrators may have more",
		read: within(integer(1, 1000), func(c *Config) *int { return &c.Sessions.Quota }),
	},
	{
		Name: "TERMS_URL", Kind: Text,
		Help: "address of the terms of use, which people see before they register",
		read: into(parsePageURL, func(c *Config) *string { return &c.Sessions.TermsURL }),
	},
	{
		Name: "PRIVACY_URL", Kind: Text,
		Help: "address of the privacy policy, which people see before they register",
		read: into(parsePageURL, func(c *Config) *string { return &c.Sessions.PrivacyURL }),
	},
}
