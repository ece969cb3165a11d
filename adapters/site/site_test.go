package site_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/eosc-perf/backend/adapters/site"
	"github.com/eosc-perf/backend/docs"
)

const repository = "https://example.org/blob/docs/"

func newSite(t *testing.T, pages map[string]string) *site.Site {
	t.Helper()
	files := fstest.MapFS{}
	for name, text := range pages {
		files[name] = &fstest.MapFile{Data: []byte(text)}
	}
	s, err := site.New(files, repository, &site.Served{APIPage: "../"})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestDocumentation: of the project's own pages every link leads somewhere, and
// the start page leads to all of them.
func TestDocumentation(t *testing.T) {
	s, err := site.New(docs.Files, repository, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Check(os.DirFS("../.."), "docs"); err != nil {
		t.Error(err)
	}
}

// TestTwoClicks: whoever has never seen the system finds the main things to do by
// the links of the pages, two clicks from the start page at the most.
func TestTwoClicks(t *testing.T) {
	s, err := site.New(docs.Files, repository, nil)
	if err != nil {
		t.Fatal(err)
	}
	clicks := clicksFrom(t, s, "/")
	for _, page := range []string{
		"tutorials/first-results", "how-to/get-a-token", "how-to/upload-a-result", "how-to/add-a-benchmark", "how-to/review", "how-to/upgrade",
	} {
		if n, found := clicks["/"+page+".html"]; !found || n > 2 {
			t.Errorf("%s is %d clicks from the start page (found: %t)", page, n, found)
		}
	}
}

// clicksFrom follows the links of the pages as they are served, and tells how many it
// takes to each.
func clicksFrom(t *testing.T, s *site.Site, start string) map[string]int {
	t.Helper()
	links := regexp.MustCompile(`<a (?:[^>]* )?href="([^"#]+)[^"]*"`)
	clicks := map[string]int{start: 0}
	for next := []string{start}; len(next) > 0; next = next[1:] {
		from := next[0]
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest(http.MethodGet, from, http.NoBody))
		if w.Code != http.StatusOK {
			t.Errorf("%s is %d", from, w.Code)
		}
		for _, link := range links.FindAllStringSubmatch(w.Body.String(), -1) {
			to := path.Join(path.Dir(from), link[1])
			_, known := clicks[to]
			if known || strings.Contains(link[1], "://") || path.Ext(to) != ".html" {
				continue
			}
			clicks[to] = clicks[from] + 1
			next = append(next, to)
		}
	}
	return clicks
}

func TestWhatIsWrongIsTold(t *testing.T) {
	const start = "# Start\n\n## Pages\n\n- [A](a.md)\n"
	tests := []struct{ name, page, says string }{
		{"a page that is not there", "# A\n\n[b](b.md)\n", "the link to b.md: there is no such file"},
		{"a file that is not there", "# A\n\n[b](../b.txt)\n", "the link to ../b.txt: there is no such file"},
		{"an image that is not there", "# A\n\n![b](b.svg)\n", "the link to b.svg: there is no such file"},
		{"a heading that is not there", "# A\n\n[b](index.md#page)\n", "no such heading; it has start, pages"},
		{"a heading of the page itself", "# A\n\n[b](#b)\n", "no such heading; it has a"},
		{"raw HTML", "# A\n\na <b>b</b>\n", "raw HTML"},
		{"no title", "A\n", "no heading of the first level"},
		{"fine", "# A\n\n[b](index.md#pages), [c](../c.txt), [d](https://example.org/d), [e](#a)\n", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newSite(t, map[string]string{"index.md": start, "a.md": tt.page})
			err := s.Check(fstest.MapFS{"c.txt": {}}, "docs")
			if tt.says == "" && err != nil || tt.says != "" && (err == nil || !strings.Contains(err.Error(), tt.says)) {
				t.Errorf("got %v, want %q", err, tt.says)
			}
		})
	}
	t.Run("a page without a link from the start page", func(t *testing.T) {
		err := newSite(t, map[string]string{"index.md": start, "a.md": "# A\n", "b.md": "# B\n"}).Check(fstest.MapFS{}, "docs")
		if err == nil || !strings.Contains(err.Error(), "b.md: index.md has no link to it") {
			t.Errorf("got %v", err)
		}
	})
}

