package mail

import (
	"net"
	"regexp"
	"strings"
)

// fullName is a host name with a dot, as mail servers ask for (RFC 5321, section 2.3.5).
var fullName = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)+$`)

// maxName is in bytes (RFC 1035, section 2.3.4).
const maxName = 253

// heloName returns the name by which the client introduces itself: the setting, or the
// first of these that is a full host name: the machine's, that of the public address,
// the domain of the sender. Relays refuse others, such as the id of a container.
func heloName(c Config, machine string) string {
	if c.Helo != "" {
		return c.Helo
	}
	_, host := splitAddress(c.From.Address)
	for _, name := range []string{machine, asciiDomain(c.PublicHost), asciiDomain(host)} {
		if len(name) <= maxName && fullName.MatchString(name) && net.ParseIP(name) == nil {
			return strings.ToLower(name)
		}
	}
	return "localhost"
}
