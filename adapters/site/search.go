package site

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
)

const (
	searchPage = "search.html"
	// longestQuery and mostWords bound the work of a search.
	longestQuery = 200
	mostWords    = 8
	// mostFound is how many passages a search shows.
	mostFound = 30
	// around is how many bytes an excerpt shows before and behind the first word.
	around = 110
)

// passage is the text of a page under one heading.
type passage struct {
	page, title, anchor string
	// heading is empty for the text under the title of the page.
	heading string
	text    string
	// lower is the text in lower case, with the headings before it.
	lower string
}

// search is a question and what was found.
type search struct {
	Query string
	Found []found
	// More is true if there are more than those found.
	More bool
}

// found is a passage in which all words occur.
type found struct {
	Title, Address string
	Excerpt        []part
	score          int
}

// part is a part of an excerpt. Mark is true for a word of the question.
type part struct {
	Text string
	Mark bool
}

// readPassages returns the passages of all pages, in the order of the navigation.
func (s *Site) readPassages() ([]passage, error) {
	names := []string{startPage}
	for _, section := range s.navigation {
		for _, l := range section.Links {
			names = append(names, l.Path)
		}
	}
	var all []passage
	for _, name := range names {
		d, err := s.read(name)
		if err != nil {
			return nil, err
		}
		all = append(all, d.passages(name)...)
	}
	return all, nil
}

// passages splits a page at its headings.
func (d *document) passages(name string) []passage {
	list := []passage{{page: name, title: d.title}}
	var text strings.Builder
	end := func() {
		last := &list[len(list)-1]
		last.text = strings.Join(strings.Fields(text.String()), " ")
		last.lower = strings.ToLower(last.title + "\n" + last.heading + "\n" + last.text)
		text.Reset()
	}
	for node := d.root.FirstChild(); node != nil; node = node.NextSibling() {
		h, ok := node.(*ast.Heading)
		if !ok {
			d.appendText(&text, node)
			continue
		}
		if h.Level > 1 {
			end()
			list = append(list, passage{page: name, title: d.title, heading: plain(h, d.source), anchor: anchor(h)})
		}
	}
	end()
	return list
}

// appendText appends the text of a node without markup, with blanks between blocks.
func (d *document) appendText(b *strings.Builder, node ast.Node) {
	if node.Type() == ast.TypeBlock && node.FirstChild() == nil {
		for _, line := range node.Lines().Sliced(0, node.Lines().Len()) {
			b.Write(line.Value(d.source))
		}
	}
	if t, ok := node.(*ast.Text); ok {
		b.Write(t.Segment.Value(d.source))
		if t.SoftLineBreak() || t.HardLineBreak() {
			b.WriteByte(' ')
		}
	}
	for child := node.FirstChild(); child != nil; child = child.NextSibling() {
		d.appendText(b, child)
	}
	if node.Type() == ast.TypeBlock {
		b.WriteByte('\n')
	}
}

// search returns the page that answers a question: the passages in which every word occurs,
// whatever the case of letters.
func (s *Site) search(query string) ([]byte, error) {
	passages, err := s.passages()
	if err != nil {
		return nil, err
	}
	v := s.view(searchPage, "Search")
	v.Heading = "<h1>Search the documentation</h1>\n"
	v.Search = find(passages, query)
	return s.lay(v)
}

// find looks for the words of the query.
func find(passages []passage, query string) *search {
	query = bounded(strings.ToValidUTF8(strings.TrimSpace(query), ""))
	words := strings.Fields(strings.ToLower(query))
	words = words[:min(len(words), mostWords)]
	result := &search{Query: query}
	if len(words) == 0 {
		return result
	}
	for _, p := range passages {
		if score := p.score(words); score > 0 {
			result.Found = append(result.Found, found{p.name(), p.address(), p.excerpt(words), score})
		}
	}
	slices.SortStableFunc(result.Found, func(a, b found) int { return cmp.Compare(b.score, a.score) })
	if len(result.Found) > mostFound {
		result.Found, result.More = result.Found[:mostFound], true
	}
	return result
}

// bounded cuts a query that is too long, between characters.
func bounded(query string) string {
	if len(query) <= longestQuery {
		return query
	}
	n := longestQuery
	for n > 0 && !utf8.RuneStart(query[n]) {
		n--
	}
	return query[:n]
}

// score is 0 if a word does not occur. Words in headings and titles count more.
func (p passage) score(words []string) int {
	const inHeading, inTitle, most = 20, 10, 5
	heading, title := strings.ToLower(p.heading), strings.ToLower(p.title)
	score := 0
	for _, word := range words {
		n := strings.Count(p.lower, word)
		if n == 0 {
			return 0
		}
		score += min(n, most)
		if strings.Contains(heading, word) {
			score += inHeading
		}
		if strings.Contains(title, word) {
			score += inTitle
		}
	}
	return score
}

func (p passage) name() string {
	if p.heading == "" {
		return p.title
	}
	return fmt.Sprintf("%s: %s", p.title, p.heading)
}

func (p passage) address() string {
	if p.anchor == "" {
		return address(p.page)
	}
	return address(p.page) + "#" + p.anchor
}

// excerpt returns the text around the first word that occurs in it.
func (p passage) excerpt(words []string) []part {
	lower := strings.ToLower(p.text)
	if len(lower) != len(p.text) { // the places of the words are not those in the text
		lower = p.text
	}
	first := len(lower)
	for _, word := range words {
		if i := strings.Index(lower, word); i >= 0 {
			first = min(first, i)
		}
	}
	if first == len(lower) {
		first = 0
	}
	from, to := max(0, first-around), min(len(lower), first+around)
	if from > 0 {
		from += max(0, strings.IndexByte(lower[from:first], ' ')+1)
	}
	if to < len(lower) {
		to = max(first, strings.LastIndexByte(lower[:to], ' '))
	}
	parts := marked(p.text[from:to], lower[from:to], words)
	if from > 0 {
		parts = slices.Insert(parts, 0, part{Text: "… "})
	}
	if to < len(lower) {
		parts = append(parts, part{Text: " …"})
	}
	return parts
}

// marked splits a text at the words. lower is the text in lower case.
func marked(text, lower string, words []string) (parts []part) {
	for text != "" {
		at, length := len(text), 0
		for _, word := range words {
			if i := strings.Index(lower, word); i >= 0 && (i < at || i == at && len(word) > length) {
				at, length = i, len(word)
			}
		}
		if at > 0 {
			parts = append(parts, part{Text: text[:at]})
		}
		if length > 0 {
			parts = append(parts, part{text[at : at+length], true})
		}
		text, lower = text[at+length:], lower[at+length:]
	}
	return parts
}
