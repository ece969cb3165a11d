package site

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"net/url"
	"path"
	"slices"
	"strings"
	"sync"
)

const startPage = "index.md"

//go:embed page.html style.css favicon.svg
var assets embed.FS

var pageTemplate = template.Must(template.ParseFS(assets, "page.html"))

// Served says what a server offers beside the files of the site.
type Served struct {
	// APIPage is the address of the API page, relative to the folder of the site.
	APIPage string
	// Pages are those of the web interface, relative to the folder of the site, too.
	Pages []ServedPage
}

// ServedPage is a link in the frame of all pages.
type ServedPage struct{ Title, Address string }

// Site is the web site of the Markdown pages in a folder.
type Site struct {
	files      fs.FS
	repository *url.URL
	served     *Served
	navigation []section
	// passages are what a search looks through.
	passages func() ([]passage, error)
	// rendered has the files of the site by path. A file is rendered at its first request.
	rendered map[string]func() ([]byte, error)
}

// New returns the site of the pages in files, which start with index.md. Links to other
// files lead to the repository. Its address, such as https://example.org/blob/main/docs/,
// stands for the folder of the pages. served is nil for a site of files alone: its pages offer
// no search.
func New(files fs.FS, repository string, served *Served) (*Site, error) {
	elsewhere, err := url.Parse(repository)
	if err != nil {
		return nil, fmt.Errorf("the address of the repository: %w", err)
	}
	s := &Site{files: files, repository: elsewhere, served: served, rendered: map[string]func() ([]byte, error){}}
	s.passages = sync.OnceValues(s.readPassages)
	start, err := s.read(startPage)
	if err != nil {
		return nil, err
	}
	s.navigation = start.navigation()
	for _, name := range []string{"style.css", "favicon.svg"} {
		s.rendered[name] = func() ([]byte, error) { return assets.ReadFile(name) }
	}
	err = fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		s.rendered[address(name)] = sync.OnceValues(func() ([]byte, error) { return s.make(name) })
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list the pages: %w", err)
	}
	return s, nil
}

// address returns the path of a file on the site.
func address(name string) string {
	if page, ok := strings.CutSuffix(name, ".md"); ok {
		return page + ".html"
	}
	return name
}

// Paths returns the paths of all files of the site, sorted.
func (s *Site) Paths() []string {
	var paths []string
	for name := range s.rendered {
		paths = append(paths, name)
	}
	slices.Sort(paths)
	return paths
}

// ErrNotFound is the error for a path without a file.
var ErrNotFound = errors.New("the site has no such file")

// File returns a file of the site. The path has no slash at its start.
func (s *Site) File(name string) ([]byte, error) {
	if name == "" {
		name = address(startPage)
	}
	if s.rendered[name] == nil {
		return nil, fmt.Errorf("%q: %w", name, ErrNotFound)
	}
	return s.rendered[name]()
}

func (s *Site) read(name string) (*document, error) {
	source, err := fs.ReadFile(s.files, name)
	if err != nil {
		return nil, fmt.Errorf("read a page: %w", err)
	}
	return parse(name, source), nil
}

func (s *Site) make(name string) ([]byte, error) {
	if path.Ext(name) != ".md" {
		content, err := fs.ReadFile(s.files, name)
		if err != nil {
			return nil, fmt.Errorf("read a file: %w", err)
		}
		return content, nil
	}
	d, err := s.read(name)
	if err != nil {
		return nil, err
	}
	v := s.view(name, d.title)
	v.Start = name == startPage
	if v.Heading, v.Body, err = d.html(func(target string) string { return s.link(name, v.Root, target) }); err != nil {
		return nil, err
	}
	if !v.Start { // the start page is a list of contents itself
		v.Contents = d.contents()
	}
	return s.lay(v)
}

// view has the values of the template.
type view struct {
	Title string
	// Root is the relative path to the start of the site, "" or "../".
	Root       string
	Start      bool
	Served     *Served
	Navigation []shownSection
	Heading    template.HTML
	Contents   contents
	Body       template.HTML
	// Search is nil but for the page of a search.
	Search *search
}

// view returns the frame of the page at a path.
func (s *Site) view(name, title string) view {
	root := strings.Repeat("../", strings.Count(name, "/"))
	return view{Title: title, Root: root, Served: s.served, Navigation: s.linked(root, name)}
}

type shownSection struct {
	Title string
	Links []shownLink
}

type shownLink struct {
	Title, Address string
	Current        bool
}

func (s *Site) linked(root, current string) []shownSection {
	var shown []shownSection
	for _, section := range s.navigation {
		part := shownSection{Title: section.Title}
		for _, l := range section.Links {
			part.Links = append(part.Links, shownLink{l.Title, root + address(l.Path), l.Path == current})
		}
		shown = append(shown, part)
	}
	return shown
}

func (s *Site) lay(v view) ([]byte, error) {
	var b bytes.Buffer
	if err := pageTemplate.Execute(&b, v); err != nil {
		return nil, fmt.Errorf("lay out %q: %w", v.Title, err)
	}
	return b.Bytes(), nil
}

// link turns a link of a page into a link of the site.
func (s *Site) link(from, root, target string) string {
	name, anchor, _ := strings.Cut(target, "#")
	if name == "" || isElsewhere(target) {
		return target
	}
	if anchor != "" {
		anchor = "#" + anchor
	}
	name = path.Join(path.Dir(from), name)
	if s.rendered[address(name)] == nil {
		return s.repository.JoinPath(name).String() + anchor
	}
	return root + address(name) + anchor
}
