package http

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/http/budget"
	"github.com/eosc-perf/backend/adapters/http/middleware"
	"github.com/eosc-perf/backend/adapters/http/problem"
	"github.com/eosc-perf/backend/adapters/http/router"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/service"
	"github.com/eosc-perf/backend/ports"
)

// request is what handlers know of a request besides its body. All of it has
// passed the checks.
type request struct {
	// id of the path, if the operation's path has one.
	id     uuid.UUID
	query  query
	caller domain.Caller
}

type requestKey struct{}

// pipeline are the checks before a handler, in the contract's order: identity
// and right, query, body. (The route and the id in it come before, see router.go.)
type pipeline struct {
	access *service.Access
	log    *slog.Logger
	bodies bodyCheck
	budget *budget.Budget
}

// middleware runs the checks for one operation.
func (p pipeline) middleware(operation domain.Operation, queries queryCheck) func(huma.Context, func(huma.Context)) {
	return func(c huma.Context, next func(huma.Context)) {
		g := humagin.Unwrap(c)
		record := middleware.RecordOf(g.Request.Context())
		record.Operation = operation.ID
		req := request{id: router.ID(g)}
		var err error
		req.caller, err = p.identify(g, operation)
		record.Caller = req.caller
		if err != nil {
			problem.From(g.Request.Context(), p.log, err).Write(g.Writer)
			return
		}
		var errs problem.FieldErrors
		if req.query, errs = queries.parse(g.Request.URL.RawQuery); len(errs) > 0 {
			problem.New(http.StatusUnprocessableEntity, map[string]any{"query": errs}).Write(g.Writer)
			return
		}
		if body := c.Operation().RequestBody; body != nil {
			text, failure := p.bodies.read(g.Writer, g.Request)
			if failure != nil {
				failure.Write(g.Writer)
				return
			}
			release, err := p.budget.Acquire(g.Request.Context(), decodedSize*len(text))
			if err != nil {
				problem.From(g.Request.Context(), p.log, err).Write(g.Writer)
				return
			}
			defer release()
			if text, failure = p.bodies.check(text, body.Content["application/json"].Schema); failure != nil {
				failure.Write(g.Writer)
				return
			}
			g.Request.Body = io.NopCloser(bytes.NewReader(text))
			g.Request.Header.Set("Content-Type", "application/json")
		}
		next(huma.WithValue(c, requestKey{}, &req))
	}
}

// identify finds out who asks, and whether they may, before anything else of the
// request is read. The callers of public operations stay anonymous: no token is looked at.
func (p pipeline) identify(g *gin.Context, operation domain.Operation) (domain.Caller, error) {
	if operation.Right == domain.Public {
		return domain.Caller{}, nil
	}
	token, err := bearerToken(g.Request.Header)
	if err != nil {
		return domain.Caller{}, err
	}
	caller, err := p.access.Identify(g.Request.Context(), ports.BearerToken{
		Text: token, Client: clientKey(g.ClientIP()), Fresh: operation.StoresIdentity(),
	})
	if err != nil {
		return domain.Caller{}, err
	}
	return caller, caller.May(operation)
}

// handle makes a function that knows its request fit for the OpenAPI library,
// and turns its errors into answers.
func handle[I, O any](log *slog.Logger, fn func(context.Context, *request, *I) (*O, error)) func(context.Context, *I) (*O, error) {
	return func(ctx context.Context, in *I) (*O, error) {
		req, ok := ctx.Value(requestKey{}).(*request)
		if !ok {
			panic("handler called without its checks")
		}
		out, err := budget.Read(ctx, func() (*O, error) { return fn(ctx, req, in) })
		if err != nil {
			return nil, problem.From(ctx, log, err)
		}
		return out, nil
	}
}
