package pgtest

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Pooler is a PgBouncer of a test's own in front of a database.
type Pooler struct {
	// Database is the database as the pooler offers it.
	Database

	output bytes.Buffer
}

// StartPooler starts PgBouncer in front of the database, in the mode session, transaction or
// statement, with so many connections to it, until the test is over. scripts/pooler finds
// or installs the program: without it the test fails.
func StartPooler(t testing.TB, database *Database, mode string, connections int) *Pooler {
	t.Helper()
	p := &Pooler{Database: *database}
	p.Host, p.Port = "127.0.0.1", freePort(t)
	p.URL = p.url(false)
	folder := unprivilegedFolder(t)
	for name, text := range map[string]string{
		"users": fmt.Sprintf("%q %q\n", database.User, database.Password),
		"pgbouncer.ini": strings.Join([]string{
			"[databases]", fmt.Sprintf("* = host=%s port=%d", database.Host, database.Port),
			"[pgbouncer]", "listen_addr = 127.0.0.1", "listen_port = " + strconv.Itoa(p.Port), "unix_socket_dir =",
			"auth_type = scram-sha-256", "auth_file = " + filepath.Join(folder, "users"), "pool_mode = " + mode,
			"default_pool_size = " + strconv.Itoa(connections), "max_client_conn = 500", "",
		}, "\n"),
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil { //nolint:gosec // another user reads it
			t.Fatal(err)
		}
	}
	//nolint:gosec // whoever runs the tests chooses the program
	command := exec.CommandContext(context.WithoutCancel(t.Context()), poolerProgram(t), filepath.Join(folder, "pgbouncer.ini"))
	command.Dir, command.Stdout, command.Stderr = folder, &p.output, &p.output
	if credential := unprivileged(); credential != nil {
		command.SysProcAttr = &syscall.SysProcAttr{Credential: credential}
	}
	if err := command.Start(); err != nil {
		t.Fatalf("start PgBouncer: %v", err)
	}
	t.Cleanup(func() {
		_ = command.Process.Signal(syscall.SIGTERM) // fails only where it has ended
		_ = command.Wait()                          // the exit code says how we ended it
		if t.Failed() {
			t.Logf("PgBouncer says\n%s", p.output.String())
		}
	})
	p.await(t)
	return p
}

// await returns when the pooler answers.
func (p *Pooler) await(t testing.TB) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for {
		connection, err := pgx.Connect(ctx, p.URL)
		if err == nil {
			_ = connection.Close(ctx) // it was there only to be made
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("PgBouncer does not answer: %v", err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// poolerProgram is the path of PgBouncer.
func poolerProgram(t testing.TB) string {
	t.Helper()
	workspace, err := exec.CommandContext(t.Context(), "go", "env", "GOWORK").Output()
	if err != nil {
		t.Fatalf("go env GOWORK: %v", err)
	}
	script := filepath.Join(filepath.Dir(strings.TrimSpace(string(workspace))), "scripts/pooler")
	out, err := exec.CommandContext(t.Context(), script).Output() //nolint:gosec // a script of the repository
	if err != nil {
		t.Fatalf("%s: %v\n%s", script, err, out)
	}
	lines := strings.Fields(string(out))
	return lines[len(lines)-1]
}
