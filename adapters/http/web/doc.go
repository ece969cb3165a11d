// Package web serves the pages of the web interface: everything below /ui.
//
// Each page has two files beside each other: NAME.html is its template, which has ranges and
// ifs only, and NAME.go makes its view model by use cases of core/service. Read it in this
// order:
//
//   - web.go: what the pages need, and how they are mounted;
//   - routes.go: the address of each page;
//   - request.go, answer.go: what a page is given, and what it answers;
//   - frame.go: what all pages have around their content;
//   - problem.go: the pages of errors.
//
// Package address has the vocabulary of the queries, package words the texts that depend on
// data, and package draw the pictures.
package web
