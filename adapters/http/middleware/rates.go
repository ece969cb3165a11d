package middleware

import (
	"context"
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/eosc-perf/backend/adapters/http/fair"
	"github.com/eosc-perf/backend/adapters/http/problem"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// Limit counts a request that no operation and no page counts, as a read or as a write, and
// answers 429 if nothing is left. Preflights count nothing: browsers tell pages only that they
// failed.
func Limit(rates *fair.Rates) gin.HandlerFunc {
	return func(c *gin.Context) {
		class := fair.Writes
		switch c.Request.Method {
		case http.MethodOptions:
			return
		case http.MethodGet, http.MethodHead:
			class = fair.Reads
		}
		err := Count(c.Writer.Header(), rates, RecordOf(c.Request.Context()).Client, class)
		if limited, ok := errors.AsType[*domain.Error](err); ok {
			problem.FromDomain(limited).Write(c.Writer)
			c.Abort()
		}
	}
}

// Pace lets a request that has passed no gate wait, when it has been answered, for the turn of its
// client: what is refused, what is not there, pages of the documentation, files of pages. A client
// that sends very many of them waits for itself. Long checks by schemas wait for the turn of the client, too.
// Nil shares let nobody wait.
func Pace(shares *fair.Shares) gin.HandlerFunc {
	if shares == nil {
		return func(*gin.Context) {}
	}
	return func(c *gin.Context) {
		record := RecordOf(c.Request.Context())
		c.Request = c.Request.WithContext(ports.WithProcessors(c.Request.Context(), processors{shares, record}))
		c.Next()
		if !record.Admitted {
			_ = shares.Turn(c.Request.Context(), record.Client) // it has its answer
		}
	}
}

// processors let long checks by schemas take turns with those of other clients.
type processors struct {
	shares *fair.Shares
	record *Record
}

// Occupy implements ports.Processors.
func (p processors) Occupy(ctx context.Context) (leave func(), err error) {
	return p.shares.Check(ctx, p.record.Client)
}

// Count counts a request of the client in the classes, and tells the client what is left in the
// headers of the answer. Nil rates count nothing. Error: Limited for the first class of which
// nothing is left; the others are not counted then.
func Count(header http.Header, rates *fair.Rates, client string, classes ...fair.Class) error {
	for _, class := range classes {
		budget, err := rates.Take(class, client)
		tell(header, budget)
		if err != nil {
			return err
		}
	}
	return nil
}

// CountRefusal counts a token or a login that was refused, against the address of the request.
// The answer is the refusal; a later request meets Refusing.
func CountRefusal(rates *fair.Rates, record *Record) {
	_, _ = rates.Take(fair.RefusedLogins, record.Address)
}

// Refusing returns an error if the address of the request has sent too many tokens or logins
// that were refused. Error: Limited.
func Refusing(header http.Header, rates *fair.Rates, record *Record) error {
	budget, err := rates.Look(fair.RefusedLogins, record.Address)
	if err != nil {
		tell(header, budget)
	}
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
