package operation_test

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/eosc-perf/backend/tests/harness"
	"github.com/eosc-perf/backend/tests/process"
)

// The greeting works when pasted, a stop lets a request under way finish, and a second
// start keeps the data.
func TestServerGreetsServesAndStopsInOrder(t *testing.T) {
	address, data := process.FreeAddress(t), t.TempDir()
	base := "http://" + address
	for round, signal := range []os.Signal{syscall.SIGTERM, syscall.SIGINT} {
		p := process.StartServer(
			t, []string{"APP_ENV=development", "SHUTDOWN_DELAY=1ms", patientStop}, "--listen", address, "--data-dir", data,
			"--demo",
		)
		p.AwaitReady(t, base)
		process.Eventually(t, "the greeting is complete", func() bool { return p.Output.Contains("find it:") })
		greeting := p.Output.String()
		for _, part := range []string{base + "/", data, "alice, bob", "newcomer", "scripts/dev-token alice"} {
			if !strings.Contains(greeting, part) {
				t.Errorf("the greeting does not say %q:\n%s", part, greeting)
			}
		}
		for line := range strings.Lines(greeting) {
			if !strings.HasPrefix(line, "curl ") {
				continue
			}
			out := process.Shell(t, line)
			if !strings.Contains(out, `"triad":99999.5`) {
				t.Errorf("%s\nprints %s", line, out)
			}
			// The second start finds what the first has uploaded.
			if strings.Contains(line, "filters") && !strings.Contains(out, `"total":1`) {
				t.Errorf("start %d finds %s", round+1, out)
			}
		}
		finish := harness.At(t, base, p.Output).SlowPost("/sites", fmt.Sprintf(`{"name":"site %d","address":"a"}`, round))
		p.Signal(t, signal)
		process.Eventually(t, "the server finishes requests", func() bool { return p.Output.Contains("finishing the requests under way") })
		if status := finish(); status != http.StatusCreated {
			t.Errorf("the request under way got %d, want 201", status)
		}
		expectExit(t, p, 0)
	}
}

// patientStop is a setting: a stopping server waits for requests for as long as it can be
// told to.
const patientStop = "SHUTDOWN_TIMEOUT=9s"

// expectExit waits for the end of the process and checks its exit code.
func expectExit(t *testing.T, p *process.Process, want int) {
	t.Helper()
	if code := p.ExitCode(t); code != want {
		t.Errorf("exit code %d, want %d:\n%s", code, want, p.Output.Tail(4000))
	}
}

func TestServerThatCannotStartSaysWhy(t *testing.T) {
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	production := []string{"SECRET_KEY=0123456789abcdef", "ADMIN_ENTITLEMENTS=perf-admins", "LISTEN_ADDRESS=127.0.0.1:0"}
	for _, tt := range []struct {
		name    string
		environ []string
		args    []string
		want    []string
	}{
		{"nothing set", nil, nil, []string{"SECRET_KEY", "ADMIN_ENTITLEMENTS", "DB_HOST", "DB_DRIVER=sqlite"}},
		{"no database named", production, nil, []string{"DB_HOST"}},
		{
			"port taken", []string{"APP_ENV=development"}, []string{"--listen", listener.Addr().String()},
			[]string{listener.Addr().String(), "--listen"},
		},
		{"schema not made", append([]string{"DB_DRIVER=sqlite"}, production...), nil, []string{"migrate upgrade", "AUTO_UPGRADE=true"}},
		{"schema not made, in few words", append([]string{"DB_DRIVER=sqlite"}, production...), nil, []string{" more up to "}},
		{"unknown flag", nil, []string{"--nope"}, []string{"--nope", "usage: server [flags]", "server --help"}},
		{"unknown command", nil, []string{"run"}, []string{`unknown command "run"`, "usage: server [flags]"}},
		{"impossible value", []string{"APP_ENV=development", "DB_PORT=x"}, nil, []string{"DB_PORT", "from 1 to 65535"}},
		{"a size with a unit", []string{"APP_ENV=development", "BODY_LIMIT=1M"}, nil, []string{"BODY_LIMIT", "1024 to 1073741824, in bytes"}},
		{"a duration without a unit", []string{"APP_ENV=development", "READ_TIMEOUT=30"}, nil, []string{"READ_TIMEOUT", "30s", "from 1ms to 1h"}},
		{"a rate without a time", []string{"APP_ENV=development", "RATE_READS=100"}, nil, []string{"RATE_READS", `"100" is neither off`}},
		{
			"an address of another machine", []string{"APP_ENV=development"}, []string{"--listen", "192.0.2.1:5000"},
			[]string{"LISTEN_ADDRESS", "192.0.2.1:5000 is no address of this machine"},
		},
		{
			"a port of metrics that is taken", []string{"APP_ENV=development", "METRICS_ADDRESS=" + listener.Addr().String()},
			[]string{"--listen", "127.0.0.1:0"}, []string{"METRICS_ADDRESS", "is taken by another program"},
		},
		{
			"a certificate that is missing", []string{"APP_ENV=development", "TLS_CERT_FILE=none.pem", "TLS_KEY_FILE=none.pem"},
			[]string{"--listen", "127.0.0.1:0"}, []string{"TLS_CERT_FILE", "none.pem", "name a file in PEM"},
		},
		{
			"an audit key that is missing", []string{"APP_ENV=development", "AUDIT_KEY_FILE=none.pem"},
			[]string{"--listen", "127.0.0.1:0"}, []string{"AUDIT_KEY_FILE", "none.pem", "admin audit keygen"},
		},
		{
			"no folder for temporary files", []string{"APP_ENV=development", "TMPDIR=/nowhere"},
			[]string{"--listen", "127.0.0.1:0"}, []string{"TMPDIR", "/nowhere"},
		},
		{
			"a secret file that is missing", []string{"APP_ENV=development", "DB_PASSWORD_FILE=/nowhere"}, nil,
			[]string{"DB_PASSWORD_FILE", "/nowhere", "name a file"},
		},
		{
			"a folder that cannot be made", []string{"APP_ENV=development", "DATA_DIR=/proc/none"},
			[]string{"--listen", "127.0.0.1:0"}, []string{"/proc/none", "choose another folder with DATA_DIR"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := process.StartServer(t, tt.environ, tt.args...)
			expectExit(t, p, 1)
			for _, part := range tt.want {
				if !p.Output.Contains(part) {
					t.Errorf("does not say %q:\n%s", part, p.Output.Tail(4000))
				}
			}
		})
	}
}

