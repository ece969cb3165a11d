package config

import (
	"errors"
	"fmt"
	"net/mail"
	"net/netip"
	"regexp"
)

var hostName = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?\.?$`)

// parseHost reads a host name or an IP address without a port.
func parseHost(value string) (string, error) {
	if _, err := netip.ParseAddr(value); err != nil && !hostName.MatchString(value) {
		return "", fmt.Errorf("%s is not a host like mail.example.org or 10.0.0.25, without a port", quote(value))
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
