package web

import (
	"embed"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"strings"
	"sync"
)

//go:embed *.html
var templateFiles embed.FS

// shared are the files whose templates all pages may use. A file of parts, such as
// parts-table.html, begins with parts-.
const (
	frameFile   = "frame.html"
	partsPrefix = "parts-"
)

// pages are the templates of all pages by name. Each has the frame, and defines its content.
type pages struct{ byName map[string]*template.Template }

// loadPages reads the templates of the program, which are the same for every site.
var loadPages = sync.OnceValues(parsePages)

func parsePages() (*pages, error) {
	files, err := fs.Glob(templateFiles, "*.html")
	if err != nil {
		return nil, fmt.Errorf("list the templates of pages: %w", err)
	}
	common := template.New(frameFile)
	var names []string
	for _, file := range files {
		if file != frameFile && !strings.HasPrefix(file, partsPrefix) {
			names = append(names, file)
			continue
		}
		if _, err := common.ParseFS(templateFiles, file); err != nil {
			return nil, fmt.Errorf("read the template %s: %w", file, err)
		}
	}
	p := &pages{byName: map[string]*template.Template{}}
	for _, file := range names {
		clone, err := common.Clone()
		if err == nil {
			_, err = clone.ParseFS(templateFiles, file)
		}
		if err != nil {
			return nil, fmt.Errorf("read the template %s: %w", file, err)
		}
		p.byName[strings.TrimSuffix(file, ".html")] = clone
	}
	return p, nil
}

func (p *pages) render(w io.Writer, name string, f frame) error {
	page := p.byName[name]
	if page == nil {
		return fmt.Errorf("there is no template %s.html", name)
	}
	if err := page.ExecuteTemplate(w, frameFile, f); err != nil {
		return fmt.Errorf("write the page %s: %w", name, err)
	}
	return nil
}
