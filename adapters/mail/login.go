package mail

import (
	"fmt"
	"slices"

	"github.com/wneessen/go-mail/smtp"
)

// login chooses the best mechanism that the server offers. Whether the password
// may go over an open connection was decided by the settings.
type login struct {
	user, password string
	chosen         smtp.Auth
}

// Start implements smtp.Auth.
func (l *login) Start(server *smtp.ServerInfo) (proto string, toServer []byte, err error) {
	for _, mechanism := range []struct {
		name string
		auth smtp.Auth
	}{
		{"SCRAM-SHA-256", smtp.ScramSHA256Auth(l.user, l.password)},
		{"SCRAM-SHA-1", smtp.ScramSHA1Auth(l.user, l.password)},
		{"CRAM-MD5", smtp.CRAMMD5Auth(l.user, l.password)},
		{"PLAIN", smtp.PlainAuth("", l.user, l.password, server.Name, true)},
		{"LOGIN", smtp.LoginAuth(l.user, l.password, server.Name, true)},
	} {
		if slices.Contains(server.Auth, mechanism.name) {
			l.chosen = mechanism.auth
			return l.chosen.Start(server)
		}
	}
	return "", nil, fmt.Errorf("it offers no way that we know: %q", server.Auth)
}

// Next implements smtp.Auth.
func (l *login) Next(fromServer []byte, more bool) ([]byte, error) {
	return l.chosen.Next(fromServer, more)
}