// TestWideBoxesAreStops: code and tables that may be wider than the page can be
// scrolled by the keyboard.
func TestWideBoxesAreStops(t *testing.T) {
	const wide = "a line that a small screen cannot hold"
	const long = "words-that-cannot-be-broken"
	tests := []struct{ name, text, html string }{
		{
			"wide code",
			"```sh\n" + wide + " <b>\nx\n```\n",
			`<pre tabindex="0" role="group" aria-label="Code"><code>` + wide + " &lt;b&gt;\nx\n</code></pre>",
		},
		{"wide indented code", "    " + wide + "\n", `<pre tabindex="0" role="group" aria-label="Code"><code>` + wide + "\n</code></pre>"},
		{"narrow code", "```\n201\n204\n```\n", "<pre><code>201\n204\n</code></pre>"},
		{
			"a wide table",
			"| a | b |\n| - | - |\n| " + long + " | `" + long + "` |\n",
			"<div class=\"table\" tabindex=\"0\" role=\"group\" aria-label=\"Table\">\n<table>",
		},
		{"a table of short words", "| a | b |\n| - | - |\n| " + wide + " | b |\n", "<div class=\"table\">\n<table>\n<thead>"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			page, err := newSite(t, map[string]string{"index.md": "# Start\n\n" + tt.text}).File("")
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(string(page), tt.html) {
				t.Errorf("there is no %s in\n%s", tt.html, page)
			}
		})
	}
}

func TestPagesAreServed(t *testing.T) {
	s := newSite(t, map[string]string{
		"index.md":  "# Start\n\n## Pages\n\n- [A page](sub/a.md)\n",
		"sub/a.md":  "# A & B\n\n| a |\n| - |\n| b |\n\n[s](../index.md#pages) [c](../../c.go) [d](d.tsv) ![e](e.png)\n\n<script>x</script>\n",
		"sub/d.tsv": "1\t2\n",
		"sub/e.png": "\x89PNG",
	})
	tests := []struct {
		path   string
		status int
		kind   string
		has    []string
	}{
		{"/", 200, "text/html", []string{
			"<h1 id=\"start\">Start</h1>", `href="sub/a.html"`, `href="style.css"`, `href="favicon.svg"`, `href="../"`, `action="search.html"`,
		}},
		{"/index.html", 200, "text/html", []string{"Start"}},
		{"/sub/a.html", 200, "text/html", []string{
			"<title>A &amp; B - EOSC Perf</title>", "<td>b</td>", `href="../index.html#pages"`, `href="https://example.org/blob/c.go"`,
			`href="../sub/d.tsv"`, `href="../style.css"`, `<a href="../sub/a.html" aria-current="page">A page</a>`,
		}},
		{"/sub/d.tsv", 200, "text/", []string{"1\t2\n"}},
		{"/style.css", 200, "text/css", []string{"prefers-color-scheme"}},
		{"/favicon.svg", 200, "image/svg+xml", []string{"<svg"}},
		{"/sub/e.png", 200, "image/png", []string{"\x89PNG"}},
		{"/sub/a.md", 404, "text/html", []string{"no such page", `href="../style.css"`, `href="../index.html"`, `href="../../"`}},
		{"/../site.go", 404, "text/html", nil},
		{"/sub/", 404, "text/html", nil},
	}
	for _, tt := range tests {
		t.Run(tt.path, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
			r.URL.Path = tt.path
			w := httptest.NewRecorder()
			s.ServeHTTP(w, r)
			body := w.Body.String()
			if w.Code != tt.status || !strings.HasPrefix(w.Header().Get("Content-Type"), tt.kind) {
				t.Fatalf("got %d, %v:\n%s", w.Code, w.Header(), body)
			}
			if strings.Contains(body, "<script") || w.Header().Get("Content-Security-Policy") == "" {
				t.Errorf("a script may run: %v\n%s", w.Header(), body)
			}
			for _, part := range tt.has {
				if !strings.Contains(body, part) {
					t.Errorf("there is no %s in\n%s", part, body)
				}
			}
		})
	}
}

// TestLongPagesHaveContents: of the headings below the title; folded if they fill a screen.
func TestLongPagesHaveContents(t *testing.T) {
	headings := func(n int) (text string) {
		for i := range n {
			text += fmt.Sprintf("## Part %d & more\n\n### Detail\n\ntext\n\n", i)
		}
		return "# A\n\nfirst\n\n" + text
	}
	const list = `aria-label="On this page"`
	for _, tt := range []struct {
		name, page, text string
		has, lacks       []string
	}{
		{"short", "a.md", headings(1), nil, []string{list}},
		{"long", "a.md", headings(2), []string{
			"</h1>\n<nav class=\"contents\" " + list, "<details open>", `<li><a href="#part-1--more">Part 1 &amp; more</a>`, `<a href="#detail-1">`,
		}, nil},
		{"very long", "a.md", headings(8), []string{list, "<details><summary>"}, nil},
		{"start page", "index.md", headings(8), nil, []string{list}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			pages := map[string]string{"index.md": "# Start\n"}
			pages[tt.page] = tt.text
			page, err := newSite(t, pages).File(strings.TrimSuffix(tt.page, ".md") + ".html")
			if err != nil {
				t.Fatal(err)
			}
			for _, part := range tt.has {
				if !strings.Contains(string(page), part) {
					t.Errorf("there is no %s in\n%s", part, page)
				}
			}
			for _, part := range tt.lacks {
				if strings.Contains(string(page), part) {
					t.Errorf("there is %s in\n%s", part, page)
				}
			}
		})
	}
}

