package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// asServer makes this test binary be the server: a test that needs a process
// starts itself again with it.
const asServer = "EOSC_PERF_TEST_AS_SERVER"

func TestMain(m *testing.M) {
	if os.Getenv(asServer) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// process is a server in a process of its own.
type process struct {
	*exec.Cmd
	output *lockedBuffer
	exited chan struct{}
}

func startProcess(t *testing.T, environ []string, args ...string) *process {
	t.Helper()
	executable, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return startProgram(t, executable, append([]string{asServer + "=1"}, environ...), args...)
}

func startProgram(t *testing.T, executable string, environ []string, args ...string) *process {
	t.Helper()
	p := &process{Cmd: exec.CommandContext(context.WithoutCancel(t.Context()), executable, args...), output: &lockedBuffer{}, exited: make(chan struct{})} //nolint:gosec // it is us
	// Where coverage is counted, the program warns if there is no place for it.
	p.Env = append([]string{"PATH=" + os.Getenv("PATH"), "GOCOVERDIR=."}, environ...)
	p.Dir = t.TempDir()
	p.Stdout, p.Stderr = p.output, p.output
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = p.Wait() // the exit code tells
		close(p.exited)
	}()
	t.Cleanup(func() { _ = p.Process.Kill() })
	return p
}

// wait returns the exit code, or fails the test after the time.
func (p *process) wait(t *testing.T, most time.Duration) int {
	t.Helper()
	select {
	case <-p.exited:
		return p.ProcessState.ExitCode()
	case <-time.After(most):
		t.Fatalf("still running after %v:\n%s", most, p.output.tail(4000))
		return 0
	}
}

func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	return listener.Addr().String()
}

func answers(url string) bool {
	response, err := http.Get(url) //nolint:gosec,noctx // our own server
	if err != nil {
		return false
	}
	_ = response.Body.Close()
	return response.StatusCode == http.StatusOK
}

// TestStartAndStop: the greeting works when pasted, a stop lets a request under
// way finish and exits with 0, and a second start keeps the data.
func TestStartAndStop(t *testing.T) {
	address, data := freeAddress(t), t.TempDir()
	for round := range 2 {
		p := startProcess(t, []string{"APP_ENV=development"}, "--listen", address, "--data-dir", data, "--demo")
		eventually(t, "ready", func() bool { return answers("http://" + address + "/readyz") })
		eventually(t, "greeting", func() bool { return strings.Contains(p.output.tail(1<<20), "find it:") })
		greeting := p.output.tail(1 << 20)
		for _, part := range []string{"http://" + address + "/", data, "alice, bob", "newcomer", "scripts/dev-token alice"} {
			if !strings.Contains(greeting, part) {
				t.Errorf("the greeting does not say %q:\n%s", part, greeting)
			}
		}
		for line := range strings.Lines(greeting) {
			if !strings.HasPrefix(line, "curl ") {
				continue
			}
			out := shell(t, line)
			if !strings.Contains(out, `"triad":99999.5`) {
				t.Errorf("%s\nprints %s", line, out)
			}
			if strings.Contains(line, "filters") && !strings.Contains(out, fmt.Sprintf(`"total":%d`, round+1)) {
				t.Errorf("start %d finds %s", round+1, out)
			}
		}
		slow := slowUpload(t, address, fmt.Sprintf(`{"name":"site %d","address":"a"}`, round))
		if err := p.Process.Signal([]syscall.Signal{syscall.SIGTERM, syscall.SIGINT}[round]); err != nil {
			t.Fatal(err)
		}
		time.Sleep(300 * time.Millisecond)
		if status := slow(); status != http.StatusCreated {
			t.Errorf("the request under way got %d, want 201", status)
		}
		if code := p.wait(t, 10*time.Second); code != 0 {
			t.Errorf("exit code %d:\n%s", code, p.output.tail(4000))
		}
	}
}

// shell runs a line in the project's folder.
func shell(t *testing.T, script string, environ ...string) string {
	t.Helper()
	command := exec.CommandContext(t.Context(), "bash", "-c", script)
	command.Dir = "../.."
	command.Env = append(os.Environ(), environ...)
	out, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%s\n%v\n%s", script, err, out)
	}
	return string(out)
}

