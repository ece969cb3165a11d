package middleware

import (
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"
)

// noOrigins is the value of CORS_ALLOWED_ORIGINS with which CORS sends no header,
// because a proxy adds its own.
const noOrigins = "none"

var exposedHeaders = strings.Join([]string{
	RequestIDHeader, "Content-Disposition", "ETag", "Location", "RateLimit", "RateLimit-Policy", "Removal-Progress", "Retry-After",
	"Uploader-Client", "WWW-Authenticate",
}, ", ")

// CORS adds the headers that allow pages of other origins to use the server. The API
// uses no cookies, so that every origin may be allowed. origins is
// CORS_ALLOWED_ORIGINS: `*`, `none`, or a list of origins.
func CORS(origins []string) gin.HandlerFunc {
	if slices.Equal(origins, []string{noOrigins}) {
		return func(*gin.Context) {}
	}
	anyOrigin := slices.Contains(origins, "*")
	return func(c *gin.Context) {
		header := c.Writer.Header()
		if anyOrigin {
			header.Set("Access-Control-Allow-Origin", "*")
		} else {
			origin := c.GetHeader("Origin")
			header.Add("Vary", "Origin")
			if !slices.Contains(origins, origin) {
				return
			}
			header.Set("Access-Control-Allow-Origin", origin)
		}
		header.Set("Access-Control-Expose-Headers", exposedHeaders)
		if c.Request.Method == http.MethodOptions {
			header.Set("Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, PATCH, DELETE")
			header.Set("Access-Control-Allow-Headers", "Authorization, Content-Type, Accept, Origin, X-Requested-With, Idempotency-Key")
			header.Set("Access-Control-Max-Age", "86400")
		}
	}
}
