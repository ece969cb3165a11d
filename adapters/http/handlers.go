package http

import (
	"context"
	"log/slog"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/eosc-perf/backend/core/service"
)

// handlers translate between wire types and services; they decide nothing.
type handlers struct {
	*service.Services
	log *slog.Logger
}

// serve registers an operation with the OpenAPI library.
type serve func(api huma.API, op huma.Operation)

// none is the input of an operation without a body.
type none struct{}

// body is the input of an operation with one.
type body[T any] struct{ Body T }

func register[I, W any](h *handlers, status int, fn func(context.Context, *request, *I) (W, error)) serve {
	return func(api huma.API, op huma.Operation) {
		op.DefaultStatus = status
		huma.Register(api, op, handle(h.log, func(ctx context.Context, r *request, in *I) (*body[W], error) {
			out, err := fn(ctx, r, in)
			return &body[W]{out}, err
		}))
	}
}

// ok serves what answers 200 with a value.
func ok[I, W any](h *handlers, fn func(context.Context, *request, *I) (W, error)) serve {
	return register(h, http.StatusOK, fn)
}

// created serves what answers 201 with a value.
func created[I, W any](h *handlers, fn func(context.Context, *request, *I) (W, error)) serve {
	return register(h, http.StatusCreated, fn)
}

// noContent serves what answers 204.
func noContent[I any](h *handlers, fn func(context.Context, *request, *I) error) serve {
	return func(api huma.API, op huma.Operation) {
		op.DefaultStatus = http.StatusNoContent
		huma.Register(api, op, handle(h.log, func(ctx context.Context, r *request, in *I) (*none, error) {
			return &none{}, fn(ctx, r, in)
		}))
	}
}

// answer converts what a service returned, if it is no error.
func answer[D, W any](value D, err error, convert func(D) W) (W, error) {
	if err != nil {
		var zero W
		return zero, err
	}
	return convert(value), nil
}
