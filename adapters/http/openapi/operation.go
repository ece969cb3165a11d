package openapi

import (
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/eosc-perf/backend/adapters/http/parameter"
	"github.com/eosc-perf/backend/core/domain"
)

// Operation declares an operation of the API. Its route, its checks and its part of the
// document follow from the declaration.
type Operation struct {
	// Operation is the id and the right, from the core's table of rights.
	domain.Operation
	Method string
	// Path is in OpenAPI's notation: `/sites/{site_id}:approve`.
	Path string
	// PathID describes the id in the path, nil if the path has none.
	PathID *PathID
	// Summary is a few words, Description Markdown in the words of the contract.
	Summary, Description string
	// Parameters are the keys of the query, in the contract's order.
	Parameters []parameter.Parameter
	// Files describes the answer of an operation that answers a file, by media type; nil for
	// all other operations. Such an operation writes its answer itself: nothing buffers or
	// compresses it.
	Files map[string]*huma.Schema
	// Errors are examples of errors.
	Errors Errors
	// Handler registers the operation's handler with the OpenAPI library.
	Handler func(huma.API, huma.Operation)
}

// PathID is an id in a path.
type PathID struct {
	// Name stands in the path, in braces.
	Name        string
	Description string
	// Record is how the error of an unknown id names the record.
	Record string
}

// Errors are examples of the errors of an operation that do not follow from its right,
// id, parameters and body.
type Errors struct {
	NotFound, Conflict, Invalid []Example
}

var rightTexts = map[domain.Right]string{
	domain.Public:       "**Who may:** everybody, without a token.",
	domain.Token:        "**Who may:** the bearer of a valid token, registered or not.",
	domain.Registered:   "**Who may:** registered users.",
	domain.Owner:        "**Who may:** registered users, who uploaded it.",
	domain.OwnerOrAdmin: "**Who may:** registered users.",
	domain.Admin:        "**Who may:** administrators.",
}

// Describe returns the operation for the OpenAPI library, which adds the bodies from
// the types of the handler. It panics if path and PathID disagree.
func (o Operation) Describe() huma.Operation {
	if o.PathID != nil && !strings.Contains(o.Path, "{"+o.PathID.Name+"}") || o.PathID == nil && strings.Contains(o.Path, "{") {
		panic("the path " + o.Path + " and its id disagree")
	}
	op := huma.Operation{
		OperationID: o.ID, Method: o.Method, Path: o.Path, Summary: o.Summary,
		Description: o.Description + "\n\n" + rightTexts[o.Right],
		Tags:        []string{o.section()}, Responses: o.errorResponses(),
		SkipValidateBody: true, SkipValidateParams: true, // the checks of the API come before the library
		MaxBodyBytes: -1, // the checks bound the body
		// The checks have read the body. The library's deadline for it would stay on the
		// connection, and fail this request and all that follow there.
		BodyReadTimeout: -1,
	}
	if o.Files != nil {
		op.Metadata = map[string]any{streamsFile: true}
		op.Responses["200"] = o.fileResponse()
	}
	if o.PathID != nil {
		op.Parameters = append(op.Parameters, o.PathID.describe())
	}
	for _, p := range o.Parameters {
		op.Parameters = append(op.Parameters, p.Describe())
	}
	if o.takesKey() {
		op.Parameters = append(op.Parameters, describedKey())
	}
	if o.Right != domain.Public {
		op.Security = []map[string][]string{{bearerAuth: {}}}
	}
	return op
}

// KeyHeader names a request that the client may send again
// (draft-ietf-httpapi-idempotency-key-header).
const KeyHeader = "Idempotency-Key"

// KeyLength is the largest length of a key, in characters.
const KeyLength = 255

// takesKey reports whether the operation is done once for each key.
func (o Operation) takesKey() bool { return o.Method == http.MethodPost && o.Right != domain.Public }

// describedKey is the last parameter of an operation: clients that are generated from the
// document pass parameters by their position.
func describedKey() *huma.Param {
	length := KeyLength
	return &huma.Param{
		Name: KeyHeader, In: "header", Schema: &huma.Schema{Type: huma.TypeString, MaxLength: &length},
		Description: "A name of the request, new for each: 1 to 255 printable characters of ASCII. A repetition within 24 hours gets the " +
			"first answer, and does nothing again; another request with the same key is 422",
		Example: "8e03978e-40d5-43e8-bc93-6894a57f9324",
	}
}

const streamsFile = "streams a file"

// StreamsFile tells whether a described operation writes its answer itself; see
// Operation.Files.
func StreamsFile(op *huma.Operation) bool { return op.Metadata[streamsFile] != nil }

func (id PathID) describe() *huma.Param {
	return &huma.Param{
		Name: id.Name, In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeString, Format: parameter.FormatUUID},
		Description: id.Description, Example: ExampleID,
	}
}

// section is the first segment of the path.
func (o Operation) section() string {
	return strings.FieldsFunc(o.Path, func(r rune) bool { return r == '/' || r == ':' })[0]
}

// isPage reports whether the operation answers a page of a list.
func (o Operation) isPage() bool {
	return slices.ContainsFunc(o.Parameters, func(p parameter.Parameter) bool { return p.NotFoundExample() != "" })
}
