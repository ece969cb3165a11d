package http

import (
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/http/budget"
	"github.com/eosc-perf/backend/adapters/http/problem"
	"github.com/eosc-perf/backend/adapters/http/representation"
)

// verbMark stands for the `:` of a custom method (`/benchmarks/{id}:approve`) in
// the router's own paths, because gin takes a `:` for a parameter.
const verbMark = "/~"

// router brings a request's path into the form that gin routes, and gin's
// routes into the form of the contract.
type router struct {
	engine *gin.Engine
	// prefix is the public one, "" for none.
	prefix string
	cors   func(header http.Header, origin string, preflight bool)
	// outside are subtrees that do not belong to the API, with a slash at the end.
	outside []string
	// memory bounds what reads of the API hold.
	memory *budget.Budget
	// methods are those of each of gin's paths.
	methods map[string][]string
}

func newRouter(prefix string, origins []string, memory *budget.Budget) *router {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.RedirectTrailingSlash = false
	engine.NoRoute(notFound)
	return &router{
		engine: engine, prefix: strings.TrimSuffix(prefix, "/"), cors: cors(origins),
		memory: memory, methods: map[string][]string{},
	}
}

func notFound(c *gin.Context) { problem.New(http.StatusNotFound, nil).Write(c.Writer) }

// mount serves everything below a path, such as "/dev/oidc", as it comes.
func (r *router) mount(path string, handler http.Handler) {
	r.outside = append(r.outside, path+"/")
	r.engine.Any(path+"/*below", gin.WrapH(handler))
}

// ServeHTTP implements http.Handler.
func (r *router) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	path := r.withoutPrefix(req.URL.Path)
	if slices.ContainsFunc(r.outside, func(subtree string) bool { return strings.HasPrefix(path, subtree) }) {
		req.URL.Path = path
		r.engine.ServeHTTP(w, req)
		return
	}
	r.cors(w.Header(), req.Header.Get("Origin"), req.Method == http.MethodOptions)
	req.URL.Path, req.URL.RawPath = routedPath(path), ""
	if !slices.Contains(allMethods, req.Method) {
		// Any method that no operation has leads to the 405 of its path.
		req.Method = http.MethodTrace
	}
	r.engine.ServeHTTP(w, req)
}

var slashes = regexp.MustCompile(`/{2,}`)

// withoutPrefix removes the public prefix, if it is there; several slashes in a
// row count as one.
func (r *router) withoutPrefix(path string) string {
	if strings.Contains(path, "//") {
		path = slashes.ReplaceAllString(path, "/")
	}
	rest, ok := strings.CutPrefix(path, r.prefix)
	switch {
	case !ok || rest != "" && rest[0] != '/':
		return path
	case rest == "":
		return "/"
	default:
		return rest
	}
}

// nowhere is a path that no route has.
const nowhere = "/\x00"

// routedPath replaces the `:` of a custom method by the mark.
func routedPath(path string) string {
	if strings.Contains(path, verbMark) {
		return nowhere
	}
	i := strings.LastIndexByte(path, ':')
	if i <= 0 {
		return path
	}
	if path[i-1] == '/' || strings.ContainsRune(path[i:], '/') {
		return nowhere
	}
	return path[:i] + verbMark + path[i+1:]
}

// ginPath translates a path from OpenAPI's notation.
func ginPath(path string) string {
	if i := strings.LastIndexByte(path, ':'); i > 0 {
		path = path[:i] + verbMark + path[i+1:]
	}
	return strings.NewReplacer("{", ":", "}", "").Replace(path)
}

// Handle implements huma.Adapter.
func (r *router) Handle(op *huma.Operation, handler func(huma.Context)) {
	serve := func(c *gin.Context) {
		c.Header("Cache-Control", "no-cache")
		handler(humagin.NewContext(op, c))
	}
	if op.Method == http.MethodGet {
		r.handle(op.Method, ginPath(op.Path), r.reserve, representation.Handle, serve)
		return
	}
	r.handle(op.Method, ginPath(op.Path), serve)
}

// handle registers handlers, one after the other; HEAD works wherever GET does.
func (r *router) handle(method, path string, handlers ...gin.HandlerFunc) {
	methods := []string{method}
	if method == http.MethodGet {
		methods = append(methods, http.MethodHead)
	}
	for _, m := range methods {
		r.engine.Handle(m, path, append([]gin.HandlerFunc{checkID}, handlers...)...)
		r.methods[path] = append(r.methods[path], m)
	}
}

var allMethods = []string{
	http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch,
	http.MethodDelete, http.MethodOptions, http.MethodConnect, http.MethodTrace,
}

// finish answers the methods that a path does not have: OPTIONS with 204, all
// others with 405. Called once, after the last handle.
func (r *router) finish() {
	for path, methods := range r.methods {
		allow := strings.Join(append(slices.Sorted(slices.Values(methods)), http.MethodOptions), ", ")
		for _, method := range allMethods {
			if slices.Contains(methods, method) {
				continue
			}
			r.engine.Handle(method, path, checkID, func(c *gin.Context) {
				c.Header("Allow", allow)
				if method == http.MethodOptions {
					c.Status(http.StatusNoContent)
					return
				}
				problem.New(http.StatusMethodNotAllowed, nil).Write(c.Writer)
			})
		}
	}
}

// checkID lets only ids in their 36-character form through, in any case.
func checkID(c *gin.Context) {
	const length = 36
	for _, p := range c.Params {
		if strings.HasSuffix(p.Key, "_id") && (len(p.Value) != length || uuid.Validate(p.Value) != nil) {
			notFound(c)
			c.Abort()
			return
		}
	}
}

// pathID is the id in the path, the nil id if the path has none.
func pathID(c *gin.Context) uuid.UUID {
	for _, p := range c.Params {
		if strings.HasSuffix(p.Key, "_id") {
			return uuid.MustParse(p.Value)
		}
	}
	return uuid.Nil
}

// reserve lets storage charge to the memory budget what a request reads.
func (r *router) reserve(c *gin.Context) {
	ctx, release := r.memory.Attach(c.Request.Context())
	defer release()
	c.Request = c.Request.WithContext(ctx)
	c.Next()
}
