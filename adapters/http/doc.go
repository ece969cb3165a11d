// Package http serves the API of the contract over HTTP: routes, wire types,
// checks of queries and bodies, errors, the OpenAPI document and the API page.
//
// One table, in operations.go, gives each operation its method, path, id and
// right; routing, authorization, checks and the document come from it. The
// package imports the core and the ports; only cmd/server imports it.
package http
