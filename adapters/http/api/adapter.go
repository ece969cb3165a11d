package api

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"

	"github.com/eosc-perf/backend/adapters/http/openapi"
	"github.com/eosc-perf/backend/adapters/http/representation"
	"github.com/eosc-perf/backend/adapters/http/router"
)

// adapter registers the operations of the OpenAPI library as routes.
type adapter struct {
	router  *router.Router
	answers representation.Answers
}

// Handle implements huma.Adapter.
func (a adapter) Handle(op *huma.Operation, handler func(huma.Context)) {
	serve := func(c *gin.Context) {
		c.Header("Cache-Control", "no-cache")
		handler(humagin.NewContext(op, c))
	}
	if openapi.StreamsFile(op) {
		a.router.Handle(op.Method, op.Path, serve)
		return
	}
	a.router.Handle(op.Method, op.Path, a.answers.Handle, serve)
}

// ServeHTTP implements huma.Adapter. The library calls it in tests of its own only.
func (adapter) ServeHTTP(http.ResponseWriter, *http.Request) { panic("requests go through the router") }
