// Package sender wires the sender of mails to the settings. It is a package of its own,
// so that only programs that send mails contain a mail client.
package sender

import (
	"net/url"

	"github.com/eosc-perf/backend/adapters/mail"
	"github.com/eosc-perf/backend/config"
)

// New makes the sender for the mail server that the settings name.
func New(cfg *config.Config) *mail.SMTP {
	settings := cfg.Mail
	c := mail.Config{
		Server: settings.Server, Port: settings.Port, TLS: mail.TLS(settings.TLS),
		User: settings.User, Password: settings.Password.Reveal(),
		From: settings.From, Support: settings.Support, Helo: settings.Helo,
	}
	// The settings have checked the URL.
	if public, err := url.Parse(cfg.HTTP.PublicURL); err == nil {
		c.PublicHost = public.Hostname()
	}
	return mail.NewSMTP(c)
}
