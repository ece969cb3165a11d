package site

import (
	"bytes"
	"fmt"
	"html/template"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// markdown renders no raw HTML.
var markdown = goldmark.New(
	goldmark.WithExtensions(extension.Table),
	goldmark.WithParserOptions(parser.WithAutoHeadingID()),
	goldmark.WithRendererOptions(renderer.WithNodeRenderers(util.Prioritized(boxes{}, beforeOthers))),
)

// beforeOthers is below the priorities of goldmark's own renderers.
const beforeOthers = 100

// document is a parsed page.
type document struct {
	path   string
	source []byte
	root   ast.Node
	title  string
	// anchors are the ids of the headings.
	anchors []string
	links   []link
	// problems are faults of the page itself.
	problems []string
}

// link is a link to another page or file, or an image.
type link struct {
	target string
	set    func(target string)
}

// section is a group of links in the navigation.
type section struct {
	Title string
	Links []entry
}

// entry is a link in the navigation, to the path of a page.
type entry struct{ Title, Path string }

func parse(path string, source []byte) *document {
	d := &document{path: path, source: source, root: markdown.Parser().Parse(text.NewReader(source))}
	d.walk(func(node ast.Node) {
		switch n := node.(type) {
		case *ast.Heading:
			if d.title == "" && n.Level == 1 {
				d.title = plain(n, source)
			}
			if id, ok := n.AttributeString("id"); ok {
				d.anchors = append(d.anchors, string(id.([]byte))) //nolint:forcetypeassert // the parser's ids are bytes
			}
		case *ast.Link:
			d.links = append(d.links, link{string(n.Destination), func(target string) { n.Destination = []byte(target) }})
		case *ast.Image:
			d.links = append(d.links, link{string(n.Destination), func(target string) { n.Destination = []byte(target) }})
		case *ast.RawHTML, *ast.HTMLBlock:
			d.problems = append(d.problems, "there is raw HTML, which is left out; put code in backquotes")
		}
	})
	if d.title == "" {
		d.problems = append(d.problems, "there is no heading of the first level")
	}
	return d
}

func (d *document) walk(visit func(ast.Node)) {
	_ = ast.Walk(d.root, func(node ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			visit(node)
		}
		return ast.WalkContinue, nil
	}) // the function returns no error
}

// plain returns the text of a node without markup.
func plain(node ast.Node, source []byte) string {
	var b strings.Builder
	for child := node.FirstChild(); child != nil; child = child.NextSibling() {
		if t, ok := child.(*ast.Text); ok {
			b.Write(t.Segment.Value(source))
			continue
		}
		b.WriteString(plain(child, source))
	}
	return b.String()
}

// navigation returns the links to pages under each heading of the second level.
func (d *document) navigation() []section {
	var sections []section
	d.walk(func(node ast.Node) {
		if h, ok := node.(*ast.Heading); ok && h.Level == 2 {
			sections = append(sections, section{Title: plain(h, d.source)})
		}
		l, ok := node.(*ast.Link)
		if !ok || len(sections) == 0 || !isPage(string(l.Destination)) {
			return
		}
		last := &sections[len(sections)-1]
		last.Links = append(last.Links, entry{plain(l, d.source), path.Clean(string(l.Destination))})
	})
	return slices.DeleteFunc(sections, func(s section) bool { return len(s.Links) == 0 })
}

func isPage(target string) bool { return path.Ext(target) == ".md" && !isElsewhere(target) }

// isElsewhere tells whether the link leads to another server.
func isElsewhere(target string) bool {
	u, err := url.Parse(target)
	return err == nil && (u.Scheme != "" || u.Host != "")
}

// html renders the page, with links for the site: its first heading, and what follows.
func (d *document) html(address func(target string) string) (heading, body template.HTML, err error) {
	for _, l := range d.links {
		l.set(address(l.target))
	}
	var b bytes.Buffer
	if err := markdown.Renderer().Render(&b, d.source, d.root); err != nil {
		return "", "", fmt.Errorf("render %s: %w", d.path, err)
	}
	// The renderer escapes text and leaves out raw HTML.
	const end = "</h1>\n"
	if before, after, ok := strings.Cut(b.String(), end); ok {
		return template.HTML(before + end), template.HTML(after), nil //nolint:gosec // see above
	}
	return "", template.HTML(b.String()), nil //nolint:gosec // see above
}
