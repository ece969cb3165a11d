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
	sort  []string
	serve serve
}

// operations is the table of the API.
func (h *handlers) operations() []operation {
	const (
		get, post, put, del = http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete
	)
	return []operation{
		{domain.ListBenchmarks, get, "/benchmarks", "List benchmarks",
			params(status(), uploadWindow(), paging(), text("docker_image", "The image, exactly"), text("docker_tag", "The image's tag, exactly"), sortBy("+docker_image")),
			ports.BenchmarkSort, ok(h, h.listBenchmarks)},
		{domain.CreateBenchmark, post, "/benchmarks", "Submit a benchmark for review",
			nil, nil, created(h, h.createBenchmark)},
		{domain.SearchBenchmarks, get, "/benchmarks:search", "Search benchmarks",
			params(terms(), sortBy("+docker_image"), status(), uploadWindow(), paging()),
			ports.BenchmarkSort, ok(h, h.searchBenchmarks)},
		{domain.GetBenchmark, get, "/benchmarks/{benchmark_id}", "Get a benchmark of any status",
			nil, nil, ok(h, h.getBenchmark)},
		{domain.UpdateBenchmark, put, "/benchmarks/{benchmark_id}", "Change a benchmark",
			nil, nil, noContent(h, h.updateBenchmark)},
		{domain.DeleteBenchmark, del, "/benchmarks/{benchmark_id}", "Delete a benchmark with its results",
			nil, nil, noContent(h, h.deleteBenchmark)},
		{domain.ApproveBenchmark, post, "/benchmarks/{benchmark_id}:approve", "Approve a benchmark",
			nil, nil, noContent(h, h.approveBenchmark)},
		{domain.RejectBenchmark, post, "/benchmarks/{benchmark_id}:reject", "Reject a benchmark: it is deleted",
			nil, nil, noContent(h, h.rejectBenchmark)},

		{domain.ListSites, get, "/sites", "List sites",
			params(status(), uploadWindow(), paging(), text("name", "The name, exactly"), text("address", "The address, exactly"), sortBy("+name")),
			ports.SiteSort, ok(h, h.listSites)},
		{domain.CreateSite, post, "/sites", "Submit a site for review",
			nil, nil, created(h, h.createSite)},
		{domain.SearchSites, get, "/sites:search", "Search sites",
			params(terms(), sortBy("+name"), status(), uploadWindow(), paging()),
			ports.SiteSort, ok(h, h.searchSites)},
		{domain.GetSite, get, "/sites/{site_id}", "Get a site of any status",
			nil, nil, ok(h, h.getSite)},
		{domain.UpdateSite, put, "/sites/{site_id}", "Change a site",
			nil, nil, noContent(h, h.updateSite)},
		{domain.DeleteSite, del, "/sites/{site_id}", "Delete a site with its flavors and results",
			nil, nil, noContent(h, h.deleteSite)},
		{domain.ApproveSite, post, "/sites/{site_id}:approve", "Approve a site",
			nil, nil, noContent(h, h.approveSite)},
		{domain.RejectSite, post, "/sites/{site_id}:reject", "Reject a site: it is deleted",
			nil, nil, noContent(h, h.rejectSite)},

		{domain.ListFlavors, get, "/sites/{site_id}/flavors", "List flavors of a site",
			params(status(), uploadWindow(), paging(), text("name", "The name, exactly"), sortBy("+name")),
			ports.FlavorSort, ok(h, h.listFlavors)},
		{domain.AddFlavor, post, "/sites/{site_id}/flavors", "Submit a flavor of a site for review",
			nil, nil, created(h, h.addFlavor)},
		{domain.SearchFlavor, get, "/sites/{site_id}/flavors:search", "Search flavors of a site",
			params(terms(), sortBy("+name"), status(), uploadWindow(), paging()),
			ports.FlavorSort, ok(h, h.searchFlavor)},
		{domain.GetFlavor, get, "/flavors/{flavor_id}", "Get a flavor of any status",
			nil, nil, ok(h, h.getFlavor)},
		{domain.UpdateFlavor, put, "/flavors/{flavor_id}", "Change a flavor",
			nil, nil, noContent(h, h.updateFlavor)},
		{domain.DeleteFlavor, del, "/flavors/{flavor_id}", "Delete a flavor with its results",
			nil, nil, noContent(h, h.deleteFlavor)},
		{domain.ApproveFlavor, post, "/flavors/{flavor_id}:approve", "Approve a flavor",
			nil, nil, noContent(h, h.approveFlavor)},
		{domain.RejectFlavor, post, "/flavors/{flavor_id}:reject", "Reject a flavor: it is deleted",
			nil, nil, noContent(h, h.rejectFlavor)},
		{domain.GetFlavorSite, get, "/flavors/{flavor_id}/site", "Get the site of a flavor",
			nil, nil, ok(h, h.getFlavorSite)},

		{domain.ListTags, get, "/tags", "List tags",
			params(paging(), text("name", "The name, exactly"), sortBy("+name")),
			ports.TagSort, ok(h, h.listTags)},
		{domain.CreateTag, post, "/tags", "Create a tag",
			nil, nil, created(h, h.createTag)},
		{domain.SearchTag, get, "/tags:search", "Search tags",
			params(terms(), sortBy("+name"), paging()),
			ports.TagSort, ok(h, h.searchTag)},
		{domain.GetTag, get, "/tags/{tag_id}", "Get a tag",
			nil, nil, ok(h, h.getTag)},
		{domain.UpdateTag, put, "/tags/{tag_id}", "Change a tag",
			nil, nil, noContent(h, h.updateTag)},
		{domain.DeleteTag, del, "/tags/{tag_id}", "Take a tag from all results and delete it",
			nil, nil, noContent(h, h.deleteTag)},

		{domain.ListResults, get, "/results", "List, filter and sort results",
			resultParams(), ports.ResultSort, ok(h, h.listResults)},
		{domain.CreateResult, post, "/results", "Upload a result",
			params(
				executionTime(), requiredID("benchmark_id", "Id of the benchmark that ran"),
				requiredID("flavor_id", "Id of the machine type that it ran on"), tagIDs("Ids of the tags that the result gets")),
			nil, created(h, h.createResult)},
		{domain.SearchResults, get, "/results:search", "Search results",
			params(terms(), sortBy("+execution_datetime"), uploadWindow(), paging()),
			ports.ResultSort, ok(h, h.searchResults)},
		{domain.GetResult, get, "/results/{result_id}", "Get a result, hidden or not",
			nil, nil, ok(h, h.getResult)},
		{domain.DeleteResult, del, "/results/{result_id}", "Hide a result for good",
			nil, nil, noContent(h, h.deleteResult)},
		{domain.ClaimReport, post, "/results/{result_id}:claim", "Doubt a result: it is hidden until the claim is settled",
			nil, nil, created(h, h.claimReport)},
		{domain.UpdateResult, put, "/results/{result_id}/tags", "Replace the tags of a result",
			nil, nil, noContent(h, h.updateResult)},
		{domain.ListResultClaims, get, "/results/{result_id}/claims", "List the claims on a result",
			claimParams(), ports.ClaimSort, ok(h, h.listResultClaims)},
		{domain.ResultUploader, get, "/results/{result_id}/uploader", "Get the uploader of a result",
			nil, nil, ok(h, h.resultUploader)},

		{domain.ListSubmits, get, "/reports/submits", "List what waits for review",
			params(uploadWindow(), paging(),
				one(param("resource_type", "Type of what waits", enum("benchmark", "claim", "site", "flavor"))), sortBy("+resource_type")),
			ports.SubmitSort, ok(h, h.listSubmits)},
		{domain.ListClaims, get, "/reports/claims", "List claims",
			claimParams(), ports.ClaimSort, ok(h, h.listClaims)},
		{domain.GetClaim, get, "/reports/claims/{report_id}", "Get a claim",
			nil, nil, ok(h, h.getClaim)},
		{domain.ApproveClaim, post, "/reports/claims/{report_id}:approve", "Approve a claim: its result stays hidden",
			nil, nil, noContent(h, h.approveClaim)},
		{domain.RejectClaim, post, "/reports/claims/{report_id}:reject", "Reject a claim: it is deleted, and its result visible again",
			nil, nil, noContent(h, h.rejectClaim)},

		{domain.ListUsers, get, "/users", "List users",
			params(paging(), people(), sortBy("+iss,+sub")),
			ports.UserSort, ok(h, h.listUsers)},
		{domain.RegisterSelf, post, "/users:register", "Register the bearer of the token",
			nil, nil, created(h, h.registerSelf)},
		{domain.RemoveUsers, post, "/users:remove", "Remove users with all that is theirs",
			people(), nil, noContent(h, h.removeUsers)},
		{domain.SearchUsers, get, "/users:search", "Search users",
			params(terms(), sortBy("+iss,+sub"), paging()),
			ports.UserSort, ok(h, h.searchUsers)},
		{domain.GetSelf, get, "/users/self", "Get the bearer of the token",
			nil, nil, ok(h, h.getSelf)},
		{domain.UpdateSelf, post, "/users/self:update", "Take one's e-mail address from the identity provider",
			nil, nil, noContent(h, h.updateSelf)},
		{domain.TryAdmin, get, "/users/self:try_admin", "Tell whether the bearer is an administrator",
			nil, nil, noContent(h, h.tryAdmin)},
		{domain.ListUserResults, get, "/users/self/results", "List one's own results, hidden or not",
			resultParams(), ports.ResultSort, ok(h, h.listUserResults)},
		{domain.ListUserClaims, get, "/users/self/claims", "List one's own claims",
			claimParams(), ports.ClaimSort, ok(h, h.listUserClaims)},
	}
}
