package site

import (
	"errors"
	"mime"
	"net/http"
	"path"
	"strings"
)

// ServeHTTP serves a file of the site. The path of the request is the path of the file with
// a slash before it.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(r.URL.Path, "/")
	header := w.Header()
	header.Set("Cache-Control", "no-cache")
	header.Set("Content-Security-Policy",
		"default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	header.Set("X-Content-Type-Options", "nosniff")
	content, err := s.File(name)
	if errors.Is(err, ErrNotFound) {
		http.Error(w, "There is no such page of the documentation.", http.StatusNotFound)
		return
	}
	if err != nil {
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	header.Set("Content-Type", contentType(name))
	_, _ = w.Write(content) // after an error the client has disconnected
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
