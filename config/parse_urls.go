package config

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// unreserved matches paths of unreserved characters (RFC 3986, section 2.3).
var unreserved = regexp.MustCompile(`^[A-Za-z0-9._~/-]*$`)

// parseRoute returns "/", or a path that begins with one slash and does not end with a
// slash.
func parseRoute(value string) (string, error) {
	if !unreserved.MatchString(value) {
		return "", fmt.Errorf("%s is not a path like /api/v1 of letters, digits and - . _ ~", quote(value))
	}
	parts := slices.DeleteFunc(strings.Split(value, "/"), func(part string) bool { return part == "" })
	if slices.Contains(parts, ".") || slices.Contains(parts, "..") {
		return "", fmt.Errorf("%s has a part . or .., which clients resolve themselves", quote(value))
	}
	if len(parts) > 0 && parts[0] == "ui" {
		return "", fmt.Errorf("%s begins with /ui, below which all pages are", quote(value))
	}
	return "/" + strings.Join(parts, "/"), nil
}

// parseIssuers returns URLs of OpenID providers as the operator wrote them. Of two URLs
// that differ only in a final slash it returns the first. Other spellings of one address are an error: tokens
// and the provider's description have one of them, and nobody but the provider knows which.
func parseIssuers(value string) ([]string, error) {
	items := list(value)
	if len(items) == 0 {
		return nil, errors.New("names no issuer; leave it out for the default")
	}
	issuers, err := each(items, func(item string) (string, error) { return item, checkIssuer(item) })
	seen := map[string]string{}
	issuers = slices.DeleteFunc(issuers, func(issuer string) bool {
		key := addressOf(issuer)
		first, again := seen[key]
		if again && strings.TrimSuffix(first, "/") != strings.TrimSuffix(issuer, "/") {
			err = errors.Join(err, fmt.Errorf("%s and %s are one address in two spellings; keep the one that the provider's "+
				"/.well-known/openid-configuration has as issuer", quote(first), quote(issuer)))
		}
		if !again {
			seen[key] = issuer
		}
		return again
	})
	return issuers, err
}

// addressOf is the address of an issuer in one spelling, for comparisons: without a slash at its end, without
// the default port, and with the host in lower case (RFC 3986, section 6.2).
func addressOf(issuer string) string {
	u, err := url.Parse(strings.TrimSuffix(issuer, "/"))
	if err != nil {
		return issuer
	}
	u.Host = strings.ToLower(u.Host)
	if u.Port() == defaultPorts[u.Scheme] {
		u.Host = strings.TrimSuffix(u.Host, ":"+u.Port())
	}
	return u.String()
}

var defaultPorts = map[string]string{"http": "80", "https": "443"}

// parseIssuer returns the URL of an OpenID provider as the operator wrote it.
func parseIssuer(value string) (string, error) { return value, checkIssuer(value) }

// parsePageURL returns the absolute address of a page.
func parsePageURL(value string) (string, error) {
	u, err := url.Parse(value)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || !validPort(u) || u.User != nil {
		return "", fmt.Errorf("%s is not the address of a page like https://perf.example.org/terms", quote(value))
	}
	return value, nil
}

func checkIssuer(issuer string) error {
	u, err := url.Parse(issuer)
	switch {
	case err != nil || u.Hostname() == "" || !validPort(u):
		return fmt.Errorf("%s is not a URL like https://aai.example.org/oidc", quote(issuer))
	case u.User != nil || strings.ContainsAny(issuer, "?#"):
		return fmt.Errorf("%s must have no user, query or fragment", quote(issuer))
	case slices.ContainsFunc(strings.Split(u.EscapedPath(), "/"), isDots):
		return fmt.Errorf("%s has a part . or .. in its path, which clients and proxies resolve; write it as the provider's "+
			"/.well-known/openid-configuration does", quote(issuer))
	case u.Scheme == "https" || u.Scheme == "http" && isLoopback(u.Hostname()):
		return nil
	}
	return fmt.Errorf("%s must begin with https:// (http:// is for loopback addresses only)", quote(issuer))
}

func isDots(part string) bool { return part == "." || part == ".." }

func isLoopback(host string) bool {
	return strings.EqualFold(host, "localhost") || net.ParseIP(host).IsLoopback()
}

func validPort(u *url.URL) bool {
	if strings.HasSuffix(u.Host, ":") {
		return false
	}
	if u.Port() == "" {
		return true
	}
	_, err := integer(1, 65535).parse(u.Port())
	return err == nil
}

// parseRegistries reads registries in the spelling of image names, and returns them in
// lower case.
func parseRegistries(value string) ([]string, error) {
	items := list(strings.ToLower(value))
	if len(items) == 0 {
		return nil, errors.New("names no registry; IMAGE_CHECK=off accepts images without looking them up")
	}
	return each(items, parseRegistry)
}

// registryForm matches a name with a dot, localhost, or any name or address with a port.
// Image names take other words for a part of the path. Names in other scripts have
// their ASCII form.
var registryForm = regexp.MustCompile(
	`^(localhost|[a-z0-9-]+(\.[a-z0-9-]+)+|([a-z0-9-]+|\[[0-9a-f:]+\]|[a-z0-9-]+(\.[a-z0-9-]+)+):[0-9]+)$`)

func parseRegistry(item string) (string, error) {
	if u, err := url.Parse("//" + item); err == nil && registryForm.MatchString(item) && validPort(u) {
		return item, nil
	}
	return "", fmt.Errorf("%s is not a registry like quay.io or registry.example.org:5000, without a scheme or path", quote(item))
}

// parseOrigins returns "*" alone, "none" alone, or origins in the form in which browsers
// send them: in lower case, without the default port of the scheme.
func parseOrigins(value string) ([]string, error) {
	items := list(strings.ToLower(value))
	if len(items) == 1 && (items[0] == "*" || items[0] == "none") {
		return items, nil
	}
	if len(items) == 0 {
		return nil, errors.New("names no origin; write *, none, or https://a.example.org, https://b.example.org")
	}
	return each(items, parseOrigin)
}

func parseOrigin(item string) (string, error) {
	u, err := url.Parse(item)
	if err != nil || u.Scheme == "" || u.Hostname() == "" || !validPort(u) || item != u.Scheme+"://"+u.Host {
		return "", fmt.Errorf("%s is not an origin like https://perf.example.org or http://localhost:8080, without a path; "+
			"* and none stand alone", quote(item))
	}
	return strings.TrimSuffix(item, ":"+defaultPorts[u.Scheme]), nil
}

// parsePublicURL returns an absolute URL without a slash at the end.
func parsePublicURL(value string) (string, error) {
	u, err := url.Parse(value)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || !validPort(u) ||
		!unreserved.MatchString(u.EscapedPath()) {
		return "", fmt.Errorf("%s is not a URL like https://perf.example.org/api/v1", quote(value))
	}
	if u.User != nil || strings.ContainsAny(value, "?#") {
		return "", fmt.Errorf("%s must have no user, query or fragment", quote(value))
	}
	return strings.TrimRight(value, "/"), nil
}
