// Package docs contains the documentation, and the data of its tutorial for programs. It
// imports the standard library only.
package docs

import "embed"

// Files are the pages in Markdown, and the pictures and files that they link to. The start
// page is index.md. Its links under second-level headings are the navigation.
//
//go:embed index.md tutorials how-to reference explanation
var Files embed.FS

// CRayRuns are the twenty real results of the tutorial. Each line has site, flavor, number
// of cores, processor, clock, all scores, and the mean score in seconds.
//
//go:embed tutorials/c-ray.tsv
var CRayRuns string

// CRaySchema is the JSON Schema of these results.
//
//go:embed tutorials/c-ray-schema.json
var CRaySchema string
