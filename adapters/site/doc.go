// Package site makes a web site of pages in Markdown: static files, or a handler
// that renders a page when it is first asked for. Its HTML needs no script and
// nothing from another server.
//
// It is the only importer of goldmark; commands import it.
package site
