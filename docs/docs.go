// Package docs holds the documentation, and gives programs the parts of it that
// they use themselves. It imports the standard library only.
package docs

import _ "embed" // the files below

// CRayRuns are the twenty real results of the tutorial, one a line: site, flavor,
// cores, processor, clock, all scores, mean score in seconds.
//
//go:embed tutorials/c-ray.tsv
var CRayRuns string

// CRaySchema is the JSON Schema of these results.
//
//go:embed tutorials/c-ray-schema.json
var CRaySchema string
