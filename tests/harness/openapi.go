package harness

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
)

// Document is the part of an OpenAPI document that tests read.
type Document struct {
	// Paths are the operations by path and method, in lower case.
	Paths      map[string]map[string]*DescribedOperation `json:"paths"`
	Components struct {
		Schemas map[string]*Schema `json:"schemas"`
	} `json:"components"`
	// Operations are all operations in the order of their ids.
	Operations []*DescribedOperation `json:"-"`
}

// DescribedOperation is an operation of the document.
type DescribedOperation struct {
	ID          string             `json:"operationId"`
	Parameters  []Parameter        `json:"parameters"`
	RequestBody *Content           `json:"requestBody"`
	Responses   map[string]Content `json:"responses"`
	// Method is in upper case.
	Method string `json:"-"`
	Path   string `json:"-"`
}

// Parameter is a part of the path or a key of the query.
type Parameter struct {
	Name     string `json:"name"`
	In       string `json:"in"`
	Required bool   `json:"required"`
	Schema   Schema `json:"schema"`
}

// Content is a body by its media types.
type Content struct {
	Content map[string]Media `json:"content"`
}

// Media is a body of one media type.
type Media struct {
	Schema *Schema `json:"schema"`
}

// Schema describes a value.
type Schema struct {
	Ref        string             `json:"$ref"`
	Type       string             `json:"type"`
	Format     string             `json:"format"`
	Enum       []string           `json:"enum"`
	Default    any                `json:"default"`
	Items      *Schema            `json:"items"`
	Properties map[string]*Schema `json:"properties"`
	Required   []string           `json:"required"`
	ReadOnly   bool               `json:"readOnly"`

	Description string `json:"description"`
}

// ReadDocument reads the server's own document.
func ReadDocument(s *Server) *Document {
	s.T.Helper()
	var d Document
	if err := json.Unmarshal([]byte(s.Get("/api-spec.json").Want(s.T, http.StatusOK).Body), &d); err != nil {
		s.T.Fatal(err)
	}
	for path, item := range d.Paths {
		for method, o := range item {
			o.Method, o.Path = strings.ToUpper(method), path
			d.Operations = append(d.Operations, o)
		}
	}
	slices.SortFunc(d.Operations, func(a, b *DescribedOperation) int { return strings.Compare(a.ID, b.ID) })
	return &d
}

// Operation is what the document says of an operation of the contract, nil if nothing.
func (d *Document) Operation(o Operation) *DescribedOperation {
	return d.Paths[o.DocumentPath()][strings.ToLower(o.Method)]
}

// Body is the schema of the request's JSON body, nil if it has none.
func (o *DescribedOperation) Body() *Schema {
	if o.RequestBody == nil {
		return nil
	}
	return o.RequestBody.Content["application/json"].Schema
}

// Resolve follows references to schemas of the document.
func (d *Document) Resolve(s *Schema) *Schema {
	for s != nil && s.Ref != "" {
		s = d.Components.Schemas[s.Name()]
	}
	return s
}

// Name is the name of the schema that a reference is to, "" for what is no reference.
func (s *Schema) Name() string { return strings.TrimPrefix(s.Ref, "#/components/schemas/") }
