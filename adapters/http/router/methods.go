package router

import (
	"net/http"
	"slices"
	"strings"
)

var allMethods = []string{
	http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch,
	http.MethodDelete, http.MethodOptions, http.MethodConnect, http.MethodTrace,
}

// allow is the header Allow of a path with these methods. Every path answers OPTIONS.
func allow(methods []string) string {
	return strings.Join(append(slices.Sorted(slices.Values(methods)), http.MethodOptions), ", ")
}

// Allowed returns the header Allow for a subtree whose routes are those of a ServeMux: the methods for which the
// path of the request has a pattern with a method. It is empty if the path has none. has may exclude patterns.
func Allowed(routes *http.ServeMux, r *http.Request, has func(pattern string) bool) string {
	var methods []string
	asked := *r
	for _, method := range allMethods {
		asked.Method = method
		_, pattern := routes.Handler(&asked)
		if verb, _, hasVerb := strings.Cut(pattern, " "); hasVerb && verb != "" && has(pattern) {
			methods = append(methods, method)
		}
	}
	if len(methods) == 0 {
		return ""
	}
	return allow(methods)
}
