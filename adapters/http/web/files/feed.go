package files

import (
	"encoding/xml"
	"strings"
	"time"
	"unicode"
)

// Feed is the feed of new results (RFC 4287).
type Feed struct {
	Title string
	// ID and Address are absolute: of the feed, and of the page that shows the same.
	ID, Address, Self string
	Entries           []Entry
}

// Entry is a new result. Nobody is named.
type Entry struct {
	Title, Summary string
	// Address is that of its page, absolute. It is its identifier too.
	Address string
	// Uploaded is when it became visible.
	Uploaded time.Time
}

type atomFeed struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Title   string      `xml:"title"`
	ID      string      `xml:"id"`
	Links   []atomLink  `xml:"link"`
	Updated string      `xml:"updated"`
	Author  string      `xml:"author>name"`
	Entries []atomEntry `xml:"entry"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr"`
	Href string `xml:"href,attr"`
}

type atomEntry struct {
	Title   string     `xml:"title"`
	ID      string     `xml:"id"`
	Links   []atomLink `xml:"link"`
	Updated string     `xml:"updated"`
	Summary string     `xml:"summary,omitempty"`
}

// Atom is the feed as a file.
func (f Feed) Atom() ([]byte, error) {
	const page = "text/html"
	out := atomFeed{
		Title: oneLine(f.Title), ID: f.ID, Author: "EOSC Perf", Updated: time.Unix(0, 0).UTC().Format(time.RFC3339),
		Links: []atomLink{{"alternate", page, f.Address}, {"self", "application/atom+xml", f.Self}},
	}
	for i, e := range f.Entries {
		at := e.Uploaded.UTC().Format(time.RFC3339)
		if i == 0 {
			out.Updated = at
		}
		out.Entries = append(out.Entries, atomEntry{
			Title: oneLine(e.Title), ID: e.Address, Links: []atomLink{{"alternate", page, e.Address}}, Updated: at, Summary: oneLine(e.Summary),
		})
	}
	body, err := xml.MarshalIndent(out, "", " ")
	if err != nil {
		return nil, err //nolint:wrapcheck // the caller says what was encoded
	}
	return append([]byte(xml.Header), append(body, '\n')...), nil
}

// oneLine is a text without characters that XML does not know.
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r):
			return -1
		}
		return r
	}, text)
}
