package name

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// URLFault returns what is wrong with the address of a page, as a sentence for who sent it;
// "" if nothing is. An address begins with http:// or https://, names a host, and has only
// visible characters and no blanks. It has no user and no password: everybody would read them,
// and text before @ looks like a host. It has no backslash, which browsers take for a slash.
func URLFault(text string) string {
	const form = "Not an address of a page, like https://example.org/benchmark"
	if text == "" {
		return empty
	}
	runes := []rune(text)
	for i, r := range runes {
		if r == ' ' || unprintable(runes, i) != "" || !utf8.ValidString(text) {
			return form + ": it has a blank, or a character that is not printable."
		}
	}
	address, err := url.Parse(text)
	switch {
	case err != nil:
		return form + "."
	case address.Scheme != "http" && address.Scheme != "https":
		return form + ": it does not begin with http:// or https://."
	case strings.Contains(text, `\`):
		return form + ": it has a backslash."
	case strings.Trim(address.Hostname(), ".") == "" || !isPort(address.Port()):
		return form + ": it names no host."
	case address.User != nil:
		return form + ": it has a user or a password before the host."
	case strings.HasPrefix(address.Host, "["):
		return ""
	}
	if what := hostFault(address.Hostname()); what != "" {
		return form + ": its host " + what + "."
	}
	return ""
}

// hostFault returns what is wrong with the name of a host, as a sentence without its subject; "" if
// nothing is. Whatever browsers show otherwise than it is written, or take for the end of the host,
// is refused: the name in ASCII, which begins with xn--, can be given always.
func hostFault(host string) string {
	host = strings.TrimSuffix(host, ".")
	national := !isASCII(host[strings.LastIndexByte(host, '.')+1:])
	for label := range strings.SplitSeq(host, ".") {
		if label == "" {
			return "has two dots in a row, or begins with one"
		}
		if i := strings.IndexFunc(label, func(r rune) bool { return !inHost(r) }); i >= 0 {
			r, _ := utf8.DecodeRuneInString(label[i:])
			return fmt.Sprintf("has the character %U, which no host has", r)
		}
		if !norm.NFKC.IsNormalString(label) {
			return fmt.Sprintf("is not in Unicode's normalization form KC, in which %+q is %+q", label, norm.NFKC.String(label))
		}
		if mixesAlphabets(label) {
			return fmt.Sprintf("mixes letters of different alphabets, which look alike, in %+q: write it in ASCII, beginning with xn--", label)
		}
		if latin := imitated(label); latin != "" && !national {
			return fmt.Sprintf("looks like %q and is %+q: write it in ASCII, beginning with xn--", latin, label)
		}
	}
	return ""
}

// imitated returns the text in ASCII that the label of a host looks like though it has letters of another
// alphabet than Latin; "" if there is none. Below a domain of another alphabet such a label is a word.
func imitated(label string) string {
	foreign := func(r rune) bool { return unicode.IsLetter(r) && !unicode.Is(unicode.Latin, r) }
	if latin := skeleton(label); isASCII(latin) && strings.ContainsFunc(label, foreign) {
		return latin
	}
	return ""
}

func isASCII(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r > unicode.MaxASCII })
}

func inHost(r rune) bool {
	if r <= unicode.MaxASCII {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '-' || r == '_'
	}
	return unicode.In(r, unicode.L, unicode.M, unicode.Nd, unicode.So, unicode.Sk) || r == nonJoiner || r == joiner
}

// mixesAlphabets reports whether the text has letters of more than one of the alphabets that share
// the shapes of letters.
func mixesAlphabets(text string) bool {
	found := 0
	for _, alphabet := range []*unicode.RangeTable{unicode.Latin, unicode.Cyrillic, unicode.Greek, unicode.Armenian, unicode.Cherokee} {
		if strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(alphabet, r) }) {
			found++
		}
	}
	return found > 1
}

// isPort reports whether the text is a port, or empty.
func isPort(text string) bool {
	_, err := strconv.ParseUint(text, 10, 16)
	return text == "" || err == nil
}
