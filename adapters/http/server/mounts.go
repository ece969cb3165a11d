package server

import (
	"errors"
	"maps"
	"net/http"
	"path"

	"github.com/gin-gonic/gin"

	"github.com/eosc-perf/backend/adapters/http/fair"
	"github.com/eosc-perf/backend/adapters/http/middleware"
	"github.com/eosc-perf/backend/adapters/http/problem"
	"github.com/eosc-perf/backend/adapters/http/representation"
	"github.com/eosc-perf/backend/adapters/http/router"
	"github.com/eosc-perf/backend/core/domain"
)

// DocsPath is where Docs serves the documentation.
const DocsPath = "/docs"

// Pages are those of the documentation.
type Pages interface {
	// ServeHTTP finds a page by its path below DocsPath.
	http.Handler
	// Refuse answers a page that says why there is no other one.
	Refuse(w http.ResponseWriter, r *http.Request, status int, heading, text string)
}

// Docs serves the pages of the documentation below DocsPath. They have entity tags and are
// compressed, as the answers of the API. A request counts as a read; nil rates count nothing.
func Docs(pages Pages, rates *fair.Rates, answers representation.Answers) Mount {
	return func(r *router.Router) error {
		r.Handle(http.MethodGet, DocsPath, func(c *gin.Context) {
			c.Header("Location", r.Prefix()+DocsPath+"/")
			c.Status(http.StatusMovedPermanently)
		})
		r.Handle(http.MethodGet, DocsPath+"/*page", answers.Handle, func(c *gin.Context) {
			c.Request.URL.Path = c.Param("page")
			if limited := count(c, rates); limited != nil {
				maps.Copy(c.Writer.Header(), problem.FromDomain(limited).GetHeaders())
				pages.Refuse(c.Writer, c.Request, http.StatusTooManyRequests, "Too many requests", limited.Message+".")
				return
			}
			pages.ServeHTTP(c.Writer, c.Request)
		})
		return nil
	}
}

// count counts a request for a page of the documentation, not for what pages look like: style
// and icon. It returns nil, or that nothing is left.
func count(c *gin.Context, rates *fair.Rates) *domain.Error {
	switch path.Ext(c.Request.URL.Path) {
	case ".css", ".svg":
		return nil
	}
	err := middleware.Count(c.Writer.Header(), rates, middleware.RecordOf(c.Request.Context()).Client, fair.Reads)
	limited, _ := errors.AsType[*domain.Error](err)
	return limited
}

// Subtree serves everything below a path by a handler that knows nothing of the
// router's rules.
func Subtree(path string, handler http.Handler) Mount {
	return func(r *router.Router) error {
		r.Mount(path, gin.WrapH(handler))
		return nil
	}
}
