// Package files writes what a page shows as files: tables as CSV, JSON, NDJSON and Markdown,
// citations as BibTeX and as text, and the feed of new results.
//
// The package imports the standard library only.
package files
