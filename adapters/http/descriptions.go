package http

import (
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/eosc-perf/backend/core/domain"
)

// What the document tells people, apart from the forms: Markdown, in the words
// of the contract.

const introduction = `The public record of how fast computing sites and their machine types (flavors) really are.

Scientists upload the JSON results of containerised benchmarks. Each benchmark carries a JSON Schema that its results satisfy; anybody filters by any value inside the JSON, sorts and compares. Benchmarks, sites, flavors and claims wait for an administrator's review before they count.

**Lists** come in pages of ` + "`per_page`" + ` items; a page beyond the last is 404, the first page of nothing is empty. **Date-times** in answers are UTC without an offset, such as ` + "`2021-05-21T08:31:00.500000`" + `. **Errors** all have one form, the schema Error.`

const documentationText = "Documentation: how to get a token, upload a result, add a benchmark, review; and everything else"

// tokenText says what tokens count.
func tokenText(issuers []string) string {
	const text = "Access token of a trusted OpenID provider"
	if len(issuers) == 0 {
		return text
	}
	return text + ". Trusted issuers: `" + strings.Join(issuers, "`, `") + "`"
}

// sections are the tags of operations, in the order in which they are shown.
func sections() []*huma.Tag {
	return []*huma.Tag{
		{Name: "benchmarks", Description: "Container images whose results are comparable, each with the JSON Schema of its results"},
		{Name: "reports", Description: "What waits for administrators: submitted resources, and claims that doubt a result"},
		{Name: "results", Description: "What runs of benchmarks measured, to upload, filter, sort, tag and doubt"},
		{Name: "sites", Description: "Computing centres, and the flavors that each offers"},
		{Name: "flavors", Description: "Machine types of sites"},
		{Name: "tags", Description: "Words that group results"},
		{Name: "users", Description: "Registered people: oneself, and, for administrators, everybody"},
	}
}

var rightTexts = map[domain.Right]string{
	domain.Public:       "**Who may:** everybody, without a token.",
	domain.Token:        "**Who may:** the bearer of a valid token, registered or not.",
	domain.Registered:   "**Who may:** registered users.",
	domain.OwnerOrAdmin: "**Who may:** registered users.",
	domain.Admin:        "**Who may:** administrators.",
}

// successTexts describe what is no error, by status.
var successTexts = map[string]string{
	"200": "What was asked for",
	"201": "What was created",
	"204": "Done; the answer has no body",
}

// schemaTexts describe the schemas, by name.
var schemaTexts = map[string]string{
	"Benchmark":       "A container image whose results are comparable, with the JSON Schema that they satisfy",
	"Benchmarks":      "A page of benchmarks",
	"CreateBenchmark": "A benchmark to submit",
	"Site":            "A computing centre",
	"Sites":           "A page of sites",
	"CreateSite":      "A site to submit",
	"Flavor":          "A machine type of a site",
	"Flavors":         "A page of flavors",
	"CreateFlavor":    "A flavor to submit",
	"Tag":             "A word that groups results",
	"Tags":            "A page of tags",
	"CreateTag":       "A tag to create",
	"TagsIds":         "The tags that a result is to have",
	"Result":          "What one run of a benchmark measured, with the benchmark that ran, and the site and flavor on which",
	"Results":         "A page of results",
	"Json":            "A result as it is uploaded: any JSON object that satisfies the JSON Schema of its benchmark",
	"User":            "A registered person, known by subject and issuer",
	"Users":           "A page of users",
	"Claim":           "Somebody's doubt about a result; the uploader is who doubts",
	"Claims":          "A page of claims",
	"CreateClaim":     "A doubt to report",
	"Submit":          "A report that something waits for review; the uploader is who submitted it, and of a claim who doubts",
	"Submits":         "A page of submits",
	"Error":           "The one form of all errors",
}

// pathTexts describe the ids in paths.
var pathTexts = map[string]string{
	"benchmark_id": "Id of the benchmark, as ListBenchmarks shows it",
	"site_id":      "Id of the site, as ListSites shows it",
	"flavor_id":    "Id of the flavor, as ListFlavors shows it",
	"tag_id":       "Id of the tag, as ListTags shows it",
	"result_id":    "Id of the result, as ListResults shows it",
	"report_id":    "Id of the claim, as ListClaims shows it",
}

// searches tell where searches look, and what is found in the demo data.
var searches = map[string]struct {
	where string
	terms []string
}{
	"SearchBenchmarks": {"image, tag and description", []string{"c-ray"}},
	"SearchSites":      {"name, address and description", []string{"cesnet"}},
	"SearchFlavor":     {"name and description", []string{"core"}},
	"SearchTag":        {"name and description", []string{"c-ray"}},
	"SearchResults":    {"the names of benchmark (`IMAGE:TAG`), site, flavor and tags, and the site's address", []string{"c-ray", "cesnet"}},
	"SearchUsers":      {"e-mail address", []string{"example.org"}},
}

