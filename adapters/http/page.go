package http

import (
	_ "embed"
	"fmt"
	"html/template"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"
	"github.com/swaggest/swgui"
	"github.com/swaggest/swgui/v5emb"

	"github.com/eosc-perf/backend/adapters/http/representation"
	"github.com/eosc-perf/backend/adapters/http/router"
)

const (
	documentPath = "/api-spec.json"
	assetsPath   = "/swagger-ui/"
)

// Accounts are those that the API page offers to log in as, with one click each:
// only in development.
type Accounts struct {
	// TokenURL is the token endpoint that gives the accounts' tokens for
	// client credentials.
	TokenURL string
	Secret   string
	Names    []string
}

//go:embed accounts.html
var accountsHTML string

var accountsTemplate = template.Must(template.New("accounts").Parse(accountsHTML))

// serveDocumentation serves the document and the page that shows it.
func serveDocumentation(r *router.Router, api huma.API, accounts *Accounts) error {
	spec, err := writeDocument(api.OpenAPI())
	if err != nil {
		return fmt.Errorf("write the OpenAPI document: %w", err)
	}
	r.Handle(http.MethodGet, documentPath, representation.Handle, func(c *gin.Context) {
		c.Header("Cache-Control", "no-cache")
		c.Data(http.StatusOK, "application/json", spec)
	})
	var buttons strings.Builder
	if accounts != nil {
		if err := accountsTemplate.Execute(&buttons, accounts); err != nil {
			return fmt.Errorf("write the accounts of the API page: %w", err)
		}
	}
	page := v5emb.NewHandlerWithConfig(swgui.Config{
		Title: "EOSC Performance API", SwaggerJSON: r.Prefix() + documentPath,
		BasePath: r.Prefix() + assetsPath, InternalBasePath: assetsPath,
		SettingsUI:  map[string]string{"persistAuthorization": "true", "tryItOutEnabled": "true", "validatorUrl": "null"},
		PrependHTML: template.HTML(buttons.String()), //nolint:gosec // a template has escaped it
	})
	r.Handle(http.MethodGet, "/", func(c *gin.Context) {
		c.Request.URL.Path = assetsPath
		page.ServeHTTP(c.Writer, c.Request)
	})
	r.Handle(http.MethodGet, assetsPath+"*file", func(c *gin.Context) { page.ServeHTTP(c.Writer, c.Request) })
	return nil
}
