package http

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// operation is a row of the table from which routes, checks and document come.
// The right comes with the operation, from the core.
type operation struct {
	domain.Operation
	method, path string
	summary      string
	// params are the query keys, in the contract's order.
	params []*huma.Param
	// sort are the fields that sort_by may name.
	sort []string
	// errors are the statuses that the operation may answer besides those that
	// follow from its right, path, query and body.
	errors []int
	serve  serve
}

// operations is the table of the API.
func (h *handlers) operations() []operation {
	const (
		get, post = http.MethodGet, http.MethodPost
		conflict  = http.StatusConflict
		invalid   = http.StatusUnprocessableEntity
		notFound  = http.StatusNotFound
	)
	return []operation{
		{domain.ListBenchmarks, get, "/benchmarks", "List benchmarks",
			params(status(), uploadWindow(), paging(), text("docker_image", "Exact image"), text("docker_tag", "Exact tag"), sortBy("+docker_image")),
			ports.BenchmarkSort, nil, ok(h, h.listBenchmarks)},
		{domain.CreateBenchmark, post, "/benchmarks", "Submit a benchmark for review",
			nil, nil, []int{conflict}, created(h, h.createBenchmark)},
		{domain.GetBenchmark, get, "/benchmarks/{benchmark_id}", "Get a benchmark of any status",
			nil, nil, nil, ok(h, h.getBenchmark)},
		{domain.ApproveBenchmark, post, "/benchmarks/{benchmark_id}:approve", "Approve a benchmark",
			nil, nil, []int{invalid}, noContent(h, h.approveBenchmark)},

		{domain.ListSites, get, "/sites", "List sites",
			params(status(), uploadWindow(), paging(), text("name", "Exact name"), text("address", "Exact address"), sortBy("+name")),
			ports.SiteSort, nil, ok(h, h.listSites)},
		{domain.CreateSite, post, "/sites", "Submit a site for review",
			nil, nil, []int{conflict}, created(h, h.createSite)},
		{domain.GetSite, get, "/sites/{site_id}", "Get a site of any status",
			nil, nil, nil, ok(h, h.getSite)},
		{domain.ApproveSite, post, "/sites/{site_id}:approve", "Approve a site",
			nil, nil, []int{invalid}, noContent(h, h.approveSite)},

		{domain.ListFlavors, get, "/sites/{site_id}/flavors", "List the flavors of a site",
			params(status(), uploadWindow(), paging(), text("name", "Exact name"), sortBy("+name")),
			ports.FlavorSort, nil, ok(h, h.listFlavors)},
		{domain.AddFlavor, post, "/sites/{site_id}/flavors", "Submit a flavor of a site for review",
			nil, nil, []int{conflict}, created(h, h.addFlavor)},
		{domain.GetFlavor, get, "/flavors/{flavor_id}", "Get a flavor of any status",
			nil, nil, nil, ok(h, h.getFlavor)},
		{domain.ApproveFlavor, post, "/flavors/{flavor_id}:approve", "Approve a flavor",
			nil, nil, []int{invalid}, noContent(h, h.approveFlavor)},
		{domain.GetFlavorSite, get, "/flavors/{flavor_id}/site", "Get the site of a flavor",
			nil, nil, nil, ok(h, h.getFlavorSite)},

		{domain.ListTags, get, "/tags", "List tags",
			params(paging(), text("name", "Exact name"), sortBy("+name")),
			ports.TagSort, nil, ok(h, h.listTags)},
		{domain.CreateTag, post, "/tags", "Create a tag",
			nil, nil, []int{conflict}, created(h, h.createTag)},
		{domain.GetTag, get, "/tags/{tag_id}", "Get a tag",
			nil, nil, nil, ok(h, h.getTag)},

		{domain.ListResults, get, "/results", "List, filter and sort results",
			params(uploadWindow(), paging(), window("execution", "Executed"),
				id("benchmark_id", "Results of this benchmark"), id("site_id", "Results from this site"), id("flavor_id", "Results on this flavor"),
				tagIDs("Results that bear all of these tags"), filters(), sortBy("+execution_datetime")),
			ports.ResultSort, nil, ok(h, h.listResults)},
		{domain.CreateResult, post, "/results", "Upload a result",
			params(
				one(required(param("execution_datetime", "When the benchmark ran, with offset from UTC", str(formatDateTime)))),
				one(required(param("benchmark_id", "The benchmark that ran", str(formatUUID)))),
				one(required(param("flavor_id", "The machine type that it ran on", str(formatUUID)))),
				tagIDs("Tags of the result")),
			nil, []int{notFound}, created(h, h.createResult)},
		{domain.GetResult, get, "/results/{result_id}", "Get a result, hidden or not",
			nil, nil, nil, ok(h, h.getResult)},

		{domain.ListSubmits, get, "/reports/submits", "List what waits for review",
			params(uploadWindow(), paging(),
				one(param("resource_type", "Type of what waits", enum("benchmark", "claim", "site", "flavor"))), sortBy("+resource_type")),
			ports.SubmitSort, nil, ok(h, h.listSubmits)},

		{domain.RegisterSelf, post, "/users:register", "Register the bearer of the token",
			nil, nil, []int{conflict, invalid}, created(h, h.registerSelf)},
		{domain.GetSelf, get, "/users/self", "Get the bearer of the token",
			nil, nil, []int{notFound}, ok(h, h.getSelf)},
		{domain.TryAdmin, get, "/users/self:try_admin", "Tell whether the bearer is an administrator",
			nil, nil, nil, noContent(h, h.tryAdmin)},
	}
}