// operationTexts tell what operations do and what follows, by operation id.
var operationTexts = map[string]string{
	"ListBenchmarks":   "Lists the approved benchmarks, or with `status=on_review` those that wait for review.",
	"CreateBenchmark":  "Submits a benchmark. It is on review until an administrator approves it, takes no results before, and its submitter gets a mail when that is decided.\n\nThe container image must exist in a registry that the server asks. The JSON Schema must be usable and refer to nothing outside of itself; `$schema` chooses the draft, from 4 to 2020-12, which is also what counts without it. Keywords that the draft does not know are kept and ignored.",
	"SearchBenchmarks": "Finds the benchmarks in which every term occurs.",
	"GetBenchmark":     "Shows a benchmark, also one on review.",
	"UpdateBenchmark":  "Replaces what describes the benchmark; a description that is not sent stays. Image and schema are checked as when it was created; results that are there already are not checked again.",
	"DeleteBenchmark":  "Deletes the benchmark and all its results, with their claims. This cannot be undone.",
	"ApproveBenchmark": "Ends the review: the benchmark is listed and takes results, and its submitter gets a mail.",
	"RejectBenchmark":  "Ends the review: the benchmark is deleted, and its submitter gets a mail.",

	"ListSites":   "Lists the approved sites, or with `status=on_review` those that wait for review.",
	"CreateSite":  "Submits a site. It is on review until an administrator approves it, and its submitter gets a mail when that is decided. Flavors can be added before; results need the site and the flavor approved.",
	"SearchSites": "Finds the sites in which every term occurs.",
	"GetSite":     "Shows a site, also one on review.",
	"UpdateSite":  "Replaces name and address of the site, and its description if one is sent.",
	"DeleteSite":  "Deletes the site with its flavors and all results from it. This cannot be undone.",
	"ApproveSite": "Ends the review: the site is listed, and its submitter gets a mail.",
	"RejectSite":  "Ends the review: the site is deleted with its flavors, and its submitter gets a mail.",

	"ListFlavors":   "Lists the approved flavors of the site, or with `status=on_review` those that wait for review.",
	"AddFlavor":     "Submits a machine type of the site. It is on review until an administrator approves it, takes no results before, and its submitter gets a mail when that is decided.",
	"SearchFlavor":  "Finds the flavors of the site in which every term occurs.",
	"GetFlavor":     "Shows a flavor, also one on review.",
	"UpdateFlavor":  "Replaces the name of the flavor, and its description if one is sent.",
	"DeleteFlavor":  "Deletes the flavor and all results on it. This cannot be undone.",
	"ApproveFlavor": "Ends the review: the flavor is listed and, if its site is approved, takes results. Its submitter gets a mail.",
	"RejectFlavor":  "Ends the review: the flavor is deleted, and its submitter gets a mail.",
	"GetFlavorSite": "Shows the site that the flavor belongs to.",

	"ListTags":  "Lists all tags.",
	"CreateTag": "Creates a tag, which anybody may put on their results at once: tags need no review.",
	"SearchTag": "Finds the tags in which every term occurs.",
	"GetTag":    "Shows a tag.",
	"UpdateTag": "Replaces the name of the tag, and its description if one is sent. Results keep the tag.",
	"DeleteTag": "Takes the tag from all results and deletes it. This cannot be undone.",

	"ListResults":      "Lists the results that are neither deleted nor doubted. All conditions that are given must hold; `filters` look into the JSON of the results, and `sort_by` may name places in it as well.",
	"CreateResult":     "Uploads what a run of the benchmark measured, as the body. Benchmark, flavor and the flavor's site must be approved, the run must not be in the future, and the body must satisfy the benchmark's JSON Schema. Numbers keep their value exactly. The result is listed at once.",
	"SearchResults":    "Finds the results in which every term occurs.",
	"GetResult":        "Shows a result, also one that is deleted or doubted.",
	"DeleteResult":     "Hides the result from lists and searches for good. Doing so again changes nothing.",
	"ClaimReport":      "Reports a doubt about the result, which leaves lists and searches until an administrator has settled the claim. Its uploader gets a mail. A result may be doubted several times.",
	"UpdateResult":     "Replaces the tags of the result with those in the body; an empty list takes all, and a body without `tags_ids` changes nothing. Only its uploader and administrators may.",
	"ListResultClaims": "Lists the claims on the result: the approved ones, or with `status=on_review` those that are not settled. Only its uploader and administrators may.",
	"ResultUploader":   "Shows who uploaded the result.",

	"ListSubmits":  "Lists what waits for review: benchmarks, sites, flavors and claims. `resource_id` is the id to approve or reject.",
	"ListClaims":   "Lists claims on any results: the approved ones, or with `status=on_review` those that are not settled.",
	"GetClaim":     "Shows a claim.",
	"ApproveClaim": "Settles the claim: it stands, and the result stays hidden. The claimant gets a mail.",
	"RejectClaim":  "Settles the claim: it is deleted, and the result is visible again unless it is deleted or another claim on it is open or approved. The claimant gets a mail, and so does the uploader whose result is back.",

	"ListUsers":       "Lists the registered users; `sub`, `iss` and `email` choose those of exactly that value.",
	"RegisterSelf":    "Registers the bearer of the token, with the e-mail address that the identity provider tells. A body is ignored. A mail confirms the registration.",
	"RemoveUsers":     "Removes the users who match all keys that are given, with their results, claims and what they have on review. Approved benchmarks, sites and flavors, and whatever other people's results stand on, stay. An empty value matches only an empty value, and nobody at all is no error. This cannot be undone.",
	"SearchUsers":     "Finds the users in whose e-mail address every term occurs.",
	"GetSelf":         "Shows the registered user to whom the token belongs.",
	"UpdateSelf":      "Takes the e-mail address anew from the identity provider, which must have verified it. A mail confirms the change. A body is ignored.",
	"TryAdmin":        "Answers 204 to administrators and an error to everybody else: a way for clients to learn what to offer.",
	"ListUserResults": "Lists the user's own results, also the deleted and doubted ones. The conditions are those of ListResults.",
	"ListUserClaims":  "Lists the user's own claims: the approved ones, or with `status=on_review` those that are not settled.",
}