// slowUpload sends the first half of a site; the function that it returns sends
// the rest and tells the status of the answer.
func slowUpload(t *testing.T, address, body string) func() int {
	t.Helper()
	token := strings.TrimSpace(shell(t, "scripts/dev-token alice http://"+address))
	connection, err := new(net.Dialer).DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Fprintf(connection, "POST /sites HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n%s", token, len(body), body[:5]); err != nil {
		t.Fatal(err)
	}
	time.Sleep(100 * time.Millisecond)
	return func() int {
		defer func() { _ = connection.Close() }()
		if _, err := io.WriteString(connection, body[5:]); err != nil {
			t.Fatal(err)
		}
		response, err := http.ReadResponse(bufio.NewReader(connection), nil)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = response.Body.Close() }()
		return response.StatusCode
	}
}

// TestRefusesToStart: what is missing or in the way is said.
func TestRefusesToStart(t *testing.T) {
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
		{"port taken", []string{"APP_ENV=development"}, []string{"--listen", listener.Addr().String()}, []string{listener.Addr().String(), "--listen"}},
		{"schema not made", append([]string{"DB_DRIVER=sqlite"}, production...), nil, []string{"migrate upgrade", "AUTO_UPGRADE=true"}},
		{"unknown flag", nil, []string{"--nope"}, []string{"--nope"}},
		{"impossible value", []string{"APP_ENV=development", "DB_PORT=x"}, nil, []string{"DB_PORT"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := startProcess(t, tt.environ, tt.args...)
			if code := p.wait(t, 20*time.Second); code != 1 {
				t.Errorf("exit code %d, want 1", code)
			}
			for _, part := range tt.want {
				if !strings.Contains(p.output.tail(1<<20), part) {
					t.Errorf("does not say %q:\n%s", part, p.output.tail(4000))
				}
			}
		})
	}
}

// TestProductionOnEmbeddedDatabase: asked for by name it serves, without any
// development provider.
func TestProductionOnEmbeddedDatabase(t *testing.T) {
	address := freeAddress(t)
	p := startProcess(t, []string{"SECRET_KEY=0123456789abcdef", "ADMIN_ENTITLEMENTS=perf-admins", "DB_DRIVER=sqlite", "FLASK_APP=autoapp.py", "GUNICORN_WORKERS=4"}, "--listen", address)
	eventually(t, "ready", func() bool { return answers("http://" + address + "/readyz") })
	if answers("http://" + address + "/dev/oidc/.well-known/openid-configuration") {
		t.Error("the development provider is mounted in production")
	}
	eventually(t, "a note on GUNICORN_WORKERS", func() bool { return strings.Contains(p.output.tail(1<<20), "GUNICORN_WORKERS") })
	if log := p.output.tail(1 << 20); strings.Contains(log, "0123456789abcdef") {
		t.Errorf("a secret is in the log:\n%s", log)
	}
}

// TestDevelopmentProviderStaysOnLoopback: on an address of others it needs a flag.
func TestDevelopmentProviderStaysOnLoopback(t *testing.T) {
	for flag, mounted := range map[string]bool{"false": false, "true": true} {
		_, port, err := net.SplitHostPort(freeAddress(t))
		if err != nil {
			t.Fatal(err)
		}
		p := startProcess(t, []string{"APP_ENV=development"}, "--listen", ":"+port, "--dev-oidc-public="+flag)
		eventually(t, "ready", func() bool { return answers("http://127.0.0.1:" + port + "/readyz") })
		if got := answers("http://127.0.0.1:" + port + "/dev/oidc/.well-known/openid-configuration"); got != mounted {
			t.Errorf("--dev-oidc-public=%s: mounted %t, want %t", flag, got, mounted)
		}
		if !mounted {
			eventually(t, "the log says why", func() bool { return strings.Contains(p.output.tail(1<<20), "dev-oidc-public") })
		}
	}
}

// TestHelp: --help tells every setting, and no secret.
func TestHelp(t *testing.T) {
	p := startProcess(t, []string{"DB_PASSWORD=marker-of-a-secret"}, "--help")
	if code := p.wait(t, 20*time.Second); code != 0 {
		t.Errorf("exit code %d", code)
	}
	for _, flag := range []string{"--listen", "--db-host", "--db-password-file", "--trusted-op-list", "--body-limit", "--log-level"} {
		if !strings.Contains(p.output.tail(1<<20), flag) {
			t.Errorf("--help does not tell %s", flag)
		}
	}
	if strings.Contains(p.output.tail(1<<20), "marker-of-a-secret") {
		t.Error("--help shows a secret")
	}
}
