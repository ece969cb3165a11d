package jsonschema

import santhosh "github.com/santhosh-tekuri/jsonschema/v6"

// reachable adds the schema, and all that it leads to, to those that were visited.
func reachable(schema *santhosh.Schema, visited map[*santhosh.Schema]bool) {
	queue := []*santhosh.Schema{schema}
	for len(queue) > 0 {
		schema, queue = queue[0], queue[1:]
		if schema != nil && !visited[schema] {
			visited[schema] = true
			queue = append(queue, subschemas(schema)...)
		}
	}
}

// subschemas are those that the schema leads to; some may be nil.
func subschemas(s *santhosh.Schema) []*santhosh.Schema {
	list := []*santhosh.Schema{
		s.Ref, s.RecursiveRef, s.Not, s.If, s.Then, s.Else, s.PropertyNames, s.UnevaluatedProperties,
		s.Contains, s.Items2020, s.UnevaluatedItems, s.ContentSchema,
	}
	if s.DynamicRef != nil {
		list = append(list, s.DynamicRef.Ref)
	}
	for _, schemas := range [][]*santhosh.Schema{s.AllOf, s.AnyOf, s.OneOf, s.PrefixItems} {
		list = append(list, schemas...)
	}
	for _, schemas := range []map[string]*santhosh.Schema{s.Properties, s.DependentSchemas} {
		for _, schema := range schemas {
			list = append(list, schema)
		}
	}
	for _, schema := range s.PatternProperties {
		list = append(list, schema)
	}
	choices := []any{s.AdditionalProperties, s.AdditionalItems, s.Items}
	for _, dependency := range s.Dependencies {
		choices = append(choices, dependency)
	}
	for _, choice := range choices {
		switch v := choice.(type) {
		case *santhosh.Schema:
			list = append(list, v)
		case []*santhosh.Schema:
			list = append(list, v...)
		}
	}
	return list
}

// applied are the schemas that are applied to the same value whenever the
// schema itself is, be the value what it may.
func applied(s *santhosh.Schema) []*santhosh.Schema {
	list := append([]*santhosh.Schema{s.Ref, s.Not, s.If}, s.AllOf...)
	list = append(list, s.OneOf...)
	return append(list, s.AnyOf[:min(1, len(s.AnyOf))]...)
}

// findLoop returns a schema that applies itself to the same value, so that no
// value can ever satisfy it, or nil.
func findLoop(schemas []*santhosh.Schema) *santhosh.Schema {
	under, done := map[*santhosh.Schema]bool{}, map[*santhosh.Schema]bool{}
	var visit func(s *santhosh.Schema) *santhosh.Schema
	visit = func(s *santhosh.Schema) *santhosh.Schema {
		if s == nil || done[s] {
			return nil
		}
		if under[s] {
			return s
		}
		under[s] = true
		for _, next := range applied(s) {
			if loop := visit(next); loop != nil {
				return loop
			}
		}
		done[s] = true
		return nil
	}
	for _, s := range schemas {
		if loop := visit(s); loop != nil {
			return loop
		}
	}
	return nil
}
