package web

import (
	"bytes"
	"net/http"
	"strings"

	"github.com/eosc-perf/backend/adapters/http/web/address"
)

// Answer is what a page answers: a Page, a Redirect, a File or its Methods.
type Answer interface {
	send(s *Site, w http.ResponseWriter, r *Request) error
}

// Page is an HTML page.
type Page struct {
	// Template is the name of its template: compare for compare.html.
	Template string
	// Title is that of the document, without the name of the program.
	Title string
	// Section is the entry of the navigation to which the page belongs; empty for none.
	Section string
	// Results is true for a page that has a place with the id results, for its second skip
	// link.
	Results bool
	// Status is 200 if it is 0.
	Status int
	// Alternates are other representations, for links in the head of the document and of the answer.
	Alternates []Alternate
	// Model is the view model.
	Model any
}

// Alternate is another representation of a page.
type Alternate struct {
	Type, Title string
	Link        Link
}

// asJSON is what the API says about the thing of a page.
func asJSON(link Link) []Alternate { return []Alternate{{"application/json", "JSON", link}} }

func (p Page) send(s *Site, w http.ResponseWriter, r *Request) error {
	var body bytes.Buffer
	if err := s.pages.render(&body, p.Template, s.frame(r, p)); err != nil {
		return err
	}
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	if header.Get("Cache-Control") != noStore { // a page of the login has said so
		header.Set("Cache-Control", cacheControl(r))
	}
	header.Add("Vary", "Cookie")
	for _, a := range p.Alternates {
		header.Add("Link", "<"+string(a.Link)+`>; rel="alternate"; type="`+a.Type+`"`)
	}
	if p.Status != 0 && p.Status != http.StatusOK {
		w.WriteHeader(p.Status)
	}
	_, _ = w.Write(body.Bytes()) // after an error the client has disconnected
	return nil
}

// noStore keeps browsers from storing a page: the next person at the machine does not see it.
const noStore = "no-store"

// cacheControl lets browsers keep a page and ask whether it is still right, and nobody else if the
// visitor has logged in. Nobody keeps pages about one person, and pages of administrators.
func cacheControl(r *Request) string {
	room, _, _ := strings.Cut(strings.TrimPrefix(r.path, "/"), "/")
	switch room {
	case "my", "review", "admin":
		return noStore
	}
	if r.Visitor.IsKnown() || r.Visitor.Notice != "" {
		return "private, no-cache"
	}
	return "no-cache"
}

// Redirect leads to another page: after a form, and to canonical addresses.
type Redirect struct{ To Link }

func (a Redirect) send(_ *Site, w http.ResponseWriter, _ *Request) error {
	w.Header().Set("Location", string(a.To))
	w.WriteHeader(http.StatusSeeOther)
	return nil
}

// Methods tells which methods a page has.
type Methods struct{ Allow string }

func (a Methods) send(_ *Site, w http.ResponseWriter, _ *Request) error {
	w.Header().Set("Allow", a.Allow)
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// File is a download.
type File struct {
	// Name is that of the file; empty for an answer that browsers show.
	Name string
	Type string
	Body []byte
	// Figure lets pages of other sites show the file.
	Figure bool
}

func (f File) send(_ *Site, w http.ResponseWriter, r *Request) error {
	header := w.Header()
	header.Set("Content-Type", f.Type)
	header.Set("Cache-Control", cacheControl(r))
	if f.Name != "" {
		disposition := "attachment"
		if f.Figure {
			disposition = "inline"
		}
		header.Set("Content-Disposition", disposition+`; filename="`+f.Name+`"`)
	}
	if f.Figure {
		header.Set("Cross-Origin-Resource-Policy", "cross-origin")
	}
	_, _ = w.Write(f.Body) // after an error the client has disconnected
	return nil
}

// canonical leads a request with another spelling of its address to the canonical one; ok is
// false if the address is canonical. What is ignored stays in the address, so that the page can
// say so.
func (r *Request) canonical() (to Link, ok bool) {
	query := address.WithIgnored(r.Query, r.Ignored)
	if query == r.URL.RawQuery {
		return "", false
	}
	page := r.path[1:]
	if r.Format != "" {
		page += "." + r.Format
	}
	if query != "" {
		page += "?" + query
	}
	return r.To(page), true
}
