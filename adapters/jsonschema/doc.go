// Package jsonschema checks JSON Schemas and documents against them, on top of
// santhosh-tekuri/jsonschema. It implements ports.SchemaValidator.
//
// A schema follows its $schema: Draft 4, 6, 7, 2019-09 or 2020-12; without one,
// or with one that is not known, 2020-12. Unknown keywords, format and content*
// are annotations. Nothing is ever fetched: a reference leads to a place in the
// same schema, or to the metaschema of a draft, which is built in. Numbers keep
// their exact value.
//
// Patterns are ECMA-262's with the flag u, look-around included, as far as
// dlclark/regexp2 has it: \d and \w are ASCII only, \s knows Unicode's spaces,
// \p takes short names of categories and names of scripts (\p{L}, \p{Greek}, but
// neither \p{Letter} nor \p{Script=Greek}), and a dot also matches U+2028 and
// U+2029.
//
// Schemas and documents come from strangers, so their size, depth and numbers
// are bounded (limits.go), and so is the time of a validation, which the library
// itself cannot be told to end: every step of it looks at a stopwatch. What is
// not bounded is the time of a single step: it is at worst one comparison with
// each value of an enum, or one look at each item of an array for uniqueItems.
// Nor is the memory for the violations of a document, all of which the library
// collects before one is chosen, but for the time in which they are found.
//
// It is imported by cmd/server and by tests.
package jsonschema
