package openapi

import (
	"maps"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"github.com/eosc-perf/backend/core/domain"
)

// successTexts describe the answers that are no errors, by status.
var successTexts = map[string]string{
	"200": "What was asked for",
	"201": "What was created",
	"204": "Done; the answer has no body",
}

// sharedNames are the names of the error answers that all operations have in common, by
// status.
var sharedNames = map[int]string{
	http.StatusBadRequest:            "BadRequest",
	http.StatusUnauthorized:          "Unauthorized",
	http.StatusForbidden:             "Forbidden",
	http.StatusRequestEntityTooLarge: "ContentTooLarge",
	http.StatusUnsupportedMediaType:  "UnsupportedMediaType",
	http.StatusTooManyRequests:       "TooManyRequests",
	http.StatusInternalServerError:   "InternalServerError",
	http.StatusServiceUnavailable:    "ServiceUnavailable",
}

func sharedResponses() map[string]*huma.Response {
	shared := map[string]*huma.Response{}
	retryAfter := header("Retry-After", "Seconds to wait before another try", huma.TypeInteger)
	limited := maps.Clone(retryAfter)
	maps.Copy(limited, header("RateLimit", "What is left of each rate: requests, and seconds until all may come", huma.TypeString))
	maps.Copy(limited, header("RateLimit-Policy", "The rates: requests, and the time in seconds", huma.TypeString))
	add := func(code int, description string, examples ...Example) *huma.Response {
		response := errorResponse(code, description, examples...)
		shared[sharedNames[code]] = response
		return response
	}
	add(http.StatusBadRequest, "The body is not JSON in UTF-8, or `"+KeyHeader+"` is no key",
		Example{"not JSON", map[string]any{"json": []string{"Invalid JSON body."}}})
	add(http.StatusUnauthorized, "No token, or one that no trusted provider accepts",
		Says("no token", domain.ErrNoToken.Message),
	).Headers = header("WWW-Authenticate", "`Bearer`, for a bad token with the error code of RFC 6750", huma.TypeString)
	add(http.StatusForbidden, "The token is valid, but its bearer lacks the right",
		Says("not registered", domain.ErrNotRegistered.Message), Says("no administrator", domain.ErrNotAdministrator.Message),
		Says("blocked", domain.ErrBlocked.Message))
	add(http.StatusRequestEntityTooLarge, "The body is larger than the server takes", Example{Title: "too large"})
	add(http.StatusUnsupportedMediaType, "The body's content type is neither `application/json` nor `application/*+json`",
		Example{Title: "not JSON"})
	add(http.StatusInternalServerError,
		"A fault of the server; its log has the cause under the request id of the header `X-Request-Id`", Example{Title: "our fault"})
	add(http.StatusServiceUnavailable, "Something that the server depends on is away, or the query took too long: try again later",
		Says("no database", "The database is not available at the moment"),
		Says("too long", "The query took too long. Choose fewer results, by a benchmark for example, or an earlier page"),
	).Headers = retryAfter
	add(http.StatusTooManyRequests,
		"The client has sent more requests than its rate, or the person has reached a quota; or too many access tokens that the "+
			"server has to ask about were sent from one address, or from all together",
		Says("rate", "Too many requests of yours are reads: 6000 are allowed in 1m0s. Wait, and send fewer"),
		Says("quota", "50 benchmarks, sites and flavors of yours wait for a review, and 50 may: when administrators have approved or "+
			"rejected one of them, you can submit the next"),
		Says("unknown tokens", "Too many access tokens that are not known yet were sent: try again later"),
	).Headers = limited
	return shared
}

func header(name, description, schemaType string) map[string]*huma.Param {
	return map[string]*huma.Param{name: {Description: description, Schema: &huma.Schema{Type: schemaType}}}
}

// fileResponse describes the answer of an operation that answers a file.
func (o Operation) fileResponse() *huma.Response {
	content := map[string]*huma.MediaType{}
	for mediaType, schema := range o.Files {
		content[mediaType] = &huma.MediaType{Schema: schema}
	}
	return &huma.Response{
		Content: content,
		Headers: header("Content-Disposition", "The file's name (RFC 6266)", huma.TypeString),
	}
}

// share refers to the shared answers of these statuses.
func share(responses map[string]*huma.Response, codes ...int) {
	for _, code := range codes {
		responses[strconv.Itoa(code)] = &huma.Response{Ref: "#/components/responses/" + sharedNames[code]}
	}
}

// errorResponses describe the error answers of the operation, except those about its
// body.
func (o Operation) errorResponses() map[string]*huma.Response {
	responses := map[string]*huma.Response{}
	share(responses, http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusServiceUnavailable)
	if o.Right != domain.Public {
		share(responses, http.StatusUnauthorized)
	}
	if o.Right != domain.Public && o.Right != domain.Token {
		share(responses, http.StatusForbidden)
	}
	if o.takesKey() {
		share(responses, http.StatusBadRequest)
	}
	add := func(code int, description string, examples ...Example) {
		responses[strconv.Itoa(code)] = errorResponse(code, description, examples...)
	}
	if examples := append(o.notFoundExamples(), o.Errors.NotFound...); len(examples) > 0 {
		add(http.StatusNotFound, o.notFoundText(), examples...)
	}
	conflicts, text := o.Errors.Conflict, "What must be unique is there already, submitted or approved"
	if o.takesKey() {
		conflicts = append(conflicts, Says("repeated request", domain.ErrRepeated.Message))
		text += ", or the request with this key is being answered"
	}
	if len(conflicts) > 0 {
		add(http.StatusConflict, text, conflicts...)
	}
	invalid := append(o.queryExamples(), o.Errors.Invalid...)
	if o.takesKey() {
		invalid = append(invalid, Says("key of another request", domain.ErrKeyTaken.Message))
	}
	add(http.StatusUnprocessableEntity, "The query or the body is not as it should be, or a rule forbids the request", invalid...)
	return responses
}

// notFoundText describes the 404 of the operation.
func (o Operation) notFoundText() string {
	switch {
	case o.isPage() && o.PathID != nil:
		return "The id in the path leads to nothing, or there is no such page"
	case o.isPage():
		return "There is no such page"
	case len(o.Parameters) == 0 && o.PathID == nil:
		return "The bearer of the token is not there"
	default:
		return "An id leads to nothing"
	}
}

// addBodyErrors describes the error answers about the operation's body.
func addBodyErrors(op *huma.Operation, schemas huma.Registry) {
	share(op.Responses, http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	if op.RequestBody.Content[jsonType].Schema.Ref == "" {
		return // a list, whose items have errors of their own
	}
	schema := schemas.SchemaFromRef(op.RequestBody.Content[jsonType].Schema.Ref)
	const code = http.StatusUnprocessableEntity
	addExamples(op.Responses[strconv.Itoa(code)].Content[jsonType], code, bodyExamples(schema))
}
