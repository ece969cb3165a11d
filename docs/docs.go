// Package docs holds the documentation, and gives programs the parts of it that
// they use themselves. It imports the standard library only.
package docs

import "embed"

// Files are the pages, in Markdown, and what they show and link to. The start page
// is index.md; what it links to, under its second-level headings, is the navigation.
//
//go:embed index.md tutorials how-to reference explanation
var Files embed.FS

// CRayRuns are the twenty real results of the tutorial, one a line: site, flavor,
// cores, processor, clock, all scores, mean score in seconds.
//
//go:embed tutorials/c-ray.tsv
var CRayRuns string

// CRaySchema is the JSON Schema of these results.
//
//go:embed tutorials/c-ray-schema.json
var CRaySchema string
