package jsonschema

import "github.com/eosc-perf/backend/core/document"

// keywords are those that validate, but $ref, in the order of their evaluation. A
// keyword that belongs to another one is read with that.
var keywords = []struct {
	name string
	// since is the first draft that has the keyword; until, if not nil, is the first
	// that has it no more, or with another meaning.
	since, until *draft
	compile      func(p part, value document.Value)
}{
	{"type", draft4, nil, compileType},
	{"const", draft6, nil, compileConst},
	{"enum", draft4, nil, compileEnum},

	{"minimum", draft4, nil, compileMinimum},
	{"maximum", draft4, nil, compileMaximum},
	{"exclusiveMinimum", draft4, nil, compileExclusiveMinimum},
	{"exclusiveMaximum", draft4, nil, compileExclusiveMaximum},
	{"multipleOf", draft4, nil, compileMultipleOf},
	{"minLength", draft4, nil, compileMinLength},
	{"maxLength", draft4, nil, compileMaxLength},
	{"pattern", draft4, nil, compilePattern},
	{"minItems", draft4, nil, compileMinItems},
	{"maxItems", draft4, nil, compileMaxItems},
	{"uniqueItems", draft4, nil, compileUniqueItems},
	{"minProperties", draft4, nil, compileMinProperties},
	{"maxProperties", draft4, nil, compileMaxProperties},
	{"required", draft4, nil, compileRequired},
	{"dependentRequired", draft2019, nil, compileDependentRequired},

	{"$recursiveRef", draft2019, nil, compileRecursiveRef},
	{"$dynamicRef", draft2020, nil, compileDynamicRef},
	{"not", draft4, nil, compileNot},
	{"allOf", draft4, nil, compileAllOf},
	{"anyOf", draft4, nil, compileAnyOf},
	{"oneOf", draft4, nil, compileOneOf},
	{"if", draft7, nil, compileIf},
	{"dependencies", draft4, nil, compileDependencies},
	{"dependentSchemas", draft2019, nil, compileDependentSchemas},

	{"properties", draft4, nil, compileProperties},
	{"patternProperties", draft4, nil, compilePatternProperties},
	{"additionalProperties", draft4, nil, compileAdditionalProperties},
	{"propertyNames", draft6, nil, compilePropertyNames},
	{"prefixItems", draft2020, nil, compilePrefixItems},
	{"items", draft4, draft2020, compileItems},
	{"items", draft2020, nil, compileItems2020},
	{"contains", draft6, nil, compileContains},

	{"unevaluatedProperties", draft2019, nil, compileUnevaluatedProperties},
	{"unevaluatedItems", draft2019, nil, compileUnevaluatedItems},
}
