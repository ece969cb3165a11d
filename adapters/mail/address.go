package mail

import (
	"errors"
	"fmt"
	"net/mail"
	"slices"
	"strings"

	"golang.org/x/net/idna"

	"github.com/eosc-perf/backend/core/domain"
)

// longestAddress is in bytes (RFC 5321, 4.5.3.1.3, without its brackets).
const longestAddress = 254

// receiver is an address that gets a mail.
type receiver struct {
	// name is the address as the core knows it.
	name string
	// address is the same in the form in which it travels.
	address mail.Address
	// setting is true if the operator chose the address, false if it is the mail's own.
	setting bool
}

// path returns an address for the commands MAIL and RCPT (RFC 5321, section 4.1.2).
func path(a mail.Address) string { return (&mail.Address{Address: a.Address}).String() }

// parseAddress reads a bare address, without a name or anything else around it. The
// local part may be in quotes. The domain of the result is in ASCII if it can be.
func parseAddress(text string) (*mail.Address, error) {
	if err := domain.CheckLine(text, longestAddress); err != nil {
		return nil, fmt.Errorf("it %w", err)
	}
	parsed, err := mail.ParseAddress(text)
	if err != nil {
		return nil, err
	}
	_, host := splitAddress(parsed.Address)
	quoted := strings.HasPrefix(text, `"`) && strings.HasSuffix(text, `"@`+host)
	if parsed.Address != text && !quoted {
		return nil, errors.New("there is something around it")
	}
	ascii := withASCIIDomain(*parsed)
	return &ascii, nil
}

// splitAddress returns the local part and the domain.
func splitAddress(address string) (local, host string) {
	at := strings.LastIndexByte(address, '@')
	return address[:max(at, 0)], address[at+1:]
}

// withASCIIDomain returns the address with its domain in the ASCII form of
// internationalised names (RFC 5891), so that every server takes it. An address whose
// local part is not in ASCII stays as it is: it needs SMTPUTF8 (RFC 6531) anyway.
func withASCIIDomain(a mail.Address) mail.Address {
	local, host := splitAddress(a.Address)
	if isASCII(local) {
		a.Address = local + "@" + asciiDomain(host)
	}
	return a
}

// asciiDomain returns the name in ASCII, or as it is if it is none.
func asciiDomain(name string) string {
	if isASCII(name) {
		return name
	}
	ascii, err := idna.Lookup.ToASCII(name)
	if err != nil {
		return name
	}
	return ascii
}

func isASCII(text string) bool {
	return !slices.ContainsFunc([]byte(text), func(b byte) bool { return b >= 0x80 })
}
