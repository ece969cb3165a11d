package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/eosc-perf/backend/adapters/mail/smtptest"
	"github.com/eosc-perf/backend/adapters/migrations"
	"github.com/eosc-perf/backend/adapters/migrations/alembictest"
)

// describedProvider is a provider that describes itself, and can do nothing else.
func describedProvider(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		here := "http://" + r.Host
		_, _ = fmt.Fprintf(w, `{"issuer": %q, "userinfo_endpoint": %q, "jwks_uri": %q}`, here, here+"/userinfo", here+"/keys")
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func TestDoctor(t *testing.T) {
	server := smtptest.Start(t, smtptest.Options{})
	t.Setenv("APP_ENV", "development")
	for kind, empty := range places {
		t.Run(kind, func(t *testing.T) {
			p := empty(t).upgrade(t, migrations.Head)
			provider := describedProvider(t)
			healthy := []string{
				"doctor", "--trusted-op-list", provider, "--mail-server", server.Host, "--mail-port", strconv.Itoa(server.Port), "--mail-tls", "none",
				"--mail-from", "perf@example.org", "--image-check=off",
			}
			out := p.mustRun(t, healthy...)
			for _, name := range []string{"settings", "database", "schema", "clock", "provider", "mail"} {
				if !strings.Contains(out, "\n"+name+" ") && !strings.HasPrefix(out, name) || strings.Contains(out, "problem") {
					t.Errorf("%s is not fine:\n%s", name, out)
				}
			}
			if len(server.Received()) > 0 {
				t.Error("a mail was sent")
			}
			sick := []string{
				"doctor", "--json", "--trusted-op-list", "http://127.0.0.1:9", "--mail-server", "127.0.0.1", "--mail-port", "9",
				"--mail-user", "perf", "--mail-password", "s3cret", "--mail-tls", "none",
				"--mail-from", "perf@example.org", "--image-check=on", "--image-registries", "127.0.0.1:9",
			}
			out, err := empty(t).upgrade(t, alembictest.Last).run(t, sick...)
			if err == nil || !strings.HasSuffix(err.Error(), "problems: 4") {
				t.Errorf("%v\n%s", err, out)
			}
			for _, word := range []string{"migrate upgrade", "TRUSTED_OP_LIST", "MAIL_", "IMAGE_REGISTRIES"} {
				if !strings.Contains(out, word) {
					t.Errorf("it does not say what to do about %s:\n%s", word, out)
				}
			}
			if strings.Contains(out, "s3cret") {
				t.Errorf("it shows a secret:\n%s", out)
			}
		})
	}
}

func TestDoctorOfWrongSettings(t *testing.T) {
	t.Setenv("APP_ENV", "production")
	out, err := run(t, "doctor", "--db-port", "x")
	if err == nil || !strings.Contains(out, "problem") || !strings.Contains(out, "DB_PORT") {
		t.Errorf("%v\n%s", err, out)
	}
}
