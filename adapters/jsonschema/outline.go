package jsonschema

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// outline is what is found by walking through a schema before it is compiled.
type outline struct {
	values, paths int
	references    []reference
	// entries are JSON Pointers to schemas that the compiler may not come across
	// by itself: definitions, and what has a dynamic anchor.
	entries []string
}

// reference is a $ref, or one of its dynamic kin.
type reference struct {
	// pointer leads to the keyword itself.
	pointer, keyword, target string
}

// latest is the draft of schemas that name none.
const latest = "https://json-schema.org/draft/2020-12/schema"

// drafts are the known values of $schema, without scheme and empty fragment.
var drafts = []string{
	"json-schema.org/draft-04/schema", "json-schema.org/draft-06/schema", "json-schema.org/draft-07/schema",
	"json-schema.org/draft/2019-09/schema", "json-schema.org/draft/2020-12/schema",
}

func isKnownDraft(url string) bool {
	url, _ = strings.CutPrefix(strings.TrimSuffix(url, "#"), "http://")
	url, _ = strings.CutPrefix(url, "https://")
	return slices.Contains(drafts, url)
}

var (
	// dataKeywords have values that are no schemas and contain none.
	dataKeywords = []string{"const", "enum", "default", "examples", "dependentRequired", "$vocabulary"}
	// mapKeywords have objects whose members, not they themselves, are schemas.
	mapKeywords = []string{"properties", "patternProperties", "definitions", "$defs", "dependentSchemas", "dependencies"}
	// referenceKeywords lead to another schema.
	referenceKeywords = []string{"$ref", "$dynamicRef", "$recursiveRef"}
)

// outlineOf walks through a schema within checkBounds. It makes every $schema
// that is not known the latest draft: the compiler would want to fetch it.
func outlineOf(tree any) (*outline, *fault) {
	o := &outline{}
	o.count(tree, 0)
	if o.values > maxValues {
		return nil, &fault{text: fmt.Sprintf("the schema has more than %d values", maxValues)}
	}
	if o.paths > maxPaths {
		return nil, &fault{text: "the names in the schema are too long for so many levels and values"}
	}
	o.walk(tree, "")
	if len(o.entries) > maxDefinitions {
		return nil, &fault{text: fmt.Sprintf("the schema has more than %d definitions", maxDefinitions)}
	}
	slices.Sort(o.entries)
	slices.SortFunc(o.references, func(a, b reference) int { return strings.Compare(a.pointer, b.pointer) })
	return o, nil
}

func (o *outline) count(value any, path int) {
	o.values++
	o.paths += path
	switch v := value.(type) {
	case []any:
		for i, item := range v {
			o.count(item, path+len("/")+len(strconv.Itoa(i)))
		}
	case map[string]any:
		for key, member := range v {
			o.count(member, path+len("/")+len(key))
		}
	}
}

// walk takes every value of a keyword that is not known for a schema: such
// places can be referred to.
func (o *outline) walk(value any, pointer string) {
	switch v := value.(type) {
	case []any:
		for i, item := range v {
			o.walk(item, pointer+"/"+strconv.Itoa(i))
		}
	case map[string]any:
		o.walkObject(v, pointer)
	}
}

func (o *outline) walkObject(schema map[string]any, pointer string) {
	if draft, ok := schema["$schema"].(string); ok && !isKnownDraft(draft) {
		schema["$schema"] = latest
	}
	if _, ok := schema["$dynamicAnchor"].(string); ok {
		o.entries = append(o.entries, pointer)
	}
	for keyword, value := range schema {
		place := pointer + "/" + escape(keyword)
		members, isObject := value.(map[string]any)
		target, isText := value.(string)
		switch {
		case slices.Contains(dataKeywords, keyword):
		case isObject && slices.Contains(mapKeywords, keyword):
			o.walkMap(keyword, members, place)
		case isText && slices.Contains(referenceKeywords, keyword):
			o.references = append(o.references, reference{place, keyword, target})
		default:
			o.walk(value, place)
		}
	}
}

func (o *outline) walkMap(keyword string, members map[string]any, place string) {
	for name, member := range members {
		pointer := place + "/" + escape(name)
		if keyword == "$defs" || keyword == "definitions" {
			o.entries = append(o.entries, pointer)
		}
		o.walk(member, pointer)
	}
}
