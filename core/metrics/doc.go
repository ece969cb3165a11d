// Package metrics knows which numbers in the results of a benchmark can be compared: it
// reads declarations from JSON Schemas and from requests, merges them, and reads values from
// documents.
//
// It imports the domain, and packages document, filter and name. The use cases and the
// storage import it.
package metrics
