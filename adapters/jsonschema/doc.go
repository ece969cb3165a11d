// Package jsonschema checks JSON Schemas, and documents against them. It implements
// ports.SchemaValidator.
//
// A schema follows its $schema: Draft 4, 6, 7, 2019-09 or 2020-12; without one,
// or with one that is not known, 2020-12. Unknown keywords, format and content*
// are annotations. Nothing is ever fetched: a reference leads to a place in the
// same schema, or to the schemas of the drafts themselves. Numbers keep their exact
// value. Patterns are those of ECMA-262, see package pattern.
//
// Schemas and documents come from strangers, so the package bounds all of its work.
// A clock (clock.go) ends compilation and validation at a deadline and with the
// request: every loop calls it. Limits (limits.go) on the size of a schema bound its
// compilation and the memory of the cache. The memory of a validation is bounded by
// the document, by the limit on violations and by that on recursion. Keywords that
// compare values (enum, const, uniqueItems) do so by hashes.
//
// The files in their order: resource.go finds the schemas, URLs and anchors of a text;
// compile.go makes schemas (schema.go) of them, by the table in keywords.go;
// metaschema.go checks them by the drafts' own schemas; evaluation.go applies them to a
// document, by the keywords in scalars.go, values.go, objects.go, arrays.go and
// logic.go; violation.go says what is wrong. The library santhosh-tekuri/jsonschema
// serves as the source of the drafts' own schemas, and as the judge in tests: it looks
// at no clock.
//
// It is imported by cmd/server, cmd/admin and by tests.
package jsonschema
