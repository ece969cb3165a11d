package middleware

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/gin-gonic/gin"
)

func TestCORSAllowsEveryOrigin(t *testing.T) {
	for _, tt := range []struct {
		name, origin, want string
		origins            []string
		maxAge             bool
	}{
		{"any", "https://a.example", "*", []string{"*"}, true},
		{"no origin", "", "*", []string{"*"}, true},
		{"listed", "https://a.example", "https://a.example", []string{"https://b.example", "https://a.example"}, true},
		{"not listed", "https://c.example", "", []string{"https://a.example"}, false},
		{"none", "https://a.example", "", []string{"none"}, false},
	} {
		recorder := httptest.NewRecorder()
		c, _ := gin.CreateTestContext(recorder)
		c.Request = httptest.NewRequestWithContext(t.Context(), http.MethodOptions, "/", nil)
		c.Request.Header.Set("Origin", tt.origin)
		CORS(tt.origins)(c)
		header := recorder.Header()
		if got := header.Get("Access-Control-Allow-Origin"); got != tt.want || (header.Get("Access-Control-Max-Age") != "") != tt.maxAge {
			t.Errorf("%s: %v", tt.name, header)
		}
	}
}
