package operation_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/eosc-perf/backend/adapters/gormdb/postgres/pgtest"
	"github.com/eosc-perf/backend/adapters/migrations/alembictest"
	"github.com/eosc-perf/backend/tests/harness"
	"github.com/eosc-perf/backend/tests/process"
	"github.com/eosc-perf/backend/tests/smtptest"
)

// describedProvider is a provider that describes itself and has no keys, and can do nothing else.
func describedProvider(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		here := "http://" + r.Host
		_, _ = fmt.Fprintf(w, `{"issuer": %q, "userinfo_endpoint": %q, "jwks_uri": %q, "keys": []}`, here, here+"/userinfo", here+"/keys")
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func TestDoctorFindsNothingWhereAllIsWell(t *testing.T) {
	mails := smtptest.Start(t, smtptest.Options{})
	for name, database := range harness.Databases {
		t.Run(name, func(t *testing.T) {
			out := process.MustRun(t, process.Program(t, "admin"), database(t).With(harness.Settings{"APP_ENV": "development"}).Environ(),
				"doctor", "--trusted-op-list", describedProvider(t), "--mail-server", mails.Host, "--mail-port", strconv.Itoa(mails.Port),
				"--mail-tls", "none", "--mail-from", "perf@example.org", "--mail-helo", "perf.bücher.example", "--image-check=off")
			for _, name := range []string{"settings", "certificate", "database", "schema", "clock", "provider", "mail"} {
				if !strings.Contains(out, "\n"+name+" ") && !strings.HasPrefix(out, name) || strings.Contains(out, "problem") {
					t.Errorf("%s is not fine:\n%s", name, out)
				}
			}
			if !strings.Contains(out, "to which we say EHLO perf.xn--bcher-kva.example") {
				t.Errorf("it does not say which name the mail server gets:\n%s", out)
			}
			if len(mails.Received()) > 0 {
				t.Error("a mail was sent")
			}
		})
	}
}

func TestDoctorSaysWhatToDoAboutEachProblem(t *testing.T) {
	for name, database := range map[string]func(testing.TB) harness.Settings{
		"sqlite": harness.EmptySQLite, "postgres": harness.EmptyPostgres,
	} {
		t.Run(name, func(t *testing.T) {
			environ := database(t).With(harness.Settings{"APP_ENV": "development"}).Environ()
			process.MustRun(t, process.Program(t, "migrate"), environ, "upgrade", alembictest.Last)
			code, out := process.Run(t, process.Program(t, "admin"), environ,
				"doctor", "--json", "--trusted-op-list", "http://127.0.0.1:9", "--mail-server", "127.0.0.1", "--mail-port", "9",
				"--mail-user", "perf", "--mail-password", "s3cret", "--mail-tls", "none",
				"--mail-from", "perf@example.org", "--image-check=on", "--image-registries", "127.0.0.1:9",
				"--tls-cert-file", "/dev/null", "--tls-key-file", "/dev/null")
			if code != 3 || !strings.HasSuffix(out, "problems: 5\n") {
				t.Errorf("exit code %d\n%s", code, out)
			}
			for _, word := range []string{"migrate upgrade", "TLS_CERT_FILE: /dev/null is empty", "TRUSTED_OP_LIST", "MAIL_", "IMAGE_REGISTRIES"} {
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

func TestDoctorComparesTheConnectionsWithTheLimitsOfTheDatabase(t *testing.T) {
	u := restricted(t, "", "", "", false)
	owner := harness.OpenSQL(t, harness.OnPostgres(pgtest.New(t)))
	role, name := u.settings["DB_USER"], u.settings["DB_NAME"]
	for _, c := range []struct {
		statement, wanted string
		code              int
		parts             []string
	}{
		{"SELECT 1", "20", 0, []string{"connections  fine", "20 are allowed"}},
		{
			"ALTER ROLE " + role + " CONNECTION LIMIT 19", "20", 3,
			[]string{"the role " + role + " has a limit of 19", "ALTER ROLE ... CONNECTION LIMIT"},
		},
		{"ALTER ROLE " + role + " CONNECTION LIMIT 20", "20", 0, []string{"20 are allowed"}},
		{"ALTER DATABASE " + name + " CONNECTION LIMIT 7", "20", 3, []string{"the database " + name + " has a limit of 7", "ALTER DATABASE"}},
		{"ALTER DATABASE " + name + " CONNECTION LIMIT -1", "1000", 3, []string{"the role " + role + " has a limit of 20"}},
		{"ALTER ROLE " + role + " CONNECTION LIMIT -1", "1000", 3, []string{"max_connections", "restart PostgreSQL"}},
	} {
		if _, err := owner.ExecContext(t.Context(), c.statement); err != nil {
			t.Fatal(err)
		}
		doctor := u.run(t, "admin", "doctor", "--db-max-connections", c.wanted)
		expectExit(t, doctor, c.code)
		for _, part := range c.parts {
			if !doctor.Output.Contains(part) {
				t.Errorf("%s: doctor does not say %q:\n%s", c.statement, part, doctor.Output.String())
			}
		}
	}
}

func TestDoctorNamesSettingsThatAreWrong(t *testing.T) {
	code, out := process.Run(t, process.Program(t, "admin"), []string{"APP_ENV=production"}, "doctor", "--db-port", "x")
	if code != 3 || !strings.Contains(out, "problem") || !strings.Contains(out, "DB_PORT") {
		t.Errorf("exit code %d\n%s", code, out)
	}
}

// A relay says at RCPT that it does not like our name.
func TestDoctorAsksWhetherMailsWouldBeTaken(t *testing.T) {
	server := smtptest.Start(t, smtptest.Options{})
	server.Break(smtptest.Faults{Rcpt: func(string) error {
		return smtptest.Refuse(504, "5.5.2 <4f3c2a1b0c9d>: Helo command rejected: need fully-qualified hostname")
	}})
	code, out := process.Run(t, process.Program(t, "admin"), harness.SQLite(t).With(harness.Settings{"APP_ENV": "development"}).Environ(),
		"doctor", "--mail-server", server.Host, "--mail-port", strconv.Itoa(server.Port), "--mail-from", "perf@example.org")
	if code != 3 || !strings.Contains(out, "need fully-qualified hostname") || len(server.Received()) > 0 {
		t.Errorf("exit code %d, %d mails sent:\n%s", code, len(server.Received()), out)
	}
}
