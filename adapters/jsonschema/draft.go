package jsonschema

import (
	"strings"

	"github.com/eosc-perf/backend/core/document"
)

// draft is a version of the specification of JSON Schema. Drafts are compared by
// their versions.
type draft struct {
	version int
	// url names the draft in $schema.
	url string
	// id is the keyword with the URL of a schema.
	id string
}

var (
	draft4    = &draft{4, "http://json-schema.org/draft-04/schema", "id"}
	draft6    = &draft{6, "http://json-schema.org/draft-06/schema", "$id"}
	draft7    = &draft{7, "http://json-schema.org/draft-07/schema", "$id"}
	draft2019 = &draft{2019, "https://json-schema.org/draft/2019-09/schema", "$id"}
	draft2020 = &draft{2020, "https://json-schema.org/draft/2020-12/schema", "$id"}

	drafts = []*draft{draft4, draft6, draft7, draft2019, draft2020}
	// latest is the draft of schemas that name none, or one that is not known.
	latest = draft2020
)

// declaredDraft returns the draft that $schema of an object names, nil without
// $schema.
func declaredDraft(object document.Value) *draft {
	name, ok := textOf(object, "$schema")
	if !ok {
		return nil
	}
	name = withoutScheme(strings.TrimSuffix(name, "#"))
	for _, d := range drafts {
		if name == withoutScheme(d.url) {
			return d
		}
	}
	return latest
}

func withoutScheme(url string) string {
	url, _ = strings.CutPrefix(url, "http://")
	url, _ = strings.CutPrefix(url, "https://")
	return url
}

// ignoresSiblings tells whether an object with $ref has no other keywords.
func (d *draft) ignoresSiblings() bool { return d.version < draft2019.version }

// textOf returns a member that is a string.
func textOf(object document.Value, name string) (string, bool) {
	member, ok := object.Get(name)
	if !ok || member.Kind() != document.String {
		return "", false
	}
	return member.Text(), true
}

// form is how a keyword holds its subschemas.
type form int

const (
	single form = iota
	list
	singleOrList
	// named is an object whose members are schemas, or of another type.
	named
)

// subschemas are the keywords that hold schemas, and the first draft that knows them.
var subschemas = map[string]struct {
	form  form
	since *draft
}{
	"definitions":           {named, draft4},
	"not":                   {single, draft4},
	"allOf":                 {list, draft4},
	"anyOf":                 {list, draft4},
	"oneOf":                 {list, draft4},
	"properties":            {named, draft4},
	"patternProperties":     {named, draft4},
	"additionalProperties":  {single, draft4},
	"items":                 {singleOrList, draft4},
	"additionalItems":       {single, draft4},
	"dependencies":          {named, draft4},
	"propertyNames":         {single, draft6},
	"contains":              {single, draft6},
	"if":                    {single, draft7},
	"then":                  {single, draft7},
	"else":                  {single, draft7},
	"$defs":                 {named, draft2019},
	"dependentSchemas":      {named, draft2019},
	"unevaluatedProperties": {single, draft2019},
	"unevaluatedItems":      {single, draft2019},
	"contentSchema":         {single, draft2019},
	"prefixItems":           {list, draft2020},
}
