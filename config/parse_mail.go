package config

import (
	"errors"
	"fmt"
	"net/mail"
	"net/netip"
	"regexp"
	"strings"
)

var hostName = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?\.?$`)

// parseHost reads a host name or an IP address without a port.
func parseHost(value string) (string, error) {
	if _, err := netip.ParseAddr(value); err != nil && !hostName.MatchString(value) {
		return "", fmt.Errorf("%s is not a host like mail.example.org or 10.0.0.25, without a port", quote(value))
	}
	return value, nil
}

// parseHelo reads a host name with a dot, or an address literal (RFC 5321, section 4.1.3).
func parseHelo(value string) (string, error) {
	literal, bracketed := strings.CutPrefix(value, "[")
	literal, closed := strings.CutSuffix(literal, "]")
	literal, tagged := strings.CutPrefix(literal, "IPv6:")
	address, err := netip.ParseAddr(literal)
	isLiteral := bracketed && closed && err == nil && address.Is6() == tagged
	isName := err != nil && hostName.MatchString(value) && strings.Contains(value, ".")
	if !isLiteral && !isName {
		return "", fmt.Errorf("%s is neither a host name with a dot, like perf.example.org, nor an address like [192.0.2.1] or "+
			"[IPv6:2001:db8::1]",
			quote(value))
	}
	return value, nil
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
