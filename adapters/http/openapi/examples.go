package openapi

import (
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/eosc-perf/backend/adapters/http/problem"
)

// ExampleID stands for an id in examples.
const ExampleID = "77e88a60-5d33-43d3-b802-27273278489e"

// Example is an example of an error answer.
type Example struct {
	// Title is a few words; titles of one operation and status are different.
	Title string
	// Errors is the content of the answer's member errors, nil for none.
	Errors map[string]any
}

// Says is the example of an error with a text.
func Says(title, text string) Example { return Example{title, map[string]any{"error": text}} }

// SaysAt is the example of an error with a text about a place, a JSON Pointer.
func SaysAt(title, text, pointer string) Example {
	return Example{title, map[string]any{"error": text, "path": pointer}}
}

// inField is the example of an error in one field of a part, the query or the body.
func inField(title, part, field string, errors any) Example {
	return Example{title, map[string]any{part: map[string]any{field: errors}}}
}

// errorResponse describes an error answer of this status.
func errorResponse(code int, description string, examples ...Example) *huma.Response {
	content := &huma.MediaType{Schema: &huma.Schema{Ref: errorSchema}, Examples: map[string]*huma.Example{}}
	addExamples(content, code, examples)
	return &huma.Response{Description: description, Content: map[string]*huma.MediaType{jsonType: content}}
}

// addExamples adds examples to the content of an error answer.
func addExamples(content *huma.MediaType, code int, examples []Example) {
	for _, e := range examples {
		value := map[string]any{"code": code, "status": http.StatusText(code)}
		if e.Errors != nil {
			value["errors"] = e.Errors
		}
		content.Examples[strings.ReplaceAll(e.Title, " ", "_")] = &huma.Example{Summary: e.Title, Value: value}
	}
}

// queryExamples are errors that follow from the parameters.
func (o Operation) queryExamples() []Example {
	examples := []Example{inField("unknown key", "query", "foo", []string{problem.UnknownField})}
	for _, p := range o.Parameters {
		if p.Describe().Required {
			examples = append(examples, inField("no "+p.Name(), "query", p.Name(), []string{problem.MissingField}))
		}
		if title, errors := p.InvalidExample(); title != "" {
			examples = append(examples, inField(title, "query", p.Name(), errors))
		}
	}
	return examples
}

// notFoundExamples are errors that follow from the id in the path and the parameters.
func (o Operation) notFoundExamples() []Example {
	var examples []Example
	if o.PathID != nil {
		examples = append(examples,
			Says("unknown id", o.PathID.Record+" "+ExampleID+" not found in the database"), Example{Title: "not a UUID"})
	}
	for _, p := range o.Parameters {
		if title := p.NotFoundExample(); title != "" {
			examples = append(examples, Example{Title: title})
		}
	}
	return examples
}

// bodyExamples are errors that follow from the schema of the body.
func bodyExamples(schema *huma.Schema) []Example {
	examples := []Example{{"not an object", map[string]any{"json": map[string]any{"_schema": []string{"Invalid input type."}}}}}
	if len(schema.Properties) > 0 {
		examples = append(examples, inField("unknown field", "json", "foo", []string{problem.UnknownField}))
	}
	for _, name := range schema.Required {
		if !schema.Properties[name].ReadOnly {
			examples = append(examples, inField("no "+name, "json", name, []string{problem.MissingField}))
		}
	}
	return examples
}