func TestSearch(t *testing.T) {
	s := newSite(t, map[string]string{
		"index.md": "# Start\n\n## Pages\n\n- [Back up](sub/b.md)\n- [Run](r.md)\n",
		"sub/b.md": "# Back up\n\nKeep copies.\n\n## Restore a copy\n\nThe program `admin restore` reads a *backup* & checks it.\n\n" +
			"```sh\nadmin restore <file>\n```\n\n| setting | meaning |\n| - | - |\n| BACKUP_X | one |\n",
		"r.md": "# Run\n\n" + strings.Repeat("word ", 200) + "restore " + strings.Repeat("Wort ", 200) + "\n",
	})
	const none = "No passage has all of the words"
	for _, tt := range []struct {
		name, query string
		has, lacks  []string
	}{
		{"nothing", "", []string{"Enter one word"}, []string{none}},
		{"blanks", "  ", []string{"Enter one word"}, []string{none}},
		{"no such word", "zebra", []string{none}, nil},
		{"all words", "RESTORE checks", []string{
			`<a href="sub/b.html#restore-a-copy">Back up: Restore a copy</a>`,
			"admin <mark>restore</mark> reads a backup &amp; <mark>checks</mark> it.",
		}, []string{"r.html\">Run</a>\n<p>"}},
		{"a code block and a table", "<file> backup_x", []string{"&lt;file&gt;", "Back up: Restore a copy"}, []string{none}},
		{"a long text", "restore", []string{"… word", "Wort …", "2 passages"}, nil},
		{"text that is HTML", `"><script>alert(1)</script>`, []string{none, "&lt;script&gt;"}, []string{"<script"}},
		{"a long query", strings.Repeat("ä", 5000), []string{none}, []string{strings.Repeat("ä", 101)}},
		{"bad UTF-8", "\xff\xfe", []string{"Enter one word"}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := httptest.NewRecorder()
			s.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/search.html?q="+url.QueryEscape(tt.query), http.NoBody))
			body := w.Body.String()
			if w.Code != http.StatusOK || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
				t.Fatalf("got %d, %v", w.Code, w.Header())
			}
			for _, part := range tt.has {
				if !strings.Contains(body, part) {
					t.Errorf("there is no %s in\n%s", part, body)
				}
			}
			for _, part := range tt.lacks {
				if strings.Contains(body, part) {
					t.Errorf("there is %s in\n%s", part, body)
				}
			}
		})
	}
}

// TestFilesAlone: a site without a server offers no search and no API page.
func TestFilesAlone(t *testing.T) {
	s, err := site.New(fstest.MapFS{"index.md": {Data: []byte("# Start\n")}}, repository, nil)
	if err != nil {
		t.Fatal(err)
	}
	page, err := s.File("index.html")
	if err != nil || strings.Contains(string(page), "search.html") || strings.Contains(string(page), "API page") {
		t.Errorf("%v\n%s", err, page)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/search.html?q=a", http.NoBody))
	if w.Code != http.StatusNotFound {
		t.Errorf("a search is %d", w.Code)
	}
}

// TestTheFrameIsThatOfTheWebInterface: colours have the same values in both sheets, and the
// pages of the web interface are a click away.
func TestTheFrameIsThatOfTheWebInterface(t *testing.T) {
	own, err := os.ReadFile("style.css")
	if err != nil {
		t.Fatal(err)
	}
	other, err := os.ReadFile("../http/web/assets/style.css")
	if err != nil {
		t.Fatal(err)
	}
	tokens := regexp.MustCompile(`--(text|quiet|ground|shade|line|accent): [^;]+;`)
	known := tokens.FindAllString(string(other), -1)
	for _, token := range tokens.FindAllString(string(own), -1) {
		if !slices.Contains(known, token) {
			t.Errorf("the sheet of the web interface has no %s", token)
		}
	}
	files := fstest.MapFS{"index.md": {Data: []byte("# Start\n")}}
	pages := []site.ServedPage{{Title: "Compare", Address: "../ui/compare"}}
	s, err := site.New(files, repository, &site.Served{APIPage: "../ui/api", Pages: pages})
	if err != nil {
		t.Fatal(err)
	}
	page, err := s.File("")
	if err != nil {
		t.Fatal(err)
	}
	if want := `<a href="../ui/compare">Compare</a>`; !strings.Contains(string(page), want) {
		t.Errorf("the frame has no %s:\n%s", want, page)
	}
}
