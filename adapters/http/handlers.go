package http

import (
	"context"
	"log/slog"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/service"
	"github.com/eosc-perf/backend/ports"
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

func (h *handlers) listBenchmarks(ctx context.Context, r *request, _ *none) (Benchmarks, error) {
	page, err := h.Benchmarks.List(ctx, ports.BenchmarkQuery{
		ReviewedOptions: r.query.reviewed("docker_image"),
		DockerImage:     r.query.text("docker_image"),
		DockerTag:       r.query.text("docker_tag"),
	})
	return answer(page, err, toBenchmarks)
}

func (h *handlers) createBenchmark(ctx context.Context, r *request, in *body[CreateBenchmark]) (Benchmark, error) {
	b := in.Body
	benchmark, err := h.Benchmarks.Create(ctx, r.caller.User, service.NewBenchmark{
		DockerImage: b.DockerImage, DockerTag: b.DockerTag, URL: b.URL,
		JSONSchema: b.JSONSchema.RawMessage, Description: b.Description,
	})
	return answer(benchmark, err, toBenchmark)
}

func (h *handlers) getBenchmark(ctx context.Context, r *request, _ *none) (Benchmark, error) {
	benchmark, err := h.Benchmarks.Get(ctx, r.id)
	return answer(benchmark, err, toBenchmark)
}

func (h *handlers) approveBenchmark(ctx context.Context, r *request, _ *none) error {
	return h.Benchmarks.Approve(ctx, r.id)
}

func (h *handlers) listSites(ctx context.Context, r *request, _ *none) (Sites, error) {
	page, err := h.Sites.List(ctx, ports.SiteQuery{
		ReviewedOptions: r.query.reviewed("name"),
		Name:            r.query.text("name"),
		Address:         r.query.text("address"),
	})
	return answer(page, err, toSites)
}

func (h *handlers) createSite(ctx context.Context, r *request, in *body[CreateSite]) (Site, error) {
	site, err := h.Sites.Create(ctx, r.caller.User, service.NewSite(in.Body))
	return answer(site, err, toSite)
}

func (h *handlers) getSite(ctx context.Context, r *request, _ *none) (Site, error) {
	site, err := h.Sites.Get(ctx, r.id)
	return answer(site, err, toSite)
}

func (h *handlers) approveSite(ctx context.Context, r *request, _ *none) error {
	return h.Sites.Approve(ctx, r.id)
}

func (h *handlers) listFlavors(ctx context.Context, r *request, _ *none) (Flavors, error) {
	page, err := h.Flavors.List(ctx, ports.FlavorQuery{
		ReviewedOptions: r.query.reviewed("name"),
		SiteID:          r.id,
		Name:            r.query.text("name"),
	})
	return answer(page, err, toFlavors)
}

func (h *handlers) addFlavor(ctx context.Context, r *request, in *body[CreateFlavor]) (Flavor, error) {
	flavor, err := h.Flavors.Add(ctx, r.caller.User, r.id, service.NewFlavor(in.Body))
	return answer(flavor, err, toFlavor)
}

func (h *handlers) getFlavor(ctx context.Context, r *request, _ *none) (Flavor, error) {
	flavor, err := h.Flavors.Get(ctx, r.id)
	return answer(flavor, err, toFlavor)
}

func (h *handlers) approveFlavor(ctx context.Context, r *request, _ *none) error {
	return h.Flavors.Approve(ctx, r.id)
}

func (h *handlers) getFlavorSite(ctx context.Context, r *request, _ *none) (Site, error) {
	site, err := h.Flavors.GetSite(ctx, r.id)
	return answer(site, err, toSite)
}

func (h *handlers) listTags(ctx context.Context, r *request, _ *none) (Tags, error) {
	page, err := h.Tags.List(ctx, ports.TagQuery{ListOptions: r.query.list("name"), Name: r.query.text("name")})
	return answer(page, err, toTags)
}

func (h *handlers) createTag(ctx context.Context, _ *request, in *body[CreateTag]) (Tag, error) {
	tag, err := h.Tags.Create(ctx, in.Body.Name, in.Body.Description)
	return answer(tag, err, toTag)
}

func (h *handlers) getTag(ctx context.Context, r *request, _ *none) (Tag, error) {
	tag, err := h.Tags.Get(ctx, r.id)
	return answer(tag, err, toTag)
}

func (h *handlers) listResults(ctx context.Context, r *request, _ *none) (Results, error) {
	page, err := h.Results.List(ctx, ports.ResultQuery{
		ListOptions: r.query.list("execution_datetime"),
		Uploaded:    r.query.window("upload"),
		Executed:    r.query.window("execution"),
		BenchmarkID: r.query.uuid("benchmark_id"),
		SiteID:      r.query.uuid("site_id"),
		FlavorID:    r.query.uuid("flavor_id"),
		TagIDs:      r.query.tagIDs(),
		Filters:     r.query.filters,
	})
	return answer(page, err, toResults)
}

func (h *handlers) createResult(ctx context.Context, r *request, in *body[Json]) (Result, error) {
	result, err := h.Results.Create(ctx, r.caller.User, service.NewResult{
		ExecutedAt:  r.query.executionTime(),
		BenchmarkID: *r.query.uuid("benchmark_id"),
		FlavorID:    *r.query.uuid("flavor_id"),
		TagIDs:      r.query.tagIDs(),
		JSON:        in.Body.RawMessage,
	})
	return answer(result, err, toResult)
}

func (h *handlers) getResult(ctx context.Context, r *request, _ *none) (Result, error) {
	result, err := h.Results.Get(ctx, r.id)
	return answer(result, err, toResult)
}

func (h *handlers) listSubmits(ctx context.Context, r *request, _ *none) (Submits, error) {
	page, err := h.Reports.ListSubmits(ctx, ports.SubmitQuery{
		ListOptions:  r.query.list("resource_type"),
		Uploaded:     r.query.window("upload"),
		ResourceType: (*domain.Resource)(r.query.text("resource_type")),
	})
	return answer(page, err, toSubmits)
}

func (h *handlers) registerSelf(ctx context.Context, r *request, _ *none) (User, error) {
	user, err := h.Users.RegisterSelf(ctx, r.caller.Identity)
	return answer(user, err, toUser)
}

func (h *handlers) getSelf(_ context.Context, r *request, _ *none) (User, error) {
	user, err := h.Users.GetSelf(r.caller)
	return answer(user, err, toUser)
}

func (h *handlers) tryAdmin(context.Context, *request, *none) error { return nil }
