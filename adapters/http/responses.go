package http

import (
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/eosc-perf/backend/core/domain"
)

// exampleID stands for an id in examples.
const exampleID = "77e88a60-5d33-43d3-b802-27273278489e"

// example is a named body of an error answer, with what is under its `errors`.
type example struct {
	name   string
	errors map[string]any
}

func says(name, text string) example { return example{name, map[string]any{"error": text}} }

func saysAt(name, text, pointer string) example {
	return example{name, map[string]any{"error": text, "path": pointer}}
}

// field is about one field of the query or the body.
func field(name, stage, field, text string) example {
	return example{name, map[string]any{stage: map[string]any{field: []string{text}}}}
}

// failure is an error answer of this status.
func failure(code int, text string, examples ...example) *huma.Response {
	content := &huma.MediaType{Schema: &huma.Schema{Ref: errorSchema}, Examples: map[string]*huma.Example{}}
	show(content, code, examples...)
	return &huma.Response{Description: text, Content: map[string]*huma.MediaType{jsonType: content}}
}

// show adds examples to the content of an error answer.
func show(content *huma.MediaType, code int, examples ...example) {
	for _, e := range examples {
		value := map[string]any{"code": code, "status": http.StatusText(code)}
		if e.errors != nil {
			value["errors"] = e.errors
		}
		content.Examples[strings.ReplaceAll(e.name, " ", "_")] = &huma.Example{Summary: e.name, Value: value}
	}
}

// withHeader adds a header to an answer.
func withHeader(r *huma.Response, name, text string, schema *huma.Schema) *huma.Response {
	r.Headers = map[string]*huma.Param{name: {Description: text, Schema: schema}}
	return r
}

// sharedNames are the names of the answers that are the same for all operations.
var sharedNames = map[int]string{
	http.StatusBadRequest:            "BadRequest",
	http.StatusUnauthorized:          "Unauthorized",
	http.StatusForbidden:             "Forbidden",
	http.StatusRequestEntityTooLarge: "ContentTooLarge",
	http.StatusUnsupportedMediaType:  "UnsupportedMediaType",
	http.StatusInternalServerError:   "InternalServerError",
	http.StatusTooManyRequests:       "TooManyRequests",
	http.StatusServiceUnavailable:    "ServiceUnavailable",
}

func sharedResponses() map[string]*huma.Response {
	shared := map[string]*huma.Response{}
	for code, response := range map[int]*huma.Response{
		http.StatusBadRequest: failure(http.StatusBadRequest, "The body is not JSON in UTF-8",
			example{"not JSON", map[string]any{"json": []string{"Invalid JSON body."}}}),
		http.StatusUnauthorized: withHeader(failure(http.StatusUnauthorized, "No token, or one that no trusted provider accepts",
			says("no token", domain.ErrNoToken.Message)),
			"WWW-Authenticate", "`Bearer`, for a bad token with the error code of RFC 6750", str("")),
		http.StatusForbidden: failure(http.StatusForbidden, "The token is valid, but its bearer lacks the right",
			says("not registered", domain.ErrNotRegistered.Message),
			says("no administrator", domain.ErrNotAdministrator.Message)),
		http.StatusRequestEntityTooLarge: failure(http.StatusRequestEntityTooLarge, "The body is larger than the server takes", example{name: "too large"}),
		http.StatusUnsupportedMediaType: failure(http.StatusUnsupportedMediaType,
			"The body's content type is neither `application/json` nor `application/*+json`", example{name: "not JSON"}),
		http.StatusInternalServerError: failure(http.StatusInternalServerError,
			"A fault of the server; its log has the cause under the request id of the header `X-Request-Id`", example{name: "our fault"}),
		http.StatusServiceUnavailable: withHeader(failure(http.StatusServiceUnavailable,
			"Something that the server depends on is away, or the query took too long: try again later",
			says("no database", "The database is not available at the moment"), says("too long", "The query took too long. Choose fewer results, by a benchmark for example, or an earlier page")),
			"Retry-After", "Seconds to wait before another try", &huma.Schema{Type: huma.TypeInteger}),
		http.StatusTooManyRequests: withHeader(failure(http.StatusTooManyRequests,
			"Too many access tokens that the server has to ask about were sent from one address, or from all together",
			says("unknown tokens", "Too many access tokens that are not known yet were sent: try again later")),
			"Retry-After", "Seconds to wait before another try", &huma.Schema{Type: huma.TypeInteger}),
	} {
		shared[sharedNames[code]] = response
	}
	return shared
}

