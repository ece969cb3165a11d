package middleware

import "github.com/gin-gonic/gin"

// hsts makes browsers use TLS only, for a year (RFC 6797).
const hsts = "max-age=31536000"

// Security sets the headers that protect browsers, on every answer. Pages replace the policy,
// which lets an answer do nothing, by their own. With secure, browsers reach the server by TLS
// only.
func Security(secure bool) gin.HandlerFunc {
	return func(c *gin.Context) {
		header := c.Writer.Header()
		header.Set("Content-Security-Policy", "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("X-Frame-Options", "DENY")
		header.Set("Referrer-Policy", "same-origin")
		header.Set("Cross-Origin-Opener-Policy", "same-origin")
		if secure {
			header.Set("Strict-Transport-Security", hsts)
		}
	}
}
