// Package site turns pages in Markdown into a web site: static files, or a handler that
// renders a page at its first request, and searches all pages. The HTML needs no script, and
// nothing from another server.
//
// Only this package imports goldmark. Commands import this package.
package site
