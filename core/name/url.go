package name

import (
	"net/url"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// URLFault returns what is wrong with the address of a page, as a sentence for who sent it;
// "" if nothing is. An address begins with http:// or https://, names a host, and has only
// printable characters and no blanks. It has no user and no password: everybody would read them,
// and text before @ looks like a host.
func URLFault(text string) string {
	const form = "Not an address of a page, like https://example.org/benchmark"
	if text == "" {
		return empty
	}
	if !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return r == ' ' || !unicode.IsPrint(r) }) {
		return form + ": it has a blank, or a character that is not printable."
	}
	address, err := url.Parse(text)
	switch {
	case err != nil:
		return form + "."
	case address.Scheme != "http" && address.Scheme != "https":
		return form + ": it does not begin with http:// or https://."
	case strings.Trim(address.Hostname(), ".") == "" || !isPort(address.Port()):
		return form + ": it names no host."
	case address.User != nil:
		return form + ": it has a user or a password before the host."
	}
	return ""
}

// isPort reports whether the text is a port, or empty.
func isPort(text string) bool {
	_, err := strconv.ParseUint(text, 10, 16)
	return text == "" || err == nil
}
