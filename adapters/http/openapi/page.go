package openapi

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"github.com/eosc-perf/backend/adapters/http/representation"
	"github.com/eosc-perf/backend/adapters/http/router"
)

const (
	documentPath = "/api-spec.json"
	assetsPath   = "/swagger-ui/"
)

// Accounts are shown on the API page, to log in as with one click each: only in
// development.
type Accounts struct {
	// TokenURL is the token endpoint that gives tokens for the client credentials of
	// the accounts, all with the same secret.
	TokenURL string
	Secret   string
	Names    []string
}

//go:embed page.html page.css page.js callback.html callback.js
var pageFiles embed.FS

var pageTemplate = template.Must(template.ParseFS(pageFiles, "page.html"))

// APIPage is the page that shows the document. Mount writes it.
type APIPage struct {
	// Instead is the path, below the public prefix, where the start of the server leads
	// instead of showing the page; empty for nowhere.
	Instead string
	// Logins are where the page gets tokens; they may be none.
	Logins []Login
	// Limit counts requests for the page, the document and descriptions of logins. It may answer a
	// request, and abort it. Nil limits nothing.
	Limit gin.HandlerFunc

	page   []byte
	policy string
}

// ServeHTTP implements http.Handler.
func (p *APIPage) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	protect(w.Header(), p.policy)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(p.page) // after an error the client has disconnected
}

// pagesPath is where the pages of the web interface are.
const pagesPath = "/ui/"

// Mount serves the document and, as the start page, the page that shows the document. The
// page links to docs, the address of the documentation. accounts may be nil.
func Mount(
	r *router.Router, document func() ([]byte, error), docs string, accounts *Accounts, answers representation.Answers, start *APIPage,
) error {
	if start == nil {
		start = &APIPage{}
	}
	if start.Limit == nil {
		start.Limit = func(*gin.Context) {}
	}
	r.Handle(http.MethodGet, documentPath, start.Limit, answers.Handle, func(c *gin.Context) {
		written, err := document()
		if err != nil {
			panic(err) // a fault of the program, which is logged and answered by 500
		}
		c.Header("Cache-Control", "no-cache")
		c.Header("X-Content-Type-Options", "nosniff")
		c.Data(http.StatusOK, jsonType, written)
	})
	var page bytes.Buffer
	err := pageTemplate.Execute(&page, map[string]any{
		"Assets": r.Prefix() + assetsPath, "Document": r.Prefix() + documentPath, "Docs": docs, "Accounts": accounts,
		"Pages": r.Prefix() + pagesPath, "Logins": start.Logins, "Login": r.Prefix() + loginPath,
		"Callback": r.Prefix() + assetsPath + callbackPage,
	})
	if err != nil {
		return fmt.Errorf("write the API page: %w", err)
	}
	policy := pagePolicy(accounts, start.Logins)
	start.page, start.policy = page.Bytes(), policy
	r.Handle(http.MethodGet, "/", start.Limit, answers.Handle, func(c *gin.Context) {
		if start.Instead != "" {
			c.Header("Location", r.Prefix()+start.Instead)
			c.Status(http.StatusFound)
			return
		}
		start.ServeHTTP(c.Writer, c.Request)
	})
	for name, contentType := range map[string]string{"page.css": "text/css; charset=utf-8", "page.js": "text/javascript; charset=utf-8",
		"callback.js": "text/javascript; charset=utf-8"} {
		content, err := pageFiles.ReadFile(name)
		if err != nil {
			return fmt.Errorf("read a file of the API page: %w", err)
		}
		r.Handle(http.MethodGet, assetsPath+name, answers.Handle, func(c *gin.Context) {
			protect(c.Writer.Header(), policy)
			c.Data(http.StatusOK, contentType, content)
		})
	}
	for _, name := range []string{"swagger-ui.css", "swagger-ui-bundle.js", "favicon-16x16.png", "favicon-32x32.png"} {
		file, err := readLibraryFile(name)
		if err != nil {
			return err
		}
		r.Handle(http.MethodGet, assetsPath+name, func(c *gin.Context) {
			protect(c.Writer.Header(), policy)
			file.serve(c)
		})
	}
	return mountLogins(r, start, policy)
}

// protect sets the headers that keep other sites from using the page.
func protect(header http.Header, policy string) {
	header.Set("Cache-Control", "no-cache")
	header.Set("Content-Security-Policy", policy)
	header.Set("X-Content-Type-Options", "nosniff")
}

// pagePolicy lets the page run its own scripts only, and ask this server and the token
// endpoints of accounts and logins only.
func pagePolicy(accounts *Accounts, logins []Login) string {
	connect := "'self'"
	if accounts != nil {
		if endpoint, err := url.Parse(accounts.TokenURL); err == nil && endpoint.Host != "" {
			connect += " " + endpoint.Scheme + "://" + endpoint.Host
		}
	}
	for _, login := range logins {
		if origin := originOf(login.Issuer); origin != "" {
			connect += " " + origin
		}
	}
	return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self' data:; connect-src " + connect +
		"; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}