// share makes answers of these statuses references to the shared ones.
func share(responses map[string]*huma.Response, codes ...int) {
	for _, code := range codes {
		responses[statusKey(code)] = &huma.Response{Ref: "#/components/responses/" + sharedNames[code]}
	}
}

// failures are the errors that the operation may answer, those of its body apart.
func (o operation) failures() map[string]*huma.Response {
	responses := map[string]*huma.Response{}
	share(responses, http.StatusInternalServerError, http.StatusServiceUnavailable)
	if o.Right > domain.Public {
		share(responses, http.StatusUnauthorized, http.StatusTooManyRequests)
	}
	if o.Right > domain.Token {
		share(responses, http.StatusForbidden)
	}
	own := refusals[o.ID]
	if missing := append(o.missing(), own[http.StatusNotFound]...); len(missing) > 0 {
		responses[statusKey(http.StatusNotFound)] = failure(http.StatusNotFound, o.missingText(), missing...)
	}
	if taken := own[http.StatusConflict]; taken != nil {
		responses[statusKey(http.StatusConflict)] = failure(http.StatusConflict, "What must be unique is there already, submitted or approved", taken...)
	}
	responses[statusKey(http.StatusUnprocessableEntity)] = failure(http.StatusUnprocessableEntity,
		"The query or the body is not as it should be, or a rule forbids the request",
		append(o.badQueries(), own[http.StatusUnprocessableEntity]...)...)
	return responses
}

// recordNames are how errors name what an id in a path does not lead to.
var recordNames = map[string]string{"benchmark_id": "Benchmark", "result_id": "Result", "report_id": "Claim"}

func (o operation) missing() []example {
	var found []example
	for _, p := range o.pathParams() {
		record := recordNames[p.Name]
		if record == "" {
			record = "Record"
		}
		found = append(found, says("unknown id", record+" "+exampleID+" not found in the database"), example{name: "not a UUID"})
	}
	if o.isList() {
		found = append(found, example{name: "beyond the last page"})
	}
	return found
}

func (o operation) missingText() string {
	switch {
	case o.isList() && strings.Contains(o.path, "{"):
		return "The id in the path leads to nothing, or there is no such page"
	case o.isList():
		return "There is no such page"
	case len(o.params) == 0 && !strings.Contains(o.path, "{"):
		return "The bearer of the token is not there"
	default:
		return "An id leads to nothing"
	}
}

// badQueries are examples of what is wrong with a query.
func (o operation) badQueries() []example {
	found := []example{field("unknown key", "query", "foo", unknownField)}
	for _, p := range o.params {
		switch {
		case p.Required:
			found = append(found, field("no "+p.Name, "query", p.Name, missingField))
		case p.Name == "page":
			found = append(found, field("bad page", "query", p.Name, checkInteger(p.Schema, "0")))
		case p.Name == "status":
			found = append(found, field("bad status", "query", p.Name, checkValue(p.Schema, "rejected")))
		case p.Name == "upload_before":
			found = append(found, field("bad date", "query", p.Name, checkValue(p.Schema, "yesterday")))
		}
	}
	return found
}

// addBodyErrors adds what may be wrong with the operation's body.
func addBodyErrors(op *huma.Operation, schemas huma.Registry) {
	share(op.Responses, http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	examples := []example{{"not an object", map[string]any{"json": map[string]any{"_schema": []string{"Invalid input type."}}}}}
	schema := schemas.SchemaFromRef(op.RequestBody.Content[jsonType].Schema.Ref)
	if len(schema.Properties) > 0 {
		examples = append(examples, field("unknown field", "json", "foo", unknownField))
	}
	for _, name := range schema.Required {
		if !schema.Properties[name].ReadOnly {
			examples = append(examples, field("no "+name, "json", name, missingField))
		}
	}
	show(op.Responses[statusKey(http.StatusUnprocessableEntity)].Content[jsonType], http.StatusUnprocessableEntity, examples...)
}
