package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

const (
	schemaPath = "#/components/schemas/"
	jsonType   = "application/json"
)

// schema is the part of a schema that the page shows.
type schema struct {
	Ref         string            `json:"$ref"`
	Type        string            `json:"type"`
	Format      string            `json:"format"`
	Description string            `json:"description"`
	Enum        []string          `json:"enum"`
	MaxLength   int               `json:"maxLength"`
	ReadOnly    bool              `json:"readOnly"`
	Required    []string          `json:"required"`
	Properties  map[string]schema `json:"properties"`
	Items       *schema           `json:"items"`
}

// body is the body of a request or an answer, by content type.
type body map[string]struct {
	Schema schema `json:"schema"`
}

// name is the name of the schema, "" if there is no body.
func (b body) name() string { return strings.TrimPrefix(b[jsonType].Schema.Ref, schemaPath) }

// schemaLink is a link to the schema on the page.
func schemaLink(name string) string {
	return fmt.Sprintf("[%s](#schema-%s)", name, strings.ToLower(name))
}

// kind describes the values that a schema allows.
func (s schema) kind() string {
	switch {
	case s.Ref != "":
		return schemaLink(strings.TrimPrefix(s.Ref, schemaPath))
	case s.Items != nil:
		return "list of " + s.Items.kind()
	case len(s.Enum) > 0:
		return "`" + strings.Join(s.Enum, "`, `") + "`"
	case s.Format == "uuid", s.Format == "date-time":
		return s.Format
	case s.MaxLength > 0:
		return fmt.Sprintf("%s, at most %d bytes", s.Type, s.MaxLength)
	}
	return s.Type
}

// fields returns the names of the fields, the required ones first.
func (s schema) fields() []string {
	names := slices.Clone(s.Required)
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// describeBody describes the body of a request.
func (d openAPI) describeBody(b *strings.Builder, name string) {
	s, there := d.Components.Schemas[name]
	if !there {
		return
	}
	if len(s.Properties) == 0 {
		fmt.Fprintf(b, "\nThe body is %s. %s.\n", schemaLink(name), noHTML(s.Description))
		return
	}
	d.describeFields(b, "field of the body", s, "no, ignored")
}

// describeSchemas describes all schemas that have a name.
func (d openAPI) describeSchemas(b *strings.Builder) {
	b.WriteString("\n## Schemas\n\nThe objects in bodies. Null is left out of answers.\n")
	for _, name := range slices.Sorted(maps.Keys(d.Components.Schemas)) {
		s := d.Components.Schemas[name]
		fmt.Fprintf(b, "\n### Schema %s\n\n%s.\n", name, noHTML(s.Description))
		if len(s.Properties) > 0 {
			d.describeFields(b, "field", s, "yes")
		}
	}
}

// describeFields writes a table of the fields. Fields that only answers have count as
// required if readOnly is true.
func (d openAPI) describeFields(b *strings.Builder, title string, s schema, readOnly string) {
	fmt.Fprintf(b, "\n| %s | type | required | meaning |\n| --- | --- | --- | --- |\n", title)
	for _, name := range s.fields() {
		field := s.Properties[name]
		required := either(slices.Contains(s.Required, name), "yes", "no")
		if field.ReadOnly {
			required = readOnly
		}
		fmt.Fprintf(b, "| `%s` | %s | %s | %s |\n", name, field.kind(), required, d.meaning(field))
	}
}

// meaning is the description of the field, or of the schema that it refers to.
func (d openAPI) meaning(field schema) string {
	if name, refers := strings.CutPrefix(field.Ref, schemaPath); refers && field.Description == "" {
		return cell(d.Components.Schemas[name].Description)
	}
	return cell(field.Description)
}
