package site

import (
	"errors"
	"html/template"
	"mime"
	"net/http"
	"path"
	"strings"
)

// ServeHTTP serves a file of the site. The path of the request is the path of the file with
// a slash before it.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(r.URL.Path, "/")
	protect(w.Header())
	status := http.StatusOK
	content, err := s.answer(name, r)
	if errors.Is(err, ErrNotFound) {
		status, name = http.StatusNotFound, ""
		content, err = s.missing(r.URL.EscapedPath())
	}
	if err != nil {
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", contentType(name))
	w.WriteHeader(status)
	_, _ = w.Write(content) //nolint:gosec // html/template made pages; after an error the client has disconnected
}

func protect(header http.Header) {
	header.Set("Cache-Control", "no-cache")
	header.Set("Content-Security-Policy",
		"default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
	header.Set("X-Content-Type-Options", "nosniff")
}

// Refuse answers a request with a page that says why there is no other one.
func (s *Site) Refuse(w http.ResponseWriter, r *http.Request, status int, heading, text string) {
	v := s.view(strings.TrimPrefix(r.URL.EscapedPath(), "/"), heading)
	v.Heading = template.HTML("<h1>" + template.HTMLEscapeString(heading) + "</h1>\n") //nolint:gosec // it is escaped
	v.Body = template.HTML("<p>" + template.HTMLEscapeString(text) + "</p>\n")         //nolint:gosec // it is escaped
	content, err := s.lay(v)
	if err != nil {
		http.Error(w, text, status)
		return
	}
	protect(w.Header())
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Type", contentType(""))
	w.WriteHeader(status)
	_, _ = w.Write(content) //nolint:gosec // html/template made it; after an error the client has disconnected
}

// answer returns a file, or the page of a search.
func (s *Site) answer(name string, r *http.Request) ([]byte, error) {
	if name == searchPage && s.served != nil {
		return s.search(r.URL.Query().Get("q"))
	}
	return s.File(name)
}

// missing is the page for a path without a file. The path begins with a slash.
func (s *Site) missing(escaped string) ([]byte, error) {
	v := s.view(strings.TrimPrefix(escaped, "/"), "There is no such page")
	v.Heading = "<h1>There is no such page</h1>\n"
	v.Body = "<p>The documentation has no page at this address. It may have been renamed: look at the list of all pages.</p>\n"
	return s.lay(v)
}

func contentType(name string) string {
	if name == "" {
		return "text/html; charset=utf-8"
	}
	if known := mime.TypeByExtension(path.Ext(name)); known != "" {
		return known
	}
	return "text/plain; charset=utf-8"
}
