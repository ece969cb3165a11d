package router

import (
	"regexp"
	"strings"
)

// verbMark stands for the `:` of a custom method (`/sites/{id}:approve`) in gin's
// paths, because gin takes `:` for the begin of a parameter.
const verbMark = "/~"

// noPath is a path that no route has.
const noPath = "/\x00"

var slashes = regexp.MustCompile(`/{2,}`)

// WithoutPrefix replaces several slashes in a row by one, and removes the public
// prefix where the path has it. The prefix has no slash at its end.
func WithoutPrefix(prefix, path string) string {
	if strings.Contains(path, "//") {
		path = slashes.ReplaceAllString(path, "/")
	}
	rest, ok := strings.CutPrefix(path, prefix)
	switch {
	case !ok || rest != "" && rest[0] != '/':
		return path
	case rest == "":
		return "/"
	default:
		return rest
	}
}

// routedPath replaces the `:` of a custom method in the path of a request by the mark.
func routedPath(path string) string {
	if strings.Contains(path, verbMark) {
		return noPath
	}
	i := strings.LastIndexByte(path, ':')
	if i <= 0 {
		return path
	}
	if path[i-1] == '/' || strings.ContainsRune(path[i:], '/') {
		return noPath
	}
	return path[:i] + verbMark + path[i+1:]
}

var braces = strings.NewReplacer("{", ":", "}", "")

// ginPath translates the path of a route from OpenAPI's notation into gin's.
func ginPath(path string) string {
	if i := strings.LastIndexByte(path, ':'); i > 0 {
		path = path[:i] + verbMark + path[i+1:]
	}
	return braces.Replace(path)
}
