package http

import (
	"log/slog"

	"github.com/danielgtaylor/huma/v2"

	"github.com/eosc-perf/backend/adapters/http/budget"
	"github.com/eosc-perf/backend/adapters/http/router"
	"github.com/eosc-perf/backend/core/document"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/core/service"
)

// Limits bound what a stranger may send.
type Limits struct {
	// Document bounds bodies.
	Document document.Limits
	// Filters, Terms, Tags and SortKeys are how many of them a query may have.
	Filters  int
	Terms    int
	Tags     int
	SortKeys int
	// PathParts is how many parts the path of a filter or sort may have.
	PathParts int
	// Memory is the memory budget in bytes of all requests under way.
	Memory int
}

// numberLength bounds the spelling of numbers in filters, in bytes.
const numberLength = 1000

func (l Limits) filter() filter.Limits {
	return filter.Limits{PathParts: l.PathParts, SortKeys: l.SortKeys, Exponent: l.Document.Exponent, NumberLength: numberLength}
}

// Config is what the API needs.
type Config struct {
	Services *service.Services
	Log      *slog.Logger
	// Issuers are the OpenID providers whose tokens count, for the document.
	Issuers []string
	Limits  Limits
	// DocsURL is where the documentation is, "" for nowhere.
	DocsURL string
	// Accounts are shown on the API page, nil outside of development.
	Accounts *Accounts
}

// Mount serves the API, its document and its page.
func Mount(c Config) func(*router.Router) error {
	return func(r *router.Router) error {
		memory := budget.New(c.Limits.Memory)
		api := newAPI(c, r.Prefix(), adapter{router: r, budget: memory})
		checks := pipeline{
			access: c.Services.Access, log: c.Log,
			bodies: bodyCheck{registry: api.OpenAPI().Components.Schemas, limits: c.Limits.Document},
			budget: memory,
		}
		h := &handlers{Services: c.Services, log: c.Log}
		for _, o := range h.operations() {
			o.register(api, checks, c.Limits)
		}
		return serveDocumentation(r, api, c.Accounts)
	}
}

// register makes the operation known to router and document.
func (o operation) register(api huma.API, checks pipeline, limits Limits) {
	op := o.describe()
	queries := queryCheck{params: map[string]*huma.Param{}, sortFields: o.sort, limits: limits}
	for _, p := range o.params {
		queries.params[p.Name] = p
	}
	op.Middlewares = huma.Middlewares{checks.middleware(o.Operation, queries)}
	o.serve(api, op)
}
