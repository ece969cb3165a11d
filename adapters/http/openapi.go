package http

import (
	"cmp"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/eosc-perf/backend/adapters/http/problem"
	"github.com/eosc-perf/backend/adapters/http/representation"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
)

const (
	bearerAuth  = "bearerAuth"
	jsonType    = "application/json"
	schemaPath  = "#/components/schemas/"
	errorSchema = schemaPath + "Error"
)

// newAPI returns an empty API whose document is the contract's.
func newAPI(c Config, prefix string, a huma.Adapter) huma.API {
	config := huma.DefaultConfig("EOSC Performance API", "1.0.0")
	config.OpenAPIPath, config.DocsPath, config.SchemasPath, config.CreateHooks = "", "", "", nil
	config.Formats = map[string]huma.Format{"application/json": representation.JSONFormat(), "json": representation.JSONFormat()}
	config.Info.Description = introduction
	config.Info.Contact = &huma.Contact{Name: "EOSC Perf", URL: "https://github.com/eosc-perf"}
	config.Info.License = &huma.License{Name: "MIT", URL: "https://opensource.org/license/mit"}
	config.Servers = []*huma.Server{{URL: cmp.Or(prefix, "/")}}
	if c.DocsURL != "" {
		config.ExternalDocs = &huma.ExternalDocs{Description: documentationText, URL: c.DocsURL}
	}
	config.Tags = sections()
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		bearerAuth: {Type: "http", Scheme: "bearer", BearerFormat: "JWT", Description: tokenText(c.Issuers)},
	}
	config.Components.Responses = sharedResponses()
	api := huma.NewAPI(config, a)
	api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[problem.Error](), true, "")
	return api
}

// writeDocument returns the OpenAPI document of an API with all its operations, in
// version 3.0, which more generators of clients understand than 3.1.
func writeDocument(api *huma.OpenAPI) ([]byte, error) {
	schemas := api.Components.Schemas.Map()
	// The library adds its own form of errors, which no operation answers.
	delete(schemas, "ErrorModel")
	delete(schemas, "ErrorDetail")
	for name, schema := range schemas {
		schema.Description = schemaTexts[name]
	}
	for _, item := range api.Paths {
		for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Delete} {
			if op != nil {
				complete(op, api.Components.Schemas)
			}
		}
	}
	return api.Downgrade()
}

// complete says what is known only once the library has read the operation's
// types: how it succeeds, and whether it has a body.
func complete(op *huma.Operation, schemas huma.Registry) {
	for code, text := range successTexts {
		if answer := op.Responses[code]; answer != nil {
			answer.Description = text
		}
	}
	if op.RequestBody != nil {
		addBodyErrors(op, schemas)
	}
}

// describe is what the document says of the operation.
func (o operation) describe() huma.Operation {
	op := huma.Operation{
		OperationID: o.ID, Method: o.method, Path: o.path, Summary: o.summary,
		Description: operationTexts[o.ID] + "\n\n" + rightTexts[o.Right],
		Tags:        []string{o.tag()}, Parameters: o.pathParams(), Responses: o.failures(),
		SkipValidateBody: true, SkipValidateParams: true,
		MaxBodyBytes: -1, // the body is read and bounded by the checks before
	}
	for _, p := range o.params {
		if p.Name == "sort_by" {
			p.Description += " Fields: " + o.sortFields() + "."
		}
		if p.Name == "terms" {
			p.Description += " Searched are: " + searches[o.ID].where + "."
			p.Example = searches[o.ID].terms
		}
	}
	op.Parameters = append(op.Parameters, o.params...)
	if o.Right != domain.Public {
		op.Security = []map[string][]string{{bearerAuth: {}}}
	}
	return op
}

// sortFields are the names that sort_by may hold, as the document shows them.
func (o operation) sortFields() string {
	fields := make([]string, len(o.sort))
	for i, field := range o.sort {
		fields[i] = "`" + field + "`"
		if field == filter.JSONField {
			fields[i] += " (the whole document), `json.PATH` (what is at a dotted path in it, such as `json.result.score`)"
		}
	}
	return strings.Join(fields, ", ")
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
			found = append(found, &huma.Param{
				Name: name, In: "path", Required: true, Schema: str(formatUUID),
				Description: pathTexts[name], Example: exampleID,
			})
		}
	}
	return found
}

func (o operation) isList() bool {
	return slices.ContainsFunc(o.params, func(p *huma.Param) bool { return p.Name == "page" })
}

func statusKey(code int) string { return strconv.Itoa(code) }
