package main

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/eosc-perf/backend/adapters/gormdb/postgres/pgtest"
	"github.com/eosc-perf/backend/docs/doctest"
)

// The page is run as it stands, with the real programs.
func TestBackupPage(t *testing.T) {
	repository, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	bin := t.TempDir()
	build := exec.CommandContext(t.Context(), "go", "build", "-o", bin, "./cmd/admin", "./cmd/migrate", //nolint:gosec // our own programs
		"./cmd/server")
	build.Dir = repository
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	_ = listener.Close() // free, for the page's servers
	db, work := pgtest.New(t), t.TempDir()
	doctest.Check(t, filepath.Join(repository, "docs", "how-to", "back-up.md"), func(script string) string {
		// Whatever goes wrong, no server stays.
		run := exec.CommandContext(t.Context(), "bash", "-c", //nolint:gosec // our own page
			"trap 'kill $(jobs -p) 2> /dev/null || true' EXIT\n"+script)
		run.Dir = work
		run.Env = append(os.Environ(),
			"PATH="+bin+":"+os.Getenv("PATH"), "REPOSITORY="+repository, "LISTEN="+address,
			"DB_HOST="+db.Host, "DB_PORT="+strconv.Itoa(db.Port), "DB_USER="+db.User, "DB_PASSWORD="+db.Password, "DB_NAME="+db.Name,
			"DB_SSLMODE=disable",
		)
		out, err := run.CombinedOutput()
		if err != nil {
			logs, _ := os.ReadFile(filepath.Join(work, "server.log")) //nolint:gosec // the test's own
			t.Errorf("the page's script: %v\n%s", err, logs)
		}
		return string(out)
	})
}
