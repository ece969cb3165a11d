package operation_test

import (
	"net/http"
	"strings"
	"syscall"
	"testing"

	"github.com/eosc-perf/backend/tests/harness"
	"github.com/eosc-perf/backend/tests/process"
)

// A server that stops says first that it is not ready, so that whoever distributes
// requests sends them elsewhere, and serves what still comes.
func TestStoppingServerIsNotReadyButServes(t *testing.T) {
	address := process.FreeAddress(t)
	base := "http://" + address
	p := process.StartServer(t, []string{"APP_ENV=development"}, "--listen", address, "--shutdown-delay", "9s", "--shutdown-timeout", "500ms")
	p.AwaitReady(t, base)
	p.Signal(t, syscall.SIGTERM)
	process.Eventually(t, "not ready", func() bool { return process.Status(base+"/readyz") == http.StatusServiceUnavailable })
	if _, body := process.Fetch(t, base+"/readyz"); !strings.Contains(body, `"server":"the server is stopping"`) {
		t.Errorf("/readyz does not say why: %s", body)
	}
	if !process.Answers(base+"/sites") || !process.Answers(base+"/healthz") {
		t.Error("a server that is not ready any more does not serve what still comes")
	}
	code, out := healthcheck(t, address)
	if code != 1 || !strings.Contains(out, "not ready: 503") || !strings.Contains(out, "stopping") {
		t.Errorf("healthcheck of a server that stops: exit code %d, %s", code, out)
	}
}

func TestStoppingServerRefusesNewRequestsAndFinishesThoseUnderWay(t *testing.T) {
	address := process.FreeAddress(t)
	base := "http://" + address
	p := process.StartServer(t, []string{"APP_ENV=development", patientStop}, "--listen", address, "--shutdown-delay", "100ms")
	p.AwaitReady(t, base)
	finish := harness.At(t, base, p.Output).SlowPost("/sites", `{"name":"a site","address":"a"}`)
	p.Signal(t, syscall.SIGTERM)
	process.Eventually(t, "new requests are refused", func() bool { return process.Status(base+"/sites") == 0 })
	if status := finish(); status != http.StatusCreated {
		t.Errorf("the request under way got %d, want 201", status)
	}
	expectExit(t, p, 0)
}

func TestStoppingServerEndsRequestsThatTakeTooLong(t *testing.T) {
	address := process.FreeAddress(t)
	p := process.StartServer(t, []string{"APP_ENV=development", "SHUTDOWN_TIMEOUT=500ms"}, "--listen", address)
	p.AwaitReady(t, "http://"+address)
	harness.At(t, "http://"+address, p.Output).SlowPost("/sites", `{"name":"a site","address":"a"}`) // never sends the rest
	p.Signal(t, syscall.SIGTERM)
	expectExit(t, p, 0)
}

func TestHealthcheckAsksTheServerOnThisMachine(t *testing.T) {
	address := process.FreeAddress(t)
	if code, out := healthcheck(t, address); code != 1 || !strings.Contains(out, "does not answer") {
		t.Errorf("without a server: exit code %d, %s", code, out)
	}
	_, port, _ := strings.Cut(address, ":")
	p := process.StartServer(t, []string{"APP_ENV=development"}, "--listen", ":"+port)
	p.AwaitReady(t, "http://"+address)
	for _, listen := range []string{address, ":" + port, "0.0.0.0:" + port, "localhost:" + port, "[::]:" + port} {
		if code, out := healthcheck(t, listen); code != 0 || out != "" {
			t.Errorf("LISTEN_ADDRESS=%s: exit code %d, %s", listen, code, out)
		}
	}
	if code, out := healthcheck(t, ":0"); code != 1 || !strings.Contains(out, "port 0") {
		t.Errorf("port 0: exit code %d, %s", code, out)
	}
}

// healthcheck runs the command for a server that listens at the address.
func healthcheck(t *testing.T, address string) (code int, output string) {
	t.Helper()
	return process.Run(t, process.Program(t, "server"), []string{"APP_ENV=development", "LISTEN_ADDRESS=" + address}, "healthcheck")
}
