package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/mail/smtptest"
	"github.com/eosc-perf/backend/adapters/migrations"
	"github.com/eosc-perf/backend/adapters/migrations/alembictest"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
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

// TestDoctorAsksWhetherMailsWouldBeTaken: a relay says at RCPT that it does not like our
// name.
func TestDoctorAsksWhetherMailsWouldBeTaken(t *testing.T) {
	server := smtptest.Start(t, smtptest.Options{})
	server.Break(smtptest.Faults{Rcpt: func(string) error {
		return smtptest.Refuse(504, "5.5.2 <4f3c2a1b0c9d>: Helo command rejected: need fully-qualified hostname")
	}})
	t.Setenv("APP_ENV", "development")
	t.Setenv("DATA_DIR", t.TempDir())
	open(t)
	out, err := run(t, "doctor", "--mail-server", server.Host, "--mail-port", strconv.Itoa(server.Port), "--mail-from", "perf@example.org")
	if err == nil || !strings.Contains(out, "need fully-qualified hostname") || len(server.Received()) > 0 {
		t.Errorf("%v, %d mails sent:\n%s", err, len(server.Received()), out)
	}
}

func TestDoctorSeesMailsThatDoNotLeave(t *testing.T) {
	ago := func(d time.Duration) time.Time { return time.Now().UTC().Add(-d).Truncate(time.Microsecond) }
	for name, tt := range map[string]struct {
		mail domain.OutgoingMail
		want string
	}{
		"just written":          {domain.OutgoingMail{CreatedAt: ago(0)}, "fine  1 mails wait, 0 are parked"},
		"tried again soon":      {domain.OutgoingMail{CreatedAt: ago(time.Minute), LastError: "greylisted"}, "fine  1 mails wait, 0 are parked"},
		"refused for long":      {domain.OutgoingMail{CreatedAt: ago(time.Hour), LastError: "helo command rejected"}, "helo command rejected"},
		"waiting for a server":  {domain.OutgoingMail{CreatedAt: ago(time.Hour)}, "fine  1 mails wait, 0 are parked"},
		"parked for a receiver": {domain.OutgoingMail{CreatedAt: ago(time.Hour), LastError: "no such user", ParkedAt: new(ago(0))}, "fine  0 mails wait, 1 are parked"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("APP_ENV", "development")
			t.Setenv("DATA_DIR", t.TempDir())
			store := open(t)
			tt.mail.ID, tt.mail.To, tt.mail.Subject = uuid.Must(uuid.NewV7()), "bob@example.org", "s"
			tt.mail.NextAttemptAt, tt.mail.GiveUpAt = ago(0), ago(-time.Hour)
			if err := store.Do(t.Context(), func(ctx context.Context, r ports.Repos) error { return r.Outbox.Enqueue(ctx, &tt.mail) }); err != nil {
				t.Fatal(err)
			}
			out, err := run(t, "doctor")
			line := ""
			for l := range strings.Lines(out) {
				if strings.HasPrefix(l, "outbox") {
					line = l
				}
			}
			if !strings.Contains(line, tt.want) || (err == nil) != strings.Contains(tt.want, "fine") {
				t.Errorf("%v: %q, want %q", err, line, tt.want)
			}
		})
	}
}
