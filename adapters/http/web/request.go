package web

import (
	"html/template"
	"net/http"
	"path"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/http/web/address"
	"github.com/eosc-perf/backend/core/domain"
)

// Link is an address that this package made.
type Link = template.URL

// Request is what a page is given.
type Request struct {
	*http.Request

	Visitor Visitor
	// Format is the suffix of the path without its dot, such as csv; empty for the page.
	Format string
	// Query is what the address asks for, Ignored what of it has no effect.
	Query   address.Query
	Ignored []address.Ignored

	// unknown are the keys that a page without the vocabulary of results ignores.
	unknown []address.Ignored

	site *Site
	// writer is for cookies, before the answer.
	writer http.ResponseWriter
	// path is that of the request without suffix, as /compare or /results/ID.
	path string
	// root is that of Root for a page outside of Path; empty for the others.
	root string
	// isPassing is true for a page that is another one as soon as somebody asked for a ranking, though the data are
	// the same.
	isPassing bool
	// refused is the operation that the visitor may not ask for; zero for none.
	refused domain.Operation
}

// Caller is who asks the use cases.
func (r *Request) Caller() domain.Caller { return r.Visitor.Caller }

// may returns nil if the visitor may ask for the operation. A refusal of administration is noted
// in the audit trail.
func (r *Request) may(operation domain.Operation) error {
	err := r.Caller().May(operation)
	if err != nil {
		r.refused = operation
	}
	return err
}

// ID is the id in the path. ok is false for what is no UUID in its 36-character form.
func (r *Request) ID() (id uuid.UUID, ok bool) {
	text := r.PathValue("id")
	const length = 36
	if len(text) != length {
		return uuid.Nil, false
	}
	id, err := uuid.Parse(text)
	return id, err == nil
}

// about gives a handler the id in the path. Without a valid id there is no page.
func about(handle func(*Request, uuid.UUID) (Answer, error)) Handler {
	return func(r *Request) (Answer, error) {
		id, ok := r.ID()
		if !ok {
			return nil, errNoPage
		}
		return handle(r, id)
	}
}

// withoutFaults shows a page whose form nobody has sent yet.
func withoutFaults(page func(*Request, uuid.UUID, []fieldFault) (Answer, error)) func(*Request, uuid.UUID) (Answer, error) {
	return func(r *Request, id uuid.UUID) (Answer, error) { return page(r, id, nil) }
}

// Root leads from the page to the front door: ./, ../ or more. Links are relative, so that
// they work below any prefix.
func (r *Request) Root() string {
	if r.root != "" {
		return r.root
	}
	if depth := strings.Count(r.path, "/") - 1; depth > 0 {
		return strings.Repeat("../", depth)
	}
	return "./"
}

// To is the address of another page below Path: compare, results/ID.
func (r *Request) To(page string) Link {
	return Link(r.Root() + page) //nolint:gosec // the program made it
}

// On is the address of another page with a query.
func (r *Request) On(page string, q address.Query) Link { return r.To(q.On(page)) }

// Here is the address of this page with another query.
func (r *Request) Here(q address.Query) Link { return r.On(strings.TrimPrefix(r.path, "/"), q) }

// As is the address of this page in another format.
func (r *Request) As(format string, q address.Query) Link {
	return r.On(strings.TrimPrefix(r.path, "/")+"."+format, q)
}

// Public is the absolute address of a page below Path, for citations and commands.
func (r *Request) Public(page string) string { return r.base() + Path + "/" + page }

// API is the absolute address of an operation of the API.
func (r *Request) API(operation string) string { return r.base() + operation }

func (r *Request) base() string {
	if base := r.site.config.PublicURL; base != "" {
		return base
	}
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	prefix := r.site.prefix
	if !strings.HasPrefix(r.RequestURI, prefix+"/") {
		prefix = "" // a proxy has cut it, or the visitor did without it
	}
	return scheme + "://" + r.Host + prefix
}

// formats are the suffixes of paths.
var formats = []string{"csv", "json", "ndjson", "md", "svg", "png", "pdf", "bib"}

// cutFormat cuts the suffix of a path, if it is one of a format.
func cutFormat(full string) (page, format string) {
	extension := strings.TrimPrefix(path.Ext(full), ".")
	if !slices.Contains(formats, extension) {
		return full, ""
	}
	return strings.TrimSuffix(full, "."+extension), extension
}
