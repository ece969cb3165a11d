package http

import (
	"net/http"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/ports"
)

// refusals are the errors of each operation that do not follow from its right,
// path, query keys and body, as examples by status.
var refusals = map[string]map[int][]example{
	domain.CreateBenchmark.ID: {
		http.StatusConflict:            {says("taken", "Benchmark severalnines/sysbench:latest already submitted/exists")},
		http.StatusUnprocessableEntity: badBenchmark,
	},
	domain.UpdateBenchmark.ID: {
		http.StatusConflict:            {says("taken", "Changes conflict submitted/existing benchmark")},
		http.StatusUnprocessableEntity: badBenchmark,
	},
	domain.ApproveBenchmark.ID: settled("Benchmark"),
	domain.RejectBenchmark.ID:  settled("Benchmark"),

	domain.CreateSite.ID:  {http.StatusConflict: {says("taken", "Site EXAMPLE-SITE already submitted/exists")}},
	domain.UpdateSite.ID:  {http.StatusConflict: {says("taken", "Changes conflict submitted/existing site")}},
	domain.ApproveSite.ID: settled("Site"),
	domain.RejectSite.ID:  settled("Site"),

	domain.AddFlavor.ID:     {http.StatusConflict: {says("taken", "Flavor gpu.large already submitted/exists")}},
	domain.UpdateFlavor.ID:  {http.StatusConflict: {says("taken", "Changes conflict submitted/existing flavor")}},
	domain.ApproveFlavor.ID: settled("Flavor"),
	domain.RejectFlavor.ID:  settled("Flavor"),

	domain.CreateTag.ID: {http.StatusConflict: {says("taken", "Tag 2026-campaign already submitted/exists")}},
	domain.UpdateTag.ID: {http.StatusConflict: {says("taken", "Changes conflict submitted/existing tag")}},

	domain.ListResults.ID:     badResultQuery,
	domain.ListUserResults.ID: badResultQuery,
	domain.SearchResults.ID:   {http.StatusUnprocessableEntity: {badSort}},
	domain.CreateResult.ID: {
		http.StatusNotFound: {says("unknown benchmark", "Benchmark "+exampleID+" not in database"), says("unknown tag", "Tag "+exampleID+" not in database")},
		http.StatusUnprocessableEntity: {
			says("no time zone", "Execution date must include timezone"),
			says("in the future", "Execution date cannot be in future"),
			says("on review", "Site "+exampleID+" not approved"),
			saysAt("against the schema", "got string, want number", "/result/score"),
		},
	},
	domain.UpdateResult.ID: {http.StatusNotFound: {says("unknown tag", "Tag "+exampleID+" not in database")}},

	domain.ApproveClaim.ID: settled("Resource"),
	domain.RejectClaim.ID:  settled("Resource"),

	domain.RegisterSelf.ID: {
		http.StatusConflict:            {says("registered", "User already submitted/exists")},
		http.StatusUnprocessableEntity: {noEmail},
	},
	domain.GetSelf.ID: {http.StatusNotFound: {says("not registered", "User not registered")}},
	domain.UpdateSelf.ID: {http.StatusUnprocessableEntity: {
		noEmail,
		says("verification unknown", "No email_verified status in user"),
		says("not verified", "Email unverified by OIDC provider"),
	}},
	domain.RemoveUsers.ID: {http.StatusUnprocessableEntity: {says("nobody named", "Cancelled, undefined users")}},
}

var (
	badBenchmark = []example{
		says("no such image", "Could not validate container image: the registry does not have it"),
		saysAt("bad schema", "Invalid JSON Schema: 'anyOf' failed: value must be one of 'array', 'boolean', 'integer', 'null', 'number', 'object', 'string'; got string, want array", "/properties/score/type"),
	}
	badSort        = field("bad sort", "query", "sort_by", sortError("score"))
	badResultQuery = map[int][]example{http.StatusUnprocessableEntity: {
		badSort,
		{"bad filter", map[string]any{"query": map[string]any{"filters": map[string]any{"0": []string{filterError("result.score")}}}}},
	}}
	noEmail = says("no e-mail address", "No scope for email in oidc token")
)

// sortError is what is wrong with an order of results.
func sortError(order string) string {
	_, err := filter.ParseSort(order, ports.ResultSort, filter.Limits{SortKeys: 1})
	return err.Error()
}

// filterError is what is wrong with a filter.
func filterError(text string) string {
	_, err := filter.ParseCondition(text, filter.Limits{})
	return err.Error()
}

// settled is the error of a review that is over.
func settled(resource string) map[int][]example {
	return map[int][]example{http.StatusUnprocessableEntity: {says("settled", resource+" "+exampleID+" was already approved")}}
}
