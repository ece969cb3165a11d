// Package api serves the API of the contract: each file has one kind of resource, with
// its wire types, its operations and their handlers. Routes, checks and the document
// follow from the declarations of the operations.
//
// Handlers translate between wire types and the use cases of the core, and decide
// nothing. The package imports the core and the ports; only commands import it.
package api

import (
	"log/slog"
	"maps"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/eosc-perf/backend/adapters/http/fair"
	"github.com/eosc-perf/backend/adapters/http/openapi"
	"github.com/eosc-perf/backend/adapters/http/parameter"
	"github.com/eosc-perf/backend/adapters/http/representation"
	"github.com/eosc-perf/backend/adapters/http/router"
	"github.com/eosc-perf/backend/core/document"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/core/service"
)

// Limits bound what clients may send.
type Limits struct {
	// Document bounds bodies.
	Document document.Limits
	// Filters, Terms, Tags and SortKeys are the largest numbers of each in a query.
	Filters  int
	Terms    int
	Tags     int
	SortKeys int
	// PathParts is the largest number of parts that the path of a filter or sort has.
	PathParts int
	// ExportTimeout is how long an export may take.
	ExportTimeout time.Duration
}

// numberLength bounds the length of numbers in filters, in bytes.
const numberLength = 1000

func (l Limits) query() parameter.Limits {
	return parameter.Limits{
		Filters: l.Filters, Terms: l.Terms, IDs: l.Tags,
		Filter: filter.Limits{PathParts: l.PathParts, SortKeys: l.SortKeys, Exponent: l.Document.Exponent, NumberLength: numberLength},
	}
}

// Config is what the API needs.
type Config struct {
	Services *service.Services
	Log      *slog.Logger
	Limits   Limits
	// Shares admit requests.
	Shares *fair.Shares
	// Rates count requests; nil for no limits.
	Rates *fair.Rates
	// Answers sends answers. Its spool keeps the bodies of requests, too.
	Answers representation.Answers
	// HeaderRefused is called with why an Authorization header is no token, in one word and in the words of the
	// answer. Nil is nobody.
	HeaderRefused func(cause string, err error)
	// Issuers are the OpenID providers whose tokens count, for the document.
	Issuers []string
	// DocsURL is where the documentation is, "" for nowhere.
	DocsURL string
	// Accounts are shown on the API page, nil outside of development.
	Accounts *openapi.Accounts
	// Page is the API page; Mount writes it.
	Page *openapi.APIPage
}

// Mount serves the API, its document and the page that shows the document.
func Mount(c Config) func(*router.Router) error {
	return func(r *router.Router) error {
		document := c.register(r.Prefix(), adapter{router: r, answers: c.Answers})
		return openapi.Mount(r, document, c.DocsURL, c.Accounts, c.Answers, c.Page)
	}
}

// register registers all operations with the adapter, and returns the document.
func (c Config) register(prefix string, routes huma.Adapter) func() ([]byte, error) {
	resources := c.resources()
	api := openapi.New(openapi.Config{
		Prefix: prefix, Issuers: c.Issuers, DocsURL: c.DocsURL, Sections: sections(resources),
	}, routes)
	checks := checks{
		prefix: prefix, access: c.Services.Access, requests: c.Services.Requests, results: c.Services.Results, log: c.Log,
		query: c.Limits.query(), shares: c.Shares, rates: c.Rates, refusals: c.Services.Refusals, users: users{c.Services.Users},
		bodies: bodyCheck{registry: api.OpenAPI().Components.Schemas, limits: c.Limits.Document, spool: c.Answers.Spool},
	}
	if checks.headerRefused = c.HeaderRefused; c.HeaderRefused == nil {
		checks.headerRefused = func(string, error) {}
	}
	texts := map[string]string{}
	for _, resource := range resources {
		maps.Copy(texts, resource.schemas)
		for _, operation := range resource.operations {
			described := operation.Describe()
			described.Middlewares = huma.Middlewares{checks.middleware(operation)}
			operation.Handler(api, described)
		}
	}
	return openapi.Document(api.OpenAPI(), texts)
}

// resource is what the API declares about one kind of resource.
type resource struct {
	// section describes the operations whose path begins with the resource; "" for no
	// such operations.
	section, description string
	// schemas describe the wire types, by name.
	schemas    map[string]string
	operations []openapi.Operation
}

// resources are all resources, in the order of the document's sections.
func (c Config) resources() []resource {
	return []resource{
		benchmarks{c.Services.Benchmarks}.resource(),
		reports{c.Services.Reports}.resource(),
		claims{c.Services.Claims}.resource(),
		results{c.Services.Results, exports{c.Services.Results, c.Limits.ExportTimeout}, c.Limits.Tags}.resource(),
		sites{c.Services.Sites}.resource(),
		flavors{c.Services.Flavors}.resource(),
		tags{c.Services.Tags}.resource(),
		users{c.Services.Users}.resource(),
		questions{c.Services.Results}.resource(),
		metrics{c.Services.Metrics}.resource(),
		comparisons{c.Services.Comparisons}.resource(),
		ownResults{c.Services.Results}.resource(),
		histories{c.Services}.resource(),
		auditTrail{c.Services.Audit}.resource(),
	}
}

func sections(resources []resource) []*huma.Tag {
	var tags []*huma.Tag
	for _, r := range resources {
		if r.section != "" {
			tags = append(tags, &huma.Tag{Name: r.section, Description: r.description})
		}
	}
	return tags
}
