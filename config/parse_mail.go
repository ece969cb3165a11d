package config

import (
	"errors"
	"fmt"
	"net/mail"
	"net/netip"
	"regexp"
	"strings"

	"golang.org/x/net/idna"
)

var hostName = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?\.?$`)

// parseHost reads a host name or an IP address without a port.
func parseHost(value string) (string, error) {
	if _, err := netip.ParseAddr(value); err != nil && !hostName.MatchString(value) {
		return "", fmt.Errorf("%s is not a host like mail.example.org or 10.0.0.25, without a port", quote(value))
	}
	return value, nil
}

// fullName matches host names with a dot (RFC 1123, section 2.1): no mail server takes an underscore.
var fullName = regexp.MustCompile(`^([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$`)

// longestName is in bytes (RFC 1035, section 2.3.4).
const longestName = 253

// parseHelo reads a host name with a dot, or an address literal (RFC 5321, section 4.1.3). An internationalised
// name gets its ASCII form, and a name with a dot at its end loses that: the protocol has none.
func parseHelo(value string) (string, error) {
	if isLiteral(value) {
		return value, nil
	}
	name := strings.TrimSuffix(value, ".")
	if ascii, err := idna.Lookup.ToASCII(name); err == nil && ascii != strings.ToLower(name) {
		name = ascii
	}
	if _, err := netip.ParseAddr(name); err == nil || len(name) > longestName || !fullName.MatchString(name) {
		return "", fmt.Errorf("%s is neither a host name with a dot, like perf.example.org, nor an address like [192.0.2.1] or "+
			"[IPv6:2001:db8::1]; mail servers refuse other names", quote(value))
	}
	return name, nil
}

// isLiteral tells whether the value is an address literal of a mail server.
func isLiteral(value string) bool {
	literal, bracketed := strings.CutPrefix(value, "[")
	literal, closed := strings.CutSuffix(literal, "]")
	literal, tagged := strings.CutPrefix(literal, "IPv6:")
	address, err := netip.ParseAddr(literal)
	return bracketed && closed && err == nil && address.Zone() == "" && address.Is6() == tagged
}

func parseMailAddress(value string) (mail.Address, error) {
	address, err := mail.ParseAddress(value)
	if err != nil {
		return mail.Address{}, errors.New("is not an address like perf@example.org or EOSC Perf <perf@example.org>")
	}
	return *address, nil
}

// parseMailAddresses reads a list of addresses. Names in quotes may contain commas.
func parseMailAddresses(value string) ([]mail.Address, error) {
	list, err := mail.ParseAddressList(value)
	if err != nil {
		return nil, errors.New("is not a list of addresses like support@example.org, Admins <admins@example.org>")
	}
	addresses := make([]mail.Address, len(list))
	for i, address := range list {
		addresses[i] = *address
	}
	return addresses, nil
}
