package files

import (
	"fmt"
	"strings"
	"time"
	"unicode"
)

// Citation is how a question or a result is cited.
type Citation struct {
	// Title is such as "c-ray: time by flavor".
	Title string
	// About says what it is about, such as "20 results of 5 sites".
	About string
	// Set is the checksum of the results; empty for one result.
	Set string
	// AsOf is the instant up to which results count.
	AsOf time.Time
	// Address is the permanent link, absolute.
	Address string
}

// Text is the citation in words.
func (c Citation) Text() string {
	parts := []string{c.Title}
	if c.About != "" {
		parts = append(parts, c.About)
	}
	if c.Set != "" {
		parts = append(parts, "set "+c.Set)
	}
	parts = append(parts, "as of "+c.AsOf.UTC().Format(time.DateOnly))
	return fmt.Sprintf("EOSC Perf (%d). %s. %s", c.AsOf.UTC().Year(), strings.Join(parts, ", "), c.Address)
}

// BibTeX is the citation as an entry of a bibliography.
func (c Citation) BibTeX() []byte {
	at := c.AsOf.UTC()
	note := strings.Join(nonempty(c.About, prefixed("set ", c.Set), "as of "+at.Format(time.RFC3339)), ", ")
	key := "eosc-perf-" + c.Set
	if c.Set == "" {
		key = "eosc-perf-" + plainWords(c.Title) + "-" + at.Format("20060102")
	}
	return fmt.Appendf(nil, "@misc{%s,\n  title = {%s},\n  author = {{EOSC Perf}},\n  year = {%d},\n  month = %s,\n  note = {%s},\n"+
		"  url = {%s},\n  urldate = {%s},\n}\n",
		key, tex(c.Title), at.Year(), strings.ToLower(at.Month().String()[:3]), tex(note), texAddress(c.Address), at.Format(time.DateOnly))
}

func prefixed(prefix, text string) string {
	if text == "" {
		return ""
	}
	return prefix + text
}

func nonempty(texts ...string) []string {
	var some []string
	for _, text := range texts {
		if text != "" {
			some = append(some, text)
		}
	}
	return some
}

// special are the characters that TeX gives a meaning.
var special = strings.NewReplacer(
	`\`, `\textbackslash{}`, "{", `\{`, "}", `\}`, "%", `\%`, "&", `\&`, "#", `\#`, "$", `\$`, "_", `\_`, "^", `\textasciicircum{}`,
	"~", `\textasciitilde{}`)

// tex is a text for TeX, in one line.
func tex(text string) string {
	words := strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) })
	return special.Replace(strings.Join(words, " "))
}

// texAddress is an address for TeX: braces and backslashes would end the field, and percent
// signs begin comments without the package url, so they have a backslash.
func texAddress(address string) string {
	return strings.NewReplacer("{", "%7B", "}", "%7D", `\`, "%5C").Replace(address)
}

// Name is the name of a file: the words of what it is about, joined by hyphens, such as
// eosc-perf-c-ray-by-flavor-9c417e02.csv. It has ASCII characters only.
func Name(suffix string, words ...string) string {
	parts := []string{"eosc-perf"}
	for _, word := range words {
		if plain := plainWords(word); plain != "" {
			parts = append(parts, plain)
		}
	}
	return strings.Join(parts, "-") + "." + suffix
}

// longestWord bounds each part of the name of a file.
const longestWord = 60

// plainWords has small letters, digits and dots, with hyphens between.
func plainWords(text string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(text) {
		switch {
		case 'a' <= r && r <= 'z' || '0' <= r && r <= '9' || r == '.' && b.Len() > 0:
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		if b.Len() >= longestWord {
			break
		}
	}
	return strings.Trim(b.String(), "-.")
}
