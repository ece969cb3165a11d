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
	for _, class := range classes {
		if err := c.take(g, class, record.Client); err != nil {
			return err
		}
	}
	if operation == domain.RegisterSelf {
		return c.take(g, fair.Registrations, fair.Address(g.ClientIP()))
	}
	return nil
}

func (c checks) take(g *gin.Context, class fair.Class, client string) error {
	budget, err := c.rates.Take(class, client)
	tell(g.Writer.Header(), budget)
	return err
}

// tell adds the budget to the headers of the answer.
func tell(header http.Header, budget *fair.Budget) {
	if budget == nil {
		return
	}
	for name, value := range map[string]string{"RateLimit-Policy": budget.Policy(), "RateLimit": budget.State()} {
		if before := header.Get(name); before != "" {
			value = before + ", " + value
		}
		header.Set(name, value)
	}
}

// refused notes a request that was refused, in the audit trail, and against the address.
func (c checks) refused(g *gin.Context, caller domain.Caller, operation domain.Operation, err error) {
	ctx := g.Request.Context()
	kind := domain.KindOf(err)
	if kind == domain.Unauthenticated && g.GetHeader("Authorization") != "" {
		c.refusals.Login(g.ClientIP())
		// The answer is the refusal; the next request is answered 429.
		_, _ = c.rates.Take(fair.RefusedLogins, fair.Address(g.ClientIP()))
	}
	if kind != domain.Forbidden {
		return
	}
	if err := c.refusals.Administration(ctx, caller, operation); err != nil {
		c.log.WarnContext(ctx, "a refused request is not in the audit trail", "error", err)
	}
}
