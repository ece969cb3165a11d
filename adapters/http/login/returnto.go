package login

import (
	"net/url"
	"path"
	"strings"
)

// longestReturn bounds return_to, in bytes.
const longestReturn = 2048

// safeReturn returns the path of this server below /ui/ that a request wants to return to,
// without the server's prefix, and its query. ok is false for everything else: an address of
// another server in any spelling, a path elsewhere, a path that browsers or proxies could read
// in two ways.
//
// The check compares with what is allowed, not with what is dangerous: a `/`, `ui/`, and then
// characters that have one meaning only.
func safeReturn(wanted, prefix string) (local string, ok bool) {
	if wanted == "" {
		return "/ui/", true
	}
	if len(wanted) > longestReturn {
		return "", false
	}
	place, query, _ := strings.Cut(wanted, "?")
	if rest, found := strings.CutPrefix(place, prefix); found && prefix != "" && strings.HasPrefix(rest, "/") {
		place = rest
	}
	if !strings.HasPrefix(place, "/ui/") || !onlyOf(place, pathCharacters) || !onlyOf(query, queryCharacters) {
		return "", false
	}
	decoded, err := url.PathUnescape(place)
	if err != nil || !isPlain(decoded) {
		return "", false
	}
	if _, err := url.ParseQuery(query); err != nil {
		return "", false
	}
	for _, own := range []string{"/ui/login", "/ui/logout"} {
		if decoded == own || strings.HasPrefix(decoded, own+"/") {
			return "/ui/", true // they lead nowhere
		}
	}
	if query != "" {
		place += "?" + query
	}
	return place, true
}

// isPlain tells whether the decoded path has one reading: no empty part, no dots that lead
// elsewhere, no other spelling of a slash, no control characters, and nothing that is encoded
// again.
func isPlain(decoded string) bool {
	cleaned := path.Clean(decoded)
	if strings.HasSuffix(decoded, "/") && cleaned != "/" {
		cleaned += "/"
	}
	return cleaned == decoded && !strings.ContainsAny(decoded, "\\%;") && !strings.ContainsFunc(decoded, func(r rune) bool {
		return r < ' ' || r == 0x7f || r > '~'
	})
}

const (
	unreserved     = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~"
	pathCharacters = unreserved + "/%:@"
	// queryCharacters are those that browsers leave as they are in forms, and those that
	// addresses of pages have.
	queryCharacters = unreserved + "/%:@=&+*!$'(),[]|?"
)

func onlyOf(text, allowed string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return !strings.ContainsRune(allowed, r) })
}
