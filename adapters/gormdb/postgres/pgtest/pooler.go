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

	program, folder string
	process         *exec.Cmd
	output          bytes.Buffer
}

// StartPooler starts PgBouncer in front of the database, in the mode session, transaction or
// statement, with so many connections to it, until the test is over. More settings are lines
// of its configuration. scripts/pooler finds or installs the program: without it the test
// fails.
func StartPooler(t testing.TB, database *Database, mode string, connections int, settings ...string) *Pooler {
	t.Helper()
	p := &Pooler{Database: *database, program: poolerProgram(t), folder: unprivilegedFolder(t)}
	p.Host, p.Port = "127.0.0.1", freePort(t)
	p.URL = p.url(false)
	lines := append([]string{
		"[databases]", fmt.Sprintf("* = host=%s port=%d", database.Host, database.Port),
		"[pgbouncer]", "listen_addr = 127.0.0.1", "listen_port = " + strconv.Itoa(p.Port), "unix_socket_dir =",
		"auth_type = scram-sha-256", "auth_file = " + filepath.Join(p.folder, "users"), "admin_users = " + database.User,
		"pool_mode = " + mode, "default_pool_size = " + strconv.Itoa(connections), "max_client_conn = 500",
	}, settings...)
	for name, text := range map[string]string{
		"users":         fmt.Sprintf("%q %q\n", database.User, database.Password),
		"pgbouncer.ini": strings.Join(append(lines, ""), "\n"),
	} {
		if err := os.WriteFile(filepath.Join(p.folder, name), []byte(text), 0o644); err != nil { //nolint:gosec // another user reads it
			t.Fatal(err)
		}
	}
	t.Cleanup(func() {
		p.Stop()
		if t.Failed() {
			t.Logf("PgBouncer says\n%s", p.output.String())
		}
	})
	p.Start(t)
	return p
}

// Start starts the pooler again after Stop.
func (p *Pooler) Start(t testing.TB) {
	t.Helper()
	//nolint:gosec // whoever runs the tests chooses the program
	p.process = exec.CommandContext(context.WithoutCancel(t.Context()), p.program, filepath.Join(p.folder, "pgbouncer.ini"))
	p.process.Dir, p.process.Stdout, p.process.Stderr = p.folder, &p.output, &p.output
	if credential := unprivileged(); credential != nil {
		p.process.SysProcAttr = &syscall.SysProcAttr{Credential: credential}
	}
	if err := p.process.Start(); err != nil {
		t.Fatalf("start PgBouncer: %v", err)
	}
	p.await(t)
}

// Stop ends the pooler, and with it all connections.
func (p *Pooler) Stop() {
	_ = p.process.Process.Signal(syscall.SIGTERM) // fails only where it has ended
	_ = p.process.Wait()                          // the exit code says how we ended it
}

// Command gives the pooler a command such as PAUSE.
func (p *Pooler) Command(t testing.TB, command string) {
	t.Helper()
	console := p.Database
	console.Name = "pgbouncer"
	connection, err := pgx.Connect(t.Context(), console.url(false))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = connection.Close(context.WithoutCancel(t.Context())) }() // it was there for one command
	if _, err := connection.Exec(t.Context(), command, pgx.QueryExecModeSimpleProtocol); err != nil {
		t.Fatalf("%s: %v", command, err)
	}
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
