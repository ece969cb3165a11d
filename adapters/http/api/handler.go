package api

import (
	"context"
	"log/slog"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/http/parameter"
	"github.com/eosc-perf/backend/adapters/http/problem"
	"github.com/eosc-perf/backend/core/document"
	"github.com/eosc-perf/backend/core/domain"
)

// request is what handlers know of a request besides its body. All parts have passed
// the checks.
type request struct {
	// id is the id in the path, uuid.Nil if the path has none.
	id    uuid.UUID
	query parameter.Values
	// rawQuery is the query as the client sent it.
	rawQuery string
	caller   domain.Caller
	// document is the whole body, null if the operation takes none.
	document document.Value
	log      *slog.Logger
	// prefix is the public path of the server, "" for none.
	prefix string
	// header are the headers of the answer.
	header http.Header
	// key is the Idempotency-Key, "" for none; fingerprint tells the request from others.
	key, fingerprint string
	// batch are the results of UploadResults, nil for all other operations.
	batch *batchSource
	// cut says why only the beginning of the batch arrived; nil if it arrived whole.
	cut error
}

type requestKey struct{}

// handler registers what serves an operation with the OpenAPI library.
type handler = func(huma.API, huma.Operation)

// none is the input or the output of an operation without a body.
type none struct{}

// body is the input or the output of an operation with a body.
type body[T any] struct{ Body T }

// ok answers 200 with a value, in its wire form.
func ok[D, W any](handle func(context.Context, *request) (D, error), toWire func(D) W) handler {
	return answer(http.StatusOK, func(ctx context.Context, r *request, _ *none) (D, error) { return handle(ctx, r) }, toWire)
}

// created answers 201 with a value, in its wire form.
func created[D, W any](handle func(context.Context, *request) (D, error), toWire func(D) W) handler {
	return answer(http.StatusCreated, func(ctx context.Context, r *request, _ *none) (D, error) { return handle(ctx, r) }, toWire)
}

// createdFrom answers 201 to a request with a body.
func createdFrom[B, D, W any](handle func(context.Context, *request, B) (D, error), toWire func(D) W) handler {
	return answer(http.StatusCreated, func(ctx context.Context, r *request, in *body[B]) (D, error) { return handle(ctx, r, in.Body) }, toWire)
}

// noContent answers 204.
func noContent(handle func(context.Context, *request) error) handler {
	return register(http.StatusNoContent, func(ctx context.Context, r *request, _ *none) (*none, error) { return &none{}, handle(ctx, r) })
}

// noContentFrom answers 204 to a request with a body.
func noContentFrom[B any](handle func(context.Context, *request, B) error) handler {
	return register(http.StatusNoContent, func(ctx context.Context, r *request, in *body[B]) (*none, error) {
		return &none{}, handle(ctx, r, in.Body)
	})
}

func answer[I, D, W any](status int, handle func(context.Context, *request, *I) (D, error), toWire func(D) W) handler {
	return register(status, func(ctx context.Context, r *request, in *I) (*body[W], error) {
		value, err := handle(ctx, r, in)
		if err != nil {
			return nil, err
		}
		return &body[W]{toWire(value)}, nil
	})
}

// pages are the pages that show the same as operations, without the id at their ends: answers
// lead to them.
var pages = map[string]string{
	domain.GetBenchmark.ID: "/ui/benchmarks/", domain.GetSite.ID: "/ui/sites/", domain.GetFlavor.ID: "/ui/flavors/",
	domain.GetResult.ID: "/ui/results/",
}

// register returns a handler whose errors become answers.
func register[I, O any](status int, handle func(context.Context, *request, *I) (*O, error)) handler {
	return func(api huma.API, op huma.Operation) {
		op.DefaultStatus = status
		huma.Register(api, op, func(ctx context.Context, in *I) (*O, error) {
			r, ok := ctx.Value(requestKey{}).(*request)
			if !ok {
				panic("handler called without its checks")
			}
			out, err := handle(ctx, r, in)
			if err != nil {
				return nil, problem.From(ctx, r.log, err)
			}
			if page := pages[op.OperationID]; page != "" {
				r.header.Set("Link", "<"+r.prefix+page+r.id.String()+`>; rel="alternate"; type="text/html"`)
			}
			return out, nil
		})
	}
}
