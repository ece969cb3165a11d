package api

import (
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"github.com/eosc-perf/backend/adapters/http/fair"
	"github.com/eosc-perf/backend/adapters/http/middleware"
	"github.com/eosc-perf/backend/core/domain"
)

// heavyReads are the operations that read many results for one answer.
var heavyReads = []domain.Operation{
	domain.ExportResults, domain.ListPaths, domain.CompareResults, domain.DistributionResults, domain.SeriesResults, domain.TrendResults,
}

// publicReads are the operations that change nothing although their method is POST.
var publicReads = []domain.Operation{domain.ValidateResult}

// classesOf returns the classes that requests for the operation count in.
func classesOf(operation domain.Operation, method string) []fair.Class {
	switch {
	case slices.Contains(heavyReads, operation):
		return []fair.Class{fair.Reads, fair.HeavyReads}
	case method == http.MethodGet, slices.Contains(publicReads, operation):
		return []fair.Class{fair.Reads}
	}
	return []fair.Class{fair.Writes}
}

// count counts the request, and tells the client how many are left. Error: Limited.
func (c checks) count(g *gin.Context, operation domain.Operation, classes []fair.Class) error {
	record := middleware.RecordOf(g.Request.Context())
	err := middleware.Count(g.Writer.Header(), c.rates, record.Client, classes...)
	if err == nil && operation == domain.RegisterSelf {
		err = middleware.Count(g.Writer.Header(), c.rates, record.Address, fair.Registrations)
	}
	return err
}

// refused notes a request that was refused, in the audit trail, and against the address.
func (c checks) refused(g *gin.Context, caller domain.Caller, operation domain.Operation, err error) {
	ctx := g.Request.Context()
	kind := domain.KindOf(err)
	if kind == domain.Unauthenticated && g.GetHeader("Authorization") != "" {
		c.refusals.Login(ctx)
		middleware.CountRefusal(c.rates, middleware.RecordOf(ctx))
	}
	if kind != domain.Forbidden {
		return
	}
	if err := c.refusals.Administration(ctx, caller, operation); err != nil {
		c.log.WarnContext(ctx, "a refused request is not in the audit trail", "error", err)
	}
}
