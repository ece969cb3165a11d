package server

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/eosc-perf/backend/adapters/http/representation"
	"github.com/eosc-perf/backend/adapters/http/router"
)

// DocsPath is where Docs serves the documentation.
const DocsPath = "/docs"

// Docs serves the pages of the documentation, which the handler finds by their path
// below DocsPath. Pages have entity tags and are compressed, as the answers of the API.
func Docs(pages http.Handler, answers representation.Answers) Mount {
	return func(r *router.Router) error {
		r.Handle(http.MethodGet, DocsPath, func(c *gin.Context) {
			c.Header("Location", r.Prefix()+DocsPath+"/")
			c.Status(http.StatusMovedPermanently)
		})
		r.Handle(http.MethodGet, DocsPath+"/*page", answers.Handle, func(c *gin.Context) {
			c.Request.URL.Path = c.Param("page")
			pages.ServeHTTP(c.Writer, c.Request)
		})
		return nil
	}
}

// Subtree serves everything below a path by a handler that knows nothing of the
// router's rules.
func Subtree(path string, handler http.Handler) Mount {
	return func(r *router.Router) error {
		r.Mount(path, gin.WrapH(handler))
		return nil
	}
}
