package api

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/eosc-perf/backend/adapters/http/problem"
	"github.com/eosc-perf/backend/core/service"
)

// openAPI is what these tests read of the document.
type openAPI struct {
	OpenAPI string
	Info    struct{ Title, Version string }
	Servers []struct{ URL string }
	Tags    []struct{ Name, Description string }
	Paths   map[string]map[string]struct {
		OperationID string
		Summary     string
		Description string
		Tags        []string
		Security    []map[string][]string
		Parameters  []struct {
			Name, In, Description string
			Required              bool
		}
		RequestBody struct{ Content map[string]media }
		Responses   map[string]response
	}
	Components struct {
		Schemas   map[string]schema
		Responses map[string]response
	}
}

type response struct {
	Ref         string `json:"$ref"`
	Description string
	Content     map[string]media
}

type media struct {
	Schema   schema
	Examples map[string]struct{ Value problem.Error }
}

type schema struct {
	Ref         string `json:"$ref"`
	Description string
	Format      string
	ReadOnly    bool
	Required    []string
	Properties  map[string]schema
	Items       *schema
}

func (s schema) name() string {
	if s.Items != nil {
		return s.Items.name() + "[]"
	}
	return strings.TrimPrefix(s.Ref, "#/components/schemas/")
}

// noRoutes is an adapter that drops the routes.
type noRoutes struct{}

func (noRoutes) Handle(*huma.Operation, func(huma.Context)) {}

func (noRoutes) ServeHTTP(http.ResponseWriter, *http.Request) {}

// withoutServices has no use cases behind its operations.
var withoutServices = Config{Services: &service.Services{}}

