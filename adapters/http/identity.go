package http

import (
	"net/http"
	"strings"

	"github.com/eosc-perf/backend/core/domain"
)

// bearerToken takes the token out of the Authorization header (RFC 6750,
// section 2.1), "" if there is none.
func bearerToken(header http.Header) (string, error) {
	value := strings.TrimSpace(header.Get("Authorization"))
	if value == "" {
		return "", nil
	}
	scheme, token, _ := strings.Cut(value, " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return "", domain.ErrNoToken
	}
	if token = strings.TrimSpace(token); token == "" {
		return "", domain.BadToken("The Authorization header has no token after Bearer", nil)
	}
	return token, nil
}
