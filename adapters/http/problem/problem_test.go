package problem

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/eosc-perf/backend/core/domain"
)

func TestErrorsOfTheCoreBecomeAnswers(t *testing.T) {
	secret := errors.New("password=hunter2")
	for _, tt := range []struct {
		name        string
		err         error
		code        int
		header      string
		body, level string
	}{
		{"no token", domain.ErrNoToken, 401, "WWW-Authenticate: Bearer", "bearer token", ""},
		{"bad token", domain.BadToken("Expired", secret), 401, `WWW-Authenticate: Bearer error="invalid_token"`, `"error":"Expired"`, ""},
		{"forbidden", domain.Forbiddenf("Not yours"), 403, "", `"error":"Not yours"`, ""},
		{"not found", domain.NotFoundf("Site x"), 404, "", `"error":"Site x"`, ""},
		{"conflict", domain.Conflictf("Taken <&>"), 409, "", `"error":"Taken <&>"`, ""},
		{"invalid", domain.Invalidf("No"), 422, "", `"error":"No"`, ""},
		{"invalid place", domain.InvalidAt("/a/b", "got string"), 422, "", `"path":"/a/b"`, ""},
		{"wrapped", fmt.Errorf("read: %w", domain.NotFoundf("Site x")), 404, "", `"error":"Site x"`, ""},
		{"unavailable", domain.UnavailableFor(1500*time.Millisecond, "Away", secret), 503, "Retry-After: 2", `"error":"Away"`, "WARN"},
		{"out of time", fmt.Errorf("query: %w", context.DeadlineExceeded), 503, "Retry-After: 5", "took too long", "WARN"},
		{"internal", secret, 500, "", `{"code":500,"status":"Internal Server Error"}`, "ERROR"},
		{"answer", New(405, nil).WithHeader("Allow", "GET"), 405, "Allow: GET", `{"code":405,"status":"Method Not Allowed"}`, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var lines bytes.Buffer
			recorder := httptest.NewRecorder()
			From(t.Context(), slog.New(slog.NewTextHandler(&lines, nil)), tt.err).Write(recorder)
			body := recorder.Body.String()
			if recorder.Code != tt.code || !strings.Contains(body, tt.body) || strings.Contains(body, "hunter2") {
				t.Errorf("%d %s, want %d with %s", recorder.Code, body, tt.code, tt.body)
			}
			name, value, _ := strings.Cut(tt.header, ": ")
			if got := strings.Join(recorder.Header()[name], ", "); got != value { // as it is spelled in the answer
				t.Errorf("header %s is %q, want %q", name, got, value)
			}
			if got := lines.String(); (got == "") != (tt.level == "") || !strings.Contains(got, "level="+tt.level) && tt.level != "" {
				t.Errorf("the log is %q, want level %q", got, tt.level)
			}
		})
	}
}
