// Package router finds the handler of a request by method and path, by the rules of
// the API's contract: custom methods (`/sites/{id}:approve`), a public prefix, several
// slashes in a row, ids in paths, HEAD for each GET, and the answers 404, 405 and
// OPTIONS.
//
// The other packages below adapters/http register their routes here. The package knows
// none of them.
package router

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/http/problem"
)

// Config is what a Router needs besides its routes.
type Config struct {
	// Prefix is the public path of the server, "" or "/" for none.
	Prefix string
	// TrustedProxies are the IP addresses and networks whose forwarded headers count.
	TrustedProxies []string
	// Middleware runs before every handler, in this order.
	Middleware []gin.HandlerFunc
	// CORS runs after Middleware, except for subtrees.
	CORS gin.HandlerFunc
	// Limit runs before the router itself answers a request: 404, 405 and OPTIONS. It may answer
	// the request, and abort it. Nil limits nothing.
	Limit gin.HandlerFunc
}

// Router is the table of all routes. Routes are registered first, then Handler is
// called once.
type Router struct {
	engine *gin.Engine
	// routes has the middleware of everything but subtrees.
	routes *gin.RouterGroup
	limit  gin.HandlerFunc
	// prefix is the public path, "" for none.
	prefix string
	// subtrees are the paths of Mount, with a slash at the end.
	subtrees []string
	// methods are the registered methods, by gin's path.
	methods map[string][]string
}

// New returns a router without routes. It fails for malformed trusted proxies.
func New(c Config) (*Router, error) {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.RedirectTrailingSlash = false
	if err := engine.SetTrustedProxies(c.TrustedProxies); err != nil {
		return nil, fmt.Errorf("trusted proxies: %w", err)
	}
	if c.Limit == nil {
		c.Limit = func(*gin.Context) {}
	}
	engine.Use(c.Middleware...)
	engine.NoRoute(c.CORS, c.Limit, notFound)
	return &Router{
		engine: engine, routes: engine.Group("/", c.CORS), limit: c.Limit, prefix: strings.TrimSuffix(c.Prefix, "/"),
		methods: map[string][]string{},
	}, nil
}

// Prefix returns the public path of the server without a slash at the end, "" for none.
func (r *Router) Prefix() string { return r.prefix }

func notFound(c *gin.Context) { problem.New(http.StatusNotFound, nil).Write(c.Writer) }

// Mount serves everything below a path, such as "/dev/oidc", by the handlers, which run in
// this order. Requests keep their path, and no other rule of the router applies to them.
func (r *Router) Mount(path string, handlers ...gin.HandlerFunc) {
	r.subtrees = append(r.subtrees, path+"/")
	r.engine.Any(path+"/*below", handlers...)
}

// Handle registers handlers, which run in this order. The path is in OpenAPI's
// notation, what stands in braces is an id; or it ends with gin's `*name`, which stands
// for any rest. A route of GET serves HEAD too.
func (r *Router) Handle(method, path string, handlers ...gin.HandlerFunc) {
	methods := []string{method}
	if method == http.MethodGet {
		methods = append(methods, http.MethodHead)
	}
	path = ginPath(path)
	for _, m := range methods {
		r.route(m, path, handlers...)
		r.methods[path] = append(r.methods[path], m)
	}
}

// route registers handlers for gin's path, after the check of its ids.
func (r *Router) route(method, path string, handlers ...gin.HandlerFunc) {
	if strings.Contains(path, "/:") {
		handlers = append([]gin.HandlerFunc{r.checkIDs}, handlers...)
	}
	r.routes.Handle(method, path, handlers...)
}

// Handler returns the handler of all registered routes. For each path it answers the
// methods that have no route: OPTIONS with 204, the others with 405.
func (r *Router) Handler() http.Handler {
	for path, methods := range r.methods {
		allow := allow(methods)
		for _, method := range allMethods {
			if slices.Contains(methods, method) {
				continue
			}
			r.route(method, path, r.limit, func(c *gin.Context) {
				c.Header("Allow", allow)
				if method == http.MethodOptions {
					c.Status(http.StatusNoContent)
					return
				}
				problem.New(http.StatusMethodNotAllowed, nil).Write(c.Writer)
			})
		}
	}
	return http.HandlerFunc(r.serve)
}

// serve brings path and method into the form of gin's routes.
func (r *Router) serve(w http.ResponseWriter, req *http.Request) {
	path := WithoutPrefix(r.prefix, req.URL.Path)
	if !slices.Contains(allMethods, req.Method) {
		// No operation and no page has the method, so that TRACE leads to the same 405.
		req.Method = http.MethodTrace
	}
	if slices.ContainsFunc(r.subtrees, func(subtree string) bool { return strings.HasPrefix(path, subtree) }) {
		req.URL.Path = path
		r.engine.ServeHTTP(w, req)
		return
	}
	req.URL.Path, req.URL.RawPath = routedPath(path), ""
	r.engine.ServeHTTP(w, req)
}

// checkIDs answers 404 to ids that are not UUIDs in their 36-character form, in any
// case.
func (r *Router) checkIDs(c *gin.Context) {
	const length = 36
	for _, p := range c.Params {
		if len(p.Value) != length || uuid.Validate(p.Value) != nil {
			if r.limit(c); !c.IsAborted() {
				notFound(c)
				c.Abort()
			}
			return
		}
	}
}

// ID returns the id in the path of a request, uuid.Nil if its route has none. Routes
// have one id at most.
func ID(c *gin.Context) uuid.UUID {
	if len(c.Params) == 0 {
		return uuid.Nil
	}
	return uuid.MustParse(c.Params[0].Value)
}
