package harness

import "strings"

// Operation is an operation of the contract, and a request for it that succeeds.
type Operation struct {
	ID, Method string
	// Path has words in braces that Fixture.Fill replaces.
	Path string
	// Right is public, token, user, owner or admin: the least that a caller needs; or uploader,
	// which an administrator is not.
	Right string
	// Body has words in braces, too.
	Body string
	// Status is the status of the answer to somebody with the right.
	Status int
}

// DocumentPath is the path as the OpenAPI document has it.
func (o Operation) DocumentPath() string {
	path, _, _ := strings.Cut(strings.NewReplacer("review:", "", "withdrawn:", "").Replace(o.Path), "?")
	return path
}

// Operations are all operations of the contract. Alice owns what they are about.
var Operations = []Operation{
	{"ListBenchmarks", "GET", "/benchmarks", "public", "", 200},
	{
		"CreateBenchmark", "POST", "/benchmarks", "user",
		`{"docker_image":"{new}","docker_tag":"1","url":"https://example.org","json_schema":{}}`, 201,
	},
	{"SearchBenchmarks", "GET", "/benchmarks:search", "public", "", 200},
	{"GetBenchmark", "GET", "/benchmarks/{benchmark_id}", "public", "", 200},
	{
		"UpdateBenchmark", "PUT", "/benchmarks/{benchmark_id}", "admin",
		`{"docker_image":"{new}","docker_tag":"1","url":"https://example.org","json_schema":{}}`, 204,
	},
	{"DeleteBenchmark", "DELETE", "/benchmarks/{benchmark_id}", "admin", "", 204},
	{"ApproveBenchmark", "POST", "/benchmarks/{review:benchmark_id}:approve", "admin", "", 204},
	{"RejectBenchmark", "POST", "/benchmarks/{review:benchmark_id}:reject", "admin", "", 204},
	{"ListSites", "GET", "/sites", "public", "", 200},
	{"CreateSite", "POST", "/sites", "user", `{"name":"{new}","address":"a"}`, 201},
	{"SearchSites", "GET", "/sites:search", "public", "", 200},
	{"GetSite", "GET", "/sites/{site_id}", "public", "", 200},
	{"UpdateSite", "PUT", "/sites/{site_id}", "admin", `{"name":"{new}","address":"b"}`, 204},
	{"DeleteSite", "DELETE", "/sites/{site_id}", "admin", "", 204},
	{"ApproveSite", "POST", "/sites/{review:site_id}:approve", "admin", "", 204},
	{"RejectSite", "POST", "/sites/{review:site_id}:reject", "admin", "", 204},
	{"ListFlavors", "GET", "/sites/{site_id}/flavors", "public", "", 200},
	{"AddFlavor", "POST", "/sites/{site_id}/flavors", "user", `{"name":"{new}"}`, 201},
	{"SearchFlavor", "GET", "/sites/{site_id}/flavors:search", "public", "", 200},
	{"GetFlavor", "GET", "/flavors/{flavor_id}", "public", "", 200},
	{"UpdateFlavor", "PUT", "/flavors/{flavor_id}", "admin", `{"name":"{new}"}`, 204},
	{"DeleteFlavor", "DELETE", "/flavors/{flavor_id}", "admin", "", 204},
	{"ApproveFlavor", "POST", "/flavors/{review:flavor_id}:approve", "admin", "", 204},
	{"RejectFlavor", "POST", "/flavors/{review:flavor_id}:reject", "admin", "", 204},
	{"GetFlavorSite", "GET", "/flavors/{flavor_id}/site", "public", "", 200},
	{"ListTags", "GET", "/tags", "public", "", 200},
	{"CreateTag", "POST", "/tags", "user", `{"name":"{new}"}`, 201},
	{"SearchTag", "GET", "/tags:search", "public", "", 200},
	{"GetTag", "GET", "/tags/{tag_id}", "public", "", 200},
	{"UpdateTag", "PUT", "/tags/{tag_id}", "admin", `{"name":"{new}"}`, 204},
	{"DeleteTag", "DELETE", "/tags/{tag_id}", "admin", "", 204},
	{"ListResults", "GET", "/results", "public", "", 200},
	{
		"CreateResult", "POST",
		"/results?execution_datetime=2021-05-21T08:31:00Z&benchmark_id={benchmark_id}&flavor_id={flavor_id}", "user",
		"{}", 201,
	},
	{"SearchResults", "GET", "/results:search", "public", "", 200},
	{"GetResult", "GET", "/results/{result_id}", "public", "", 200},
	{"DeleteResult", "DELETE", "/results/{result_id}", "admin", "", 204},
	{"ClaimReport", "POST", "/results/{result_id}:claim", "user", `{"message":"odd"}`, 201},
	{"UpdateResult", "PUT", "/results/{result_id}/tags", "owner", `{"tags_ids":["{tag_id}"]}`, 204},
	{"ListResultClaims", "GET", "/results/{result_id}/claims", "owner", "", 200},
	{"ResultUploader", "GET", "/results/{result_id}/uploader", "admin", "", 200},
	{"ListSubmits", "GET", "/reports/submits", "admin", "", 200},
	{"ListClaims", "GET", "/reports/claims", "admin", "", 200},
	{"GetClaim", "GET", "/reports/claims/{report_id}", "admin", "", 200},
	{"ApproveClaim", "POST", "/reports/claims/{report_id}:approve", "admin", "", 204},
	{"RejectClaim", "POST", "/reports/claims/{report_id}:reject", "admin", "", 204},
	{"ListUsers", "GET", "/users", "admin", "", 200},
	{"RegisterSelf", "POST", "/users:register", "token", "", 409},
	{"RemoveUsers", "POST", "/users:remove?sub=nobody", "admin", "", 204},
	{"SearchUsers", "GET", "/users:search", "admin", "", 200},
	{"GetSelf", "GET", "/users/self", "token", "", 200},
	{"UpdateSelf", "POST", "/users/self:update", "user", "", 204},
	{"TryAdmin", "GET", "/users/self:try_admin", "admin", "", 204},
	{"ListUserResults", "GET", "/users/self/results", "user", "", 200},
	{"ListUserClaims", "GET", "/users/self/claims", "user", "", 200},

	{"ListPaths", "GET", "/results:paths", "public", "", 200},
	{"ExportResults", "GET", "/results:export", "public", "", 200},
	{"ListMetrics", "GET", "/benchmarks/{benchmark_id}/metrics", "public", "", 200},
	{"SetMetrics", "PUT", "/benchmarks/{benchmark_id}/metrics?force=true", "admin", `{"metrics":[{"path":"score"}]}`, 204},
	{"CompareResults", "GET", "/results:compare?benchmark_id={benchmark_id}&metric=score", "public", "", 200},
	{"DistributionResults", "GET", "/results:distribution?benchmark_id={benchmark_id}&metric=score", "public", "", 200},
	{"SeriesResults", "GET", "/results:series?benchmark_id={benchmark_id}&y=json.score", "public", "", 200},
	{"TrendResults", "GET", "/results:trend?benchmark_id={benchmark_id}&metric=score", "public", "", 200},
	{"ValidateResult", "POST", "/results:validate?benchmark_id={benchmark_id}", "public", "{}", 200},
	{
		"UploadResults", "POST", "/results:batch", "user",
		`[{"execution_datetime":"2021-05-21T08:31:00Z","benchmark_id":"{benchmark_id}","flavor_id":"{flavor_id}","json":{"score":9}}]`, 200,
	},
	{"WithdrawResult", "POST", "/results/{result_id}:withdraw", "owner", `{"reason":"odd"}`, 204},
	{"RestoreResult", "POST", "/results/{withdrawn:result_id}:restore", "owner", "", 204},
	{
		"CorrectResult", "POST", "/results/{result_id}:correct?execution_datetime=2021-05-21T08:31:00Z&benchmark_id={benchmark_id}" +
			"&flavor_id={flavor_id}&reason=odd", "uploader",
		`{"score":2}`, 201,
	},
	{"GetBenchmarkHistory", "GET", "/benchmarks/{benchmark_id}/history", "public", "", 200},
	{"GetSiteHistory", "GET", "/sites/{site_id}/history", "public", "", 200},
	{"GetFlavorHistory", "GET", "/flavors/{flavor_id}/history", "public", "", 200},
	{"GetResultHistory", "GET", "/results/{result_id}/history", "public", "", 200},
	{"ListAuditEvents", "GET", "/audit", "admin", "", 200},
}
