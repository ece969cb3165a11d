package openapi

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/eosc-perf/backend/adapters/http/router"
	"github.com/eosc-perf/backend/ports"
)

// Login is an identity provider at which the API page gets a token by the authorization code
// flow with PKCE, as a public client. The page asks the provider itself; the token stays in its
// memory.
type Login struct {
	Name, Issuer, ClientID string
	Describe               func(ctx context.Context) (ports.PublicLogin, error)
}

// loginPath and the files below assetsPath are those of the logins.
const (
	loginPath    = assetsPath + "login"
	callbackPage = "callback.html"
)

// mountLogins serves the description of a provider, and the page to which it leads back.
func mountLogins(r *router.Router, start *APIPage, policy string) error {
	if len(start.Logins) == 0 {
		return nil
	}
	content, err := pageFiles.ReadFile(callbackPage)
	if err != nil {
		return err
	}
	r.Handle(http.MethodGet, assetsPath+callbackPage, start.Limit, func(c *gin.Context) {
		protect(c.Writer.Header(), policy)
		c.Data(http.StatusOK, "text/html; charset=utf-8", content)
	})
	r.Handle(http.MethodGet, loginPath, start.Limit, func(c *gin.Context) {
		protect(c.Writer.Header(), policy)
		for _, login := range start.Logins {
			if login.Issuer == c.Query("issuer") {
				answerLogin(c, login)
				return
			}
		}
		c.Status(http.StatusNotFound)
	})
	return nil
}

func answerLogin(c *gin.Context, login Login) {
	described, err := login.Describe(c.Request.Context())
	if err != nil || originOf(described.Token) != originOf(login.Issuer) {
		c.JSON(http.StatusServiceUnavailable, gin.H{"error": "The identity provider cannot be used now"})
		return
	}
	c.JSON(http.StatusOK, gin.H{
		"issuer": login.Issuer, "client_id": login.ClientID, "authorization_endpoint": described.Authorize,
		"token_endpoint": described.Token, "scope": described.Scopes, "names_issuer": described.NamesIssuer,
	})
}

// originOf is the origin of an address, "" for none.
func originOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return ""
	}
	return strings.ToLower(u.Scheme + "://" + u.Host)
}