func TestProductionServerOnEmbeddedDatabaseHasNoDevelopmentProvider(t *testing.T) {
	address := process.FreeAddress(t)
	p := process.StartServer(
		t,
		[]string{
			"SECRET_KEY=0123456789abcdef", "ADMIN_ENTITLEMENTS=perf-admins", "DB_DRIVER=sqlite", "FLASK_APP=autoapp.py",
			"GUNICORN_WORKERS=4",
		},
		"--listen", address,
	)
	p.AwaitReady(t, "http://"+address)
	if process.Answers("http://" + address + "/dev/oidc/.well-known/openid-configuration") {
		t.Error("the development provider is mounted in production")
	}
	process.Eventually(t, "a note on GUNICORN_WORKERS", func() bool { return p.Output.Contains("GUNICORN_WORKERS") })
	if log := p.Output.String(); strings.Contains(log, "0123456789abcdef") {
		t.Errorf("a secret is in the log:\n%s", log)
	}
}

func TestDevelopmentProviderNeedsAFlagWhereOthersReachIt(t *testing.T) {
	for flag, mounted := range map[string]bool{"false": false, "true": true} {
		port := process.FreePort(t)
		p := process.StartServer(t, []string{"APP_ENV=development"}, "--listen", ":"+port, "--dev-oidc-public="+flag)
		p.AwaitReady(t, "http://127.0.0.1:"+port)
		if got := process.Answers("http://127.0.0.1:" + port + "/dev/oidc/.well-known/openid-configuration"); got != mounted {
			t.Errorf("--dev-oidc-public=%s: mounted %t, want %t", flag, got, mounted)
		}
		if !mounted {
			process.Eventually(t, "the log says why", func() bool { return p.Output.Contains("dev-oidc-public") })
		}
	}
}

func TestHelpHasEverySettingAndNoSecret(t *testing.T) {
	p := process.StartServer(t, []string{"DB_PASSWORD=marker-of-a-secret"}, "--help")
	expectExit(t, p, 0)
	for _, flag := range []string{"--listen", "--db-host", "--db-password-file", "--trusted-op-list", "--body-limit", "--log-level"} {
		if !p.Output.Contains(flag) {
			t.Errorf("--help does not tell %s", flag)
		}
	}
	if p.Output.Contains("marker-of-a-secret") {
		t.Error("--help shows a secret")
	}
}

// A server that was killed while it removed a development account starts again, goes on with the removal,
// and then the account can register.
func TestServerStartsWhileADevelopmentAccountIsBeingRemoved(t *testing.T) {
	address, data := process.FreeAddress(t), t.TempDir()
	base, environ := "http://"+address, []string{"APP_ENV=development", "SHUTDOWN_DELAY=1ms"}
	p := process.StartServer(t, environ, "--listen", address, "--data-dir", data)
	p.AwaitReady(t, base)
	p.Kill(t)
	db := harness.OpenSQL(t, harness.Settings{"DATA_DIR": data})
	if _, err := db.ExecContext(t.Context(), `INSERT INTO removal (sub, iss, requested_at, total_rows, done_rows)
		SELECT sub, iss, '2021-05-21 08:31:00.000000', 9, 0 FROM "user" WHERE sub = 'bob'`); err != nil {
		t.Fatal(err)
	}
	p = process.StartServer(t, environ, "--listen", address, "--data-dir", data, "--demo")
	p.AwaitReady(t, base)
	s := harness.At(t, base, p.Output)
	process.Eventually(t, "the removal has ended", func() bool {
		return s.Do(harness.Call{Method: "POST", Path: "/users:register", As: "bob"}).Status == http.StatusCreated
	})
}
