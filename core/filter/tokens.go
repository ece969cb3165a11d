package filter

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/eosc-perf/backend/core/domain"
)

const blanks = " \t\r\n"

// numberStart is a number of JSON's grammar at the beginning of a text.
var numberStart = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?`)

// keywords are the words that are no operands, and no units.
var keywords = []string{"AND", "OR", "NOT", "IN", "BETWEEN", "EXISTS", "MISSING", "TRUE", "FALSE"}

func isKeyword(word string) bool { return slices.Contains(keywords, strings.ToUpper(word)) }

// skipBlanks moves to the next character that is no blank, and returns its offset.
func (p *parser) skipBlanks() int {
	p.at = len(p.text) - len(strings.TrimLeft(p.text[p.at:], blanks))
	return p.at
}

func (p *parser) atEnd() bool { return p.skipBlanks() == len(p.text) }

// symbol reads the symbol if it is next.
func (p *parser) symbol(s string) bool {
	p.skipBlanks()
	if !strings.HasPrefix(p.text[p.at:], s) {
		return false
	}
	p.at += len(s)
	return true
}

// keyword reads the word, in any case, if it is next.
func (p *parser) keyword(word string) bool {
	p.skipBlanks()
	if !strings.EqualFold(p.peekWord(), word) {
		return false
	}
	p.at += len(word)
	return true
}

// peekWord returns the next word: letters, digits and underscores.
func (p *parser) peekWord() string {
	rest := p.text[p.at:]
	return rest[:len(rest)-len(strings.TrimLeftFunc(rest, isOfWord))]
}

func isOfWord(r rune) bool {
	return r == '_' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
}

// peekUnit returns what stands behind a number and blanks as a unit would.
func (p *parser) peekUnit() string {
	rest := strings.TrimLeft(p.text[p.at:], blanks)
	isOfUnit := func(r rune) bool { return isOfWord(r) || r == '/' || r == '%' || r == '\u00b5' || r == '\u03bc' }
	return rest[:len(rest)-len(strings.TrimLeftFunc(rest, isOfUnit))]
}

// isSeparated tells whether a value may end before the rest of the text.
func isSeparated(rest string) bool {
	return rest == "" || strings.IndexByte(blanks+"(),", rest[0]) >= 0
}

// chunk returns the text from the offset to the next blank, comma or parenthesis.
func (p *parser) chunk(at int) string {
	rest := p.text[at:]
	if i := strings.IndexAny(rest, blanks+"(),"); i >= 0 {
		return rest[:i]
	}
	return rest
}

// canonicalID is a UUID, in any of its forms, in lower case.
func canonicalID(text string) (string, bool) {
	id, ok := domain.ParseID(text)
	return id.String(), ok
}

// canonicalTime is a date-time with an offset in UTC.
func canonicalTime(text string) (string, bool) {
	t, hasZone, ok := ParseTime(text)
	if !ok || !hasZone {
		return "", false
	}
	return t.UTC().Format(time.RFC3339Nano), true
}

// dateTime is ISO 8601 as the contract defines it: `T` or a space between date and
// time, minutes precision or any number of fraction digits (of which six count), an
// offset of less than a day or none.
var dateTime = regexp.MustCompile(
	`^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})(?:(:\d{2})(?:(\.\d{1,6})\d*)?)?(Z|[+-](?:[01]\d|2[0-3]):?[0-5]\d)?$`)

// ParseTime parses a date-time; ok is false if the text is none, or not of the years 1
// to 9999 in UTC. A date-time without an offset is in UTC.
func ParseTime(text string) (t time.Time, hasZone, ok bool) {
	m := dateTime.FindStringSubmatch(text)
	if m == nil {
		return t, false, false
	}
	date, minutes, seconds, fraction, zone := m[1], m[2], m[3], m[4], m[5]
	if seconds == "" {
		seconds = ":00"
	}
	hasZone = zone != ""
	if !hasZone {
		zone = "Z"
	}
	if len(zone) == len("+0200") {
		zone = zone[:3] + ":" + zone[3:]
	}
	var err error
	if t, err = time.Parse(time.RFC3339, date+"T"+minutes+seconds+fraction+zone); err != nil {
		return t, hasZone, false
	}
	year := t.UTC().Year()
	return t, hasZone, 1 <= year && year <= 9999
}
