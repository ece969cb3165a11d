package http

import (
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/eosc-perf/backend/adapters/http/budget"
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
	// Memory is how many bytes all requests under way may hold of what was read for
	// them, and of what they brought, beside what each may anyway. One that needs more
	// has all of it for itself.
	Memory int
}

// numberLength bounds the spelling of numbers in filters, in bytes.
const numberLength = 1000

func (l Limits) filter() filter.Limits {
	return filter.Limits{PathParts: l.PathParts, SortKeys: l.SortKeys, Exponent: l.Document.Exponent, NumberLength: numberLength}
}

// Config is what the handler needs.
type Config struct {
	Services *service.Services
	Log      *slog.Logger
	// Prefix is BACKEND_ROUTE, "/" for none.
	Prefix string
	// Issuers are those whose tokens count, for the document to tell.
	Issuers []string
	// Origins are CORS_ALLOWED_ORIGINS: `*`, `none`, or a list.
	Origins []string
	// TrustedProxies are IP addresses and networks whose forwarded headers count.
	TrustedProxies []string
	Limits         Limits
	// RequestTimeout bounds the work on one request.
	RequestTimeout time.Duration
	// Meter is told of each request; nil if nobody counts them.
	Meter Meter
	// Ready are the checks of /readyz.
	Ready []ReadyCheck
	// Outside are handlers of subtrees that do not belong to the API, by path.
	Outside map[string]http.Handler
	// Docs serves what is below /docs, nil for nothing.
	Docs http.Handler
	// Accounts for the API page, nil outside of development.
	Accounts *Accounts
}

// New returns the handler of everything: the API, its document and page, the
// health checks.
func New(c Config) (http.Handler, error) {
	r := newRouter(c.Prefix, c.Origins, budget.New(c.Limits.Memory))
	if err := r.engine.SetTrustedProxies(c.TrustedProxies); err != nil {
		return nil, fmt.Errorf("trusted proxies: %w", err)
	}
	if c.Meter != nil {
		r.engine.Use(metering(c.Meter))
	}
	r.engine.Use(logging(c.Log, c.RequestTimeout))
	for path, handler := range c.Outside {
		r.mount(path, handler)
	}
	api := newAPI(c, r)
	checks := pipeline{
		access: c.Services.Access, log: c.Log,
		bodies: bodyCheck{registry: api.OpenAPI().Components.Schemas, limits: c.Limits.Document},
		memory: r.memory,
	}
	h := &handlers{Services: c.Services, log: c.Log}
	for _, o := range h.operations() {
		o.register(api, checks, c.Limits)
	}
	if err := serveDocumentation(r, api, c.Prefix, c.Accounts); err != nil {
		return nil, err
	}
	if c.Docs != nil {
		servePages(r, c.Docs)
	}
	serveHealth(r, c.Log, c.Ready)
	r.finish()
	return r, nil
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
