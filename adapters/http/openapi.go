package http

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"
	"github.com/swaggest/swgui"
	"github.com/swaggest/swgui/v5emb"

	"github.com/eosc-perf/backend/core/domain"
)

const (
	documentPath = "/api-spec.json"
	assetsPath   = "/swagger-ui/"
	bearerAuth   = "bearerAuth"
	errorSchema  = "#/components/schemas/Error"
)

// newAPI returns an empty API whose document is the contract's.
func newAPI(prefix string, r *router) huma.API {
	config := huma.DefaultConfig("EOSC Performance API", "1.0.0")
	config.OpenAPIPath, config.DocsPath, config.SchemasPath, config.CreateHooks = "", "", "", nil
	config.Formats = map[string]huma.Format{"application/json": jsonFormat(), "json": jsonFormat()}
	config.Info.Description = "The public record of how fast computing sites and their machine types (flavors) really are."
	config.Servers = []*huma.Server{{URL: prefix}}
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		bearerAuth: {Type: "http", Scheme: "bearer", BearerFormat: "JWT", Description: "Access token of a trusted OpenID provider"},
	}
	api := huma.NewAPI(config, r)
	api.OpenAPI().Components.Schemas.Map()["Error"] = &huma.Schema{
		Type: huma.TypeObject,
		Properties: map[string]*huma.Schema{
			"code":   {Type: huma.TypeInteger, Description: "The HTTP status", Examples: []any{http.StatusUnprocessableEntity}},
			"status": {Type: huma.TypeString, Description: "The name of the HTTP status", Examples: []any{"Unprocessable Entity"}},
			"errors": {Type: huma.TypeObject, AdditionalProperties: true, Description: "What is wrong: a text under error, or by field under query or json"},
		},
		Required: []string{"code", "status"},
	}
	return api
}

// describe is what the document says of the operation.
func (o operation) describe() huma.Operation {
	op := huma.Operation{
		OperationID: o.ID, Method: o.method, Path: o.path, Summary: o.summary,
		Description: "Right: " + o.Right.String() + ".",
		Tags:        []string{o.tag()}, Parameters: o.pathParams(), Responses: map[string]*huma.Response{},
		SkipValidateBody: true, SkipValidateParams: true,
		MaxBodyBytes: -1, // the body is read and bounded by the checks before
	}
	op.Parameters = append(op.Parameters, o.params...)
	for _, code := range o.statuses() {
		op.Responses[strconv.Itoa(code)] = &huma.Response{
			Description: errorTexts[code],
			Content:     map[string]*huma.MediaType{"application/json": {Schema: &huma.Schema{Ref: errorSchema}}},
		}
	}
	if o.Right != domain.Public {
		op.Security = []map[string][]string{{bearerAuth: {}}}
	}
	return op
}

// tag is the first segment of the path.
func (o operation) tag() string {
	tag := strings.TrimPrefix(o.path, "/")
	if i := strings.IndexAny(tag, "/:"); i >= 0 {
		tag = tag[:i]
	}
	return tag
}

// pathParams are the ids in the path.
func (o operation) pathParams() []*huma.Param {
	var found []*huma.Param
	for segment := range strings.SplitSeq(o.path, "/") {
		name, _, ok := strings.Cut(strings.TrimPrefix(segment, "{"), "}")
		if ok {
			found = append(found, &huma.Param{Name: name, In: "path", Required: true, Schema: str(formatUUID)})
		}
	}
	return found
}

var errorTexts = map[int]string{
	http.StatusBadRequest:            "The body is not JSON in UTF-8",
	http.StatusUnauthorized:          "No token, or one that no trusted provider accepts",
	http.StatusForbidden:             "The right is missing",
	http.StatusNotFound:              "There is no such thing, or no such page",
	http.StatusConflict:              "Something of that name is there already",
	http.StatusRequestEntityTooLarge: "The body is too large",
	http.StatusUnsupportedMediaType:  "The body's content type is not JSON",
	http.StatusUnprocessableEntity:   "The query or the body is not as it should be, or a rule forbids it",
	http.StatusInternalServerError:   "Our fault",
	http.StatusServiceUnavailable:    "Something that we depend on is away; try again later",
}

// statuses are the error statuses that the operation may answer with.
func (o operation) statuses() []int {
	codes := append([]int{http.StatusUnprocessableEntity, http.StatusInternalServerError, http.StatusServiceUnavailable}, o.errors...)
	if o.Right > domain.Public {
		codes = append(codes, http.StatusUnauthorized)
	}
	if o.Right > domain.Token {
		codes = append(codes, http.StatusForbidden)
	}
	isList := slices.ContainsFunc(o.params, func(p *huma.Param) bool { return p.Name == "page" })
	if strings.Contains(o.path, "{") || isList {
		codes = append(codes, http.StatusNotFound)
	}
	if o.method != http.MethodGet {
		codes = append(codes, http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	}
	return codes
}

// serveDocumentation serves the document and the page that shows it.
func serveDocumentation(r *router, api huma.API, prefix string) error {
	spec, err := api.OpenAPI().Downgrade()
	if err != nil {
		return fmt.Errorf("write the OpenAPI document: %w", err)
	}
	r.handle(http.MethodGet, documentPath, func(c *gin.Context) {
		c.Header("Cache-Control", "no-cache")
		c.Data(http.StatusOK, "application/json", spec)
	})
	public := strings.TrimSuffix(prefix, "/")
	page := v5emb.NewHandlerWithConfig(swgui.Config{
		Title: "EOSC Performance API", SwaggerJSON: public + documentPath,
		BasePath: public + assetsPath, InternalBasePath: assetsPath, ShowTopBar: false,
		SettingsUI: map[string]string{"persistAuthorization": "true", "tryItOutEnabled": "true", "validatorUrl": "null"},
	})
	r.handle(http.MethodGet, "/", func(c *gin.Context) {
		c.Request.URL.Path = assetsPath
		page.ServeHTTP(c.Writer, c.Request)
	})
	r.handle(http.MethodGet, assetsPath+"*file", func(c *gin.Context) { page.ServeHTTP(c.Writer, c.Request) })
	return nil
}
