package http

import (
	"net/http"
	"slices"
	"strings"
)

// noOrigins makes cors send no header at all: a proxy in front adds its own.
const noOrigins = "none"

// cors adds the headers with which browsers let pages of other origins in. The
// API uses no cookies, so that every origin may be allowed. origins are
// CORS_ALLOWED_ORIGINS: `*`, `none`, or a list.
func cors(origins []string) func(header http.Header, origin string, preflight bool) {
	if slices.Equal(origins, []string{noOrigins}) {
		return func(http.Header, string, bool) {}
	}
	anyOrigin := slices.Contains(origins, "*")
	return func(header http.Header, origin string, preflight bool) {
		switch {
		case anyOrigin:
			header.Set("Access-Control-Allow-Origin", "*")
		default:
			header.Add("Vary", "Origin")
			if !slices.Contains(origins, origin) {
				return
			}
			header.Set("Access-Control-Allow-Origin", origin)
		}
		header.Set("Access-Control-Expose-Headers", strings.Join([]string{requestIDHeader, "ETag", "Retry-After", "WWW-Authenticate"}, ", "))
		if preflight {
			header.Set("Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, PATCH, DELETE")
			header.Set("Access-Control-Allow-Headers", "Authorization, Content-Type, Accept, Origin, X-Requested-With")
			header.Set("Access-Control-Max-Age", "86400")
		}
	}
}