func readDocument(t *testing.T) openAPI {
	t.Helper()
	text, err := withoutServices.register("/api/v1", noRoutes{})()
	if err != nil {
		t.Fatal(err)
	}
	var d openAPI
	if err := json.Unmarshal(text, &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// contract has a line for each operation: id, method, path, right, what the body
// is, success, and the errors besides 422, 429, 500, 503, and those of an Idempotency-Key.
const contract = `
ListBenchmarks get /benchmarks public - 200 Benchmarks 404
CreateBenchmark post /benchmarks user CreateBenchmark 201 Benchmark 400 401 403 409 413 415
SearchBenchmarks get /benchmarks:search public - 200 Benchmarks 404
GetBenchmark get /benchmarks/{benchmark_id} public - 200 Benchmark 404
UpdateBenchmark put /benchmarks/{benchmark_id} admin Benchmark 204 - 400 401 403 404 409 413 415
DeleteBenchmark delete /benchmarks/{benchmark_id} admin - 204 - 401 403 404
ApproveBenchmark post /benchmarks/{benchmark_id}:approve admin - 204 - 401 403 404
RejectBenchmark post /benchmarks/{benchmark_id}:reject admin - 204 - 401 403 404
ListSites get /sites public - 200 Sites 404
CreateSite post /sites user CreateSite 201 Site 400 401 403 409 413 415
SearchSites get /sites:search public - 200 Sites 404
GetSite get /sites/{site_id} public - 200 Site 404
UpdateSite put /sites/{site_id} admin Site 204 - 400 401 403 404 409 413 415
DeleteSite delete /sites/{site_id} admin - 204 - 401 403 404
ApproveSite post /sites/{site_id}:approve admin - 204 - 401 403 404
RejectSite post /sites/{site_id}:reject admin - 204 - 401 403 404
ListFlavors get /sites/{site_id}/flavors public - 200 Flavors 404
AddFlavor post /sites/{site_id}/flavors user CreateFlavor 201 Flavor 400 401 403 404 409 413 415
SearchFlavor get /sites/{site_id}/flavors:search public - 200 Flavors 404
GetFlavor get /flavors/{flavor_id} public - 200 Flavor 404
UpdateFlavor put /flavors/{flavor_id} admin Flavor 204 - 400 401 403 404 409 413 415
DeleteFlavor delete /flavors/{flavor_id} admin - 204 - 401 403 404
ApproveFlavor post /flavors/{flavor_id}:approve admin - 204 - 401 403 404
RejectFlavor post /flavors/{flavor_id}:reject admin - 204 - 401 403 404
GetFlavorSite get /flavors/{flavor_id}/site public - 200 Site 404
ListTags get /tags public - 200 Tags 404
CreateTag post /tags user CreateTag 201 Tag 400 401 403 409 413 415
SearchTag get /tags:search public - 200 Tags 404
GetTag get /tags/{tag_id} public - 200 Tag 404
UpdateTag put /tags/{tag_id} admin Tag 204 - 400 401 403 404 409 413 415
DeleteTag delete /tags/{tag_id} admin - 204 - 401 403 404
ListResults get /results public - 200 Results 404
CreateResult post /results user Json 201 Result 400 401 403 404 413 415 200
SearchResults get /results:search public - 200 Results 404
GetResult get /results/{result_id} public - 200 Result 404
DeleteResult delete /results/{result_id} admin - 204 - 401 403 404
ClaimReport post /results/{result_id}:claim user CreateClaim 201 Claim 400 401 403 404 413 415
UpdateResult put /results/{result_id}/tags user TagsIds 204 - 400 401 403 404 413 415
ListResultClaims get /results/{result_id}/claims user - 200 Claims 401 403 404
ResultUploader get /results/{result_id}/uploader admin - 200 User 401 403 404
ListSubmits get /reports/submits admin - 200 Submits 401 403 404
ListClaims get /reports/claims admin - 200 Claims 401 403 404
GetClaim get /reports/claims/{report_id} admin - 200 Claim 401 403 404
ApproveClaim post /reports/claims/{report_id}:approve admin - 204 - 401 403 404
RejectClaim post /reports/claims/{report_id}:reject admin - 204 - 401 403 404
ListUsers get /users admin - 200 Users 401 403 404
RegisterSelf post /users:register token - 201 User 401 409
RemoveUsers post /users:remove admin - 204 - 401 403
SearchUsers get /users:search admin - 200 Users 401 403 404
GetSelf get /users/self token - 200 User 401 404
UpdateSelf post /users/self:update user - 204 - 401 403
TryAdmin get /users/self:try_admin admin - 204 - 401 403
ListUserResults get /users/self/results user - 200 Results 401 403 404
ListUserClaims get /users/self/claims user - 200 Claims 401 403 404
ExportResults get /results:export public - 200 Result[]
ValidateResult post /results:validate public Json 200 Validation 400 404 413 415
UploadResults post /results:batch user BatchResult[] 200 BatchAnswer 400 401 403 413 415
WithdrawResult post /results/{result_id}:withdraw owner Withdrawal 204 - 400 401 403 404 413 415
RestoreResult post /results/{result_id}:restore owner - 204 - 401 403 404 409
CorrectResult post /results/{result_id}:correct owner Json 201 Result 200 400 401 403 404 409 413 415
GetBenchmarkHistory get /benchmarks/{benchmark_id}/history public - 200 HistoryEvents 404
GetSiteHistory get /sites/{site_id}/history public - 200 HistoryEvents 404
GetFlavorHistory get /flavors/{flavor_id}/history public - 200 HistoryEvents 404
GetResultHistory get /results/{result_id}/history public - 200 HistoryEvents 404
ListAuditEvents get /audit admin - 200 AuditEvents 401 403 404
`

func TestDocumentHasTheOperationsOfTheContract(t *testing.T) {
	d := readDocument(t)
	var want, got []string
	for line := range strings.Lines(strings.TrimSpace(contract) + metricsContract) {
		f := strings.Fields(line)
		statuses := append([]string{f[5], "422", "429", "500", "503"}, f[7:]...)
		security := "none"
		if f[3] != "public" {
			security = "bearerAuth"
			if f[1] == "post" { // it takes an Idempotency-Key
				statuses = append(statuses, "400", "409")
			}
		}
		slices.Sort(statuses)
		statuses = slices.Compact(statuses)
		want = append(want, strings.Join([]string{f[0], f[1], f[2], security, f[4], f[6], strings.Join(statuses, " ")}, " "))
	}
	for path, item := range d.Paths {
		for method, op := range item {
			security, body, answer := "none", "-", "-"
			if len(op.Security) == 1 && op.Security[0]["bearerAuth"] != nil {
				security = "bearerAuth"
			}
			if content, ok := op.RequestBody.Content["application/json"]; ok {
				body = content.Schema.name()
			}
			for _, code := range []string{"200", "201"} {
				if content, ok := op.Responses[code].Content["application/json"]; ok {
					answer = content.Schema.name()
				}
			}
			keyed := len(op.Parameters) > 0 && op.Parameters[len(op.Parameters)-1].Name == "Idempotency-Key"
			if keyed != (method == "post" && security != "none") {
				t.Errorf("%s: the last parameter is an Idempotency-Key: %t", op.OperationID, keyed)
			}
			statuses := slices.Sorted(maps.Keys(op.Responses))
			got = append(got, strings.Join([]string{op.OperationID, method, path, security, body, answer, strings.Join(statuses, " ")}, " "))
			if section := strings.FieldsFunc(path, func(r rune) bool { return r == '/' || r == ':' })[0]; !slices.Equal(op.Tags, []string{section}) {
				t.Errorf("%s has the tags %v, want %s", op.OperationID, op.Tags, section)
			}
		}
	}
	compare(t, want, got)
}

// compare reports the lines that one of the two lacks.
func compare(t *testing.T, want, got []string) {
	t.Helper()
	for _, line := range want {
		if !slices.Contains(got, line) {
			t.Errorf("missing: %s", line)
		}
	}
	for _, line := range got {
		if !slices.Contains(want, line) {
			t.Errorf("not in the contract: %s", line)
		}
	}
}

func TestDocumentHasTheSchemasOfTheContract(t *testing.T) {
	d := readDocument(t)
	const page = "has_next has_prev items next_num page pages per_page prev_num total"
	want := map[string]string{
		"Benchmark":       "docker_image docker_tag id=uuid json_schema upload_datetime=date-time url",
		"CreateBenchmark": "docker_image docker_tag json_schema url",
		"Site":            "address id=uuid name upload_datetime=date-time",
		"CreateSite":      "address name",
		"Flavor":          "id=uuid name upload_datetime=date-time",
		"CreateFlavor":    "name",
		"Tag":             "id=uuid name",
		"CreateTag":       "name",
		"TagsIds":         "",
		"Result":          "benchmark execution_datetime=date-time flavor id=uuid json site tags upload_datetime=date-time",
		"Json":            "",
		"User":            "email iss registration_datetime=date-time sub",
		"Claim":           "id=uuid message resource_id=uuid resource_type upload_datetime=date-time uploader",
		"CreateClaim":     "message",
		"Submit":          "resource_id=uuid resource_type upload_datetime=date-time uploader",
		"Withdrawal":      "reason",
		"BatchResult":     "benchmark_id=uuid execution_datetime flavor_id=uuid json",
		"BatchItem":       "line status",
		"BatchAnswer":     "created existing items refused",
		"Violation":       "message path rule",
		"Validation":      "valid violations warnings",
		"HistoryEvent":    "action role time=date-time",
		"AuditActor":      "",
		"AuditEvent":      "action actor hash id time=date-time",
		"PatchOperation":  "op path",
		"Error":           "code status",
	}
	maps.Copy(want, metricsSchemas)
	for _, name := range []string{
		"Benchmarks", "Sites", "Flavors", "Tags", "Results", "Users", "Claims", "Submits", "HistoryEvents", "AuditEvents",
	} {
		want[name] = page
		if got := d.Components.Schemas[name].Properties["items"].Items.name() + "s"; got != name {
			t.Errorf("%s is a page of %s", name, got)
		}
	}
	var wanted, got []string
	for name, required := range want {
		wanted = append(wanted, name+": "+required)
	}
	for name, s := range d.Components.Schemas {
		var required []string
		for _, field := range slices.Sorted(slices.Values(s.Required)) {
			if format := s.Properties[field].Format; format != "" && format != "int64" {
				field += "=" + format
			}
			required = append(required, field)
		}
		got = append(got, name+": "+strings.Join(required, " "))
	}
	compare(t, wanted, got)
	for _, name := range []string{"Benchmark", "Site", "Flavor", "Tag"} {
		for field, s := range d.Components.Schemas[name].Properties {
			if s.ReadOnly != (field == "id" || field == "upload_datetime") {
				t.Errorf("%s.%s: read-only is %t", name, field, s.ReadOnly)
			}
		}
	}
}

// TestEverythingIsDescribed finds operations, parameters, answers and schemas without a
// description, and descriptions of schemas that do not exist.
func TestEverythingIsDescribed(t *testing.T) {
	d := readDocument(t)
	if d.OpenAPI != "3.0.3" || d.Info.Title != "EOSC Performance API" || d.Info.Version != "1.0.0" || d.Servers[0].URL != "/api/v1" {
		t.Errorf("head: %s %v %v", d.OpenAPI, d.Info, d.Servers)
	}
	var sections []string
	for _, tag := range d.Tags {
		sections = append(sections, tag.Name)
		if tag.Description == "" {
			t.Errorf("tag %s has no description", tag.Name)
		}
	}
	if got := strings.Join(sections, " "); got != "benchmarks reports results sites flavors tags users audit" {
		t.Errorf("tags: %s", got)
	}
	for _, item := range d.Paths {
		for _, op := range item {
			if op.Summary == "" || strings.Index(op.Description, "\n\n**Who may:** ") < 1 {
				t.Errorf("%s: summary %q, description %q", op.OperationID, op.Summary, op.Description)
			}
			for _, p := range op.Parameters {
				if p.Description == "" || strings.Contains(p.Description, "are: .") {
					t.Errorf("%s: parameter %s: %q", op.OperationID, p.Name, p.Description)
				}
			}
			for code, r := range op.Responses {
				checkResponse(t, op.OperationID+" "+code, r, d.Components.Responses)
			}
		}
	}
	for name, s := range d.Components.Schemas {
		if s.Description == "" {
			t.Errorf("schema %s has no description", name)
		}
		for field, p := range s.Properties {
			if p.Description == "" && p.Ref == "" {
				t.Errorf("%s.%s has no description", name, field)
			}
		}
	}
	for _, resource := range withoutServices.resources() {
		for name := range resource.schemas {
			if _, ok := d.Components.Schemas[name]; !ok {
				t.Errorf("there is no schema %s to describe", name)
			}
		}
	}
}

// checkResponse requires a description, and of an error examples with the same status.
func checkResponse(t *testing.T, where string, r response, shared map[string]response) {
	t.Helper()
	if r.Ref != "" {
		r = shared[strings.TrimPrefix(r.Ref, "#/components/responses/")]
	}
	code := where[len(where)-3:]
	if r.Description == "" {
		t.Errorf("%s has no description", where)
	}
	if code < "300" {
		return
	}
	examples := r.Content["application/json"].Examples
	if len(examples) == 0 {
		t.Errorf("%s has no example", where)
	}
	for name, e := range examples {
		if strconv.Itoa(e.Value.Code) != code || e.Value.Status == "" {
			t.Errorf("%s: example %s is %+v", where, name, e.Value)
		}
	}
}

// deadlines records how long the OpenAPI library would let a connection read.
type deadlines struct {
	noRoutes
	of map[string]time.Duration
}

func (d deadlines) Handle(op *huma.Operation, _ func(huma.Context)) {
	d.of[op.OperationID] = op.BodyReadTimeout
}

// By default the library sets a deadline of 5 s on the connection, which fails the work of
// a request that takes longer, and every later request on that connection.
func TestNoOperationLeavesADeadlineOnItsConnection(t *testing.T) {
	d := deadlines{of: map[string]time.Duration{}}
	if _, err := withoutServices.register("/", d)(); err != nil {
		t.Fatal(err)
	}
	if len(d.of) == 0 {
		t.Fatal("no operation was registered")
	}
	for id, timeout := range d.of {
		if timeout >= 0 {
			t.Errorf("%s reads for at most %s, 0 standing for 5 s", id, timeout)
		}
	}
}
