package openapi

import (
	_ "embed"
	"fmt"
	"html/template"
	"net/http"
	"strings"

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

// Accounts are shown on the API page, to log in as with one click each: only in
// development.
type Accounts struct {
	// TokenURL is the token endpoint that gives tokens for the client credentials of
	// the accounts, all with the same secret.
	TokenURL string
	Secret   string
	Names    []string
}

//go:embed accounts.html
var accountsHTML string

var accountsTemplate = template.Must(template.New("accounts").Parse(accountsHTML))

// Mount serves the document and, as the start page, the page that shows the document.
// accounts may be nil.
func Mount(r *router.Router, document []byte, accounts *Accounts, answers representation.Answers) error {
	r.Handle(http.MethodGet, documentPath, answers.Handle, func(c *gin.Context) {
		c.Header("Cache-Control", "no-cache")
		c.Data(http.StatusOK, jsonType, document)
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
		PrependHTML: template.HTML(buttons.String()), //nolint:gosec // the template has escaped the names
	})
	r.Handle(http.MethodGet, "/", func(c *gin.Context) {
		c.Request.URL.Path = assetsPath
		page.ServeHTTP(c.Writer, c.Request)
	})
	r.Handle(http.MethodGet, assetsPath+"*file", func(c *gin.Context) { page.ServeHTTP(c.Writer, c.Request) })
	return nil
}
