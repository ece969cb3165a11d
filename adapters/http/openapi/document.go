// Package openapi has the OpenAPI document of the API and the page that shows it. It
// turns the declarations of operations into the document; the operations themselves,
// and their handlers, are in package api.
package openapi

import (
	"cmp"
	"fmt"
	"maps"
	"reflect"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"

	"github.com/eosc-perf/backend/adapters/http/problem"
	"github.com/eosc-perf/backend/adapters/http/representation"
)

const (
	bearerAuth  = "bearerAuth"
	jsonType    = "application/json"
	schemaPath  = "#/components/schemas/"
	errorSchema = schemaPath + "Error"
)

// introduction begins the document. It is Markdown, as all descriptions.
const introduction = "The public record of how fast computing sites and their machine types (flavors) really are.\n\n" +
	"Scientists upload the JSON results of containerised benchmarks. Each benchmark carries a JSON Schema that its results satisfy; " +
	"anybody filters by any value inside the JSON, sorts and compares. Benchmarks, sites, flavors and claims wait for an " +
	"administrator's review before they count.\n\n" +
	"**Lists** come in pages of `per_page` items; a page beyond the last is 404, the first page of nothing is empty. " +
	"**Date-times** in answers are UTC without an offset, such as `2021-05-21T08:31:00.500000`. " +
	"**Errors** all have one form, the schema Error."

const documentationText = "Documentation: how to get a token, upload a result, add a benchmark, review; and everything else"

// Config is what the document says about the server.
type Config struct {
	// Prefix is the public path of the server, "" for none.
	Prefix string
	// Issuers are the OpenID providers whose tokens count.
	Issuers []string
	// DocsURL is where the documentation is, "" for nowhere.
	DocsURL string
	// Sections are the sections of the document, in their order.
	Sections []*huma.Tag
}

// New returns an API of the OpenAPI library without operations, which are registered as
// routes by the adapter.
func New(c Config, adapter huma.Adapter) huma.API {
	config := huma.DefaultConfig("EOSC Performance API", "1.0.0")
	config.OpenAPIPath, config.DocsPath, config.SchemasPath, config.CreateHooks = "", "", "", nil
	format := representation.JSONFormat()
	config.Formats = map[string]huma.Format{jsonType: format, "json": format}
	config.Info.Description = introduction
	config.Info.Contact = &huma.Contact{Name: "EOSC Perf", URL: "https://github.com/eosc-perf"}
	config.Info.License = &huma.License{Name: "MIT", URL: "https://opensource.org/license/mit"}
	config.Servers = []*huma.Server{{URL: cmp.Or(c.Prefix, "/")}}
	if c.DocsURL != "" {
		config.ExternalDocs = &huma.ExternalDocs{Description: documentationText, URL: c.DocsURL}
	}
	config.Tags = c.Sections
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		bearerAuth: {Type: "http", Scheme: "bearer", BearerFormat: "JWT", Description: tokenText(c.Issuers)},
	}
	config.Components.Responses = sharedResponses()
	api := huma.NewAPI(config, adapter)
	api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[problem.Error](), true, "")
	return api
}

// tokenText says which tokens count.
func tokenText(issuers []string) string {
	const text = "Access token of a trusted OpenID provider"
	if len(issuers) == 0 {
		return text
	}
	return text + ". Trusted issuers: `" + strings.Join(issuers, "`, `") + "`"
}

// Document is the document of an API with all its operations, in version 3.0, which more
// generators of clients understand than 3.1. schemaTexts describe the schemas, by name. The
// document is written when it is first asked for, which takes as long as the rest of the start
// of a server; what it is written from must not change any more.
func Document(api *huma.OpenAPI, schemaTexts map[string]string) func() ([]byte, error) {
	schemas := api.Components.Schemas.Map()
	// The library adds its own form of errors, which no operation answers.
	delete(schemas, "ErrorModel")
	delete(schemas, "ErrorDetail")
	texts := maps.Clone(schemaTexts)
	texts["Error"] = "The one form of all errors"
	for name, schema := range schemas {
		schema.Description = texts[name]
	}
	for _, item := range api.Paths {
		for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Delete} {
			if op != nil {
				complete(op, api.Components.Schemas)
			}
		}
	}
	return sync.OnceValues(func() ([]byte, error) {
		document, err := api.Downgrade()
		if err == nil {
			document, err = inOrder(document, api.Paths)
		}
		if err != nil {
			return nil, fmt.Errorf("write the OpenAPI document: %w", err)
		}
		return document, nil
	})
}

// complete describes what is known only once the library has read the types of the
// handler: how the operation succeeds, and whether it has a body.
func complete(op *huma.Operation, schemas huma.Registry) {
	for code, text := range successTexts {
		if response := op.Responses[code]; response != nil {
			response.Description = text
		}
	}
	if op.RequestBody != nil {
		addBodyErrors(op, schemas)
	}
}
