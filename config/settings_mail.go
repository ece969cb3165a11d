package config

import (
	"net/mail"
)

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
		read: within(integer(1, 65535), func(c *Config) *int { return &c.Mail.Port }),
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
		Help: "TLS of the connection to the mail server; starttls and tls require a valid certificate of MAIL_SERVER",
		read: within(oneOf(MailNoTLS, MailStartTLS, MailImplicitTLS), func(c *Config) *MailTLS { return &c.Mail.TLS }),
	},
	{
		Name: "MAIL_HELO", Kind: Text,
		Help: "name of this server in EHLO; by default the machine's name if it has a dot, else the host of PUBLIC_URL, else the domain of " +
			"MAIL_FROM",
		read: into(parseHelo, func(c *Config) *string { return &c.Mail.Helo }),
	},
}
