package main

import (
	"net"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"github.com/eosc-perf/backend/adapters/gormdb/postgres/pgtest"
	"github.com/eosc-perf/backend/docs/doctest"
)

// TestDeployingPage installs everything by hand, as the page says.
func TestDeployingPage(t *testing.T) {
	shell(t, "scripts/reverse-proxy nginx")
	// PostgreSQL's user must be able to reach it.
	folder, err := os.MkdirTemp("", "deploying-*")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	if err := os.Chmod(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	const stop = `trap 'kill $(jobs -p) || true; [ ! -f "$PERF/nginx.pid" ] || kill "$(cat "$PERF/nginx.pid")"
[ ! -f "$PERF/database/postmaster.pid" ] || kill -QUIT "$(head -n 1 "$PERF/database/postmaster.pid")"' EXIT
`
	runPage(t, "how-to/deploy.md", stop, "PERF="+folder, "DB_PORT="+freePort(t), "PERF_PORT="+freePort(t), "HTTPS_PORT="+freePort(t),
		"PATH="+os.Getenv("POSTGRES_BINDIR")+":"+os.Getenv("PATH")+":/usr/sbin")
}

// TestMovingPage takes the database of the earlier program over, and gives it back.
func TestMovingPage(t *testing.T) {
	runPage(t, "how-to/move-from-flask.md", stopJobs, append(installed(t), "PERF_PORT="+freePort(t))...)
}

// TestUpgradePage upgrades a database and its server, and goes back.
func TestUpgradePage(t *testing.T) {
	runPage(t, "how-to/upgrade.md", stopJobs, append(installed(t),
		"LISTEN_ADDRESS="+freeAddress(t), "SECRET_KEY=0123456789abcdef", "ADMIN_ENTITLEMENTS=admins")...)
}

const stopJobs = "trap 'kill $(jobs -p) 2> /dev/null || true' EXIT\n"

// installed is the environment of somebody who has the programs, an empty PostgreSQL
// database in their settings, and a folder to work in.
func installed(t *testing.T) []string {
	t.Helper()
	db, bin := pgtest.New(t), t.TempDir()
	shell(t, "go build -o '"+bin+"' ./cmd/server ./cmd/migrate ./cmd/admin")
	return []string{
		"WORK=" + t.TempDir(), "DATABASE_URL=" + db.URL,
		"DB_HOST=" + db.Host, "DB_PORT=" + strconv.Itoa(db.Port), "DB_USER=" + db.User, "DB_PASSWORD=" + db.Password, "DB_NAME=" + db.Name,
		"PATH=" + bin + ":" + os.Getenv("POSTGRES_BINDIR") + ":" + os.Getenv("PATH"),
	}
}

// runPage runs a page of docs in the project's folder; stop is how all that it may
// have started ends, whatever happens.
func runPage(t *testing.T, page, stop string, environ ...string) {
	t.Helper()
	doctest.Check(t, "../../docs/"+page, func(script string) string {
		command := exec.CommandContext(t.Context(), "bash", "-c", stop+script)
		command.Dir, command.WaitDelay = "../..", 10*time.Second
		command.Env = append(os.Environ(), environ...)
		out, err := command.CombinedOutput()
		if err != nil {
			t.Errorf("the page's script: %v\n%s", err, out)
		}
		return string(out)
	})
}

func freePort(t *testing.T) string {
	t.Helper()
	_, port, err := net.SplitHostPort(freeAddress(t))
	if err != nil {
		t.Fatal(err)
	}
	return port
}
