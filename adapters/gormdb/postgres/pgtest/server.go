package pgtest

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// BinDirVariable names the environment variable with the folder of PostgreSQL's
// programs, which scripts/with-postgres sets where it has found them.
const BinDirVariable = "POSTGRES_BINDIR"

// Server is a PostgreSQL server of a test's own, which may be stopped and started.
// Unlike the one that all tests share it is durable: what it has committed it has
// after a crash.
type Server struct {
	// Database is the one that every server has, with an owner who may do all.
	Database

	programs string
	folder   string
	log      bytes.Buffer
	// process is nil while the server is stopped.
	process *exec.Cmd
}

// StartServer makes a server, and removes it when the test is over. It needs
// PostgreSQL's programs on this machine: without them the test fails.
func StartServer(t testing.TB) *Server {
	t.Helper()
	s := &Server{programs: programs(t), folder: unprivilegedFolder(t)}
	s.Database = Database{Host: "127.0.0.1", Port: freePort(t), User: "postgres", Password: rand.Text(), Name: "postgres"}
	s.URL = s.url(false)
	s.initialise(t)
	t.Cleanup(func() { s.end(syscall.SIGQUIT) })
	s.Start(t)
	return s
}

// Standby makes a server that follows this one by streaming replication, as pg_basebackup
// makes it, until the test is over. It can only be read.
func (s *Server) Standby(t testing.TB) *Server {
	t.Helper()
	standby := &Server{programs: s.programs, folder: unprivilegedFolder(t), Database: s.Database}
	standby.Port = freePort(t)
	standby.URL = standby.url(false)
	// The option -R writes down that it is a standby, and of which server.
	out, err := s.command("pg_basebackup", "-D", standby.data(), "-d", s.URL, "-R", "-c", "fast", "--no-sync").CombinedOutput()
	if err != nil {
		t.Fatalf("pg_basebackup: %v\n%s", err, out)
	}
	t.Cleanup(func() { standby.end(syscall.SIGQUIT) })
	standby.Start(t)
	return standby
}

// Promote makes a standby a server that can be written to.
func (s *Server) Promote(t testing.TB) {
	t.Helper()
	if out, err := s.command("pg_ctl", "promote", "-D", s.data(), "-w").CombinedOutput(); err != nil {
		t.Fatalf("pg_ctl promote: %v\n%s", err, out)
	}
}

// Start starts the server again where it was, and returns when it answers.
func (s *Server) Start(t testing.TB) {
	t.Helper()
	s.process = s.command("postgres", "-D", s.data(), "-p", strconv.Itoa(s.Port), "-k", "", "-c", "listen_addresses=127.0.0.1")
	s.process.Stdout, s.process.Stderr = &s.log, &s.log
	if err := s.process.Start(); err != nil {
		t.Fatalf("start PostgreSQL: %v", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for {
		connection, err := pgx.Connect(ctx, s.URL)
		if err == nil {
			_ = connection.Close(ctx) // it was there only to be made
			return
		}
		select {
		case <-ctx.Done():
			s.end(syscall.SIGQUIT)
			t.Fatalf("PostgreSQL does not answer: %v\n%s", err, s.log.String())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Stop stops the server in order, but does not wait for those who are connected.
func (s *Server) Stop() { s.end(syscall.SIGINT) }

// Crash stops the server at once: nothing is written any more, and what was under
// way is not there when it starts again.
func (s *Server) Crash() { s.end(syscall.SIGQUIT) }

func (s *Server) end(signal os.Signal) {
	if s.process == nil {
		return
	}
	_ = s.process.Process.Signal(signal) // it fails only where the process is gone
	_ = s.process.Wait()                 // the exit code says how we ended it
	s.process = nil
}

func (s *Server) data() string { return filepath.Join(s.folder, "data") }

func (s *Server) initialise(t testing.TB) {
	t.Helper()
	password := filepath.Join(s.folder, "password")
	if err := os.WriteFile(password, []byte(s.Password), 0o644); err != nil { //nolint:gosec // the folder is closed, and another user reads it
		t.Fatal(err)
	}
	out, err := s.command("initdb", "-D", s.data(), "-U", s.User, "--pwfile="+password, "--auth=scram-sha-256",
		"--encoding=UTF8", "--locale=C", "--no-sync").CombinedOutput()
	if err != nil {
		t.Fatalf("initdb: %v\n%s", err, out)
	}
}

// command runs a program of PostgreSQL, which refuses to be run by root.
func (s *Server) command(program string, args ...string) *exec.Cmd {
	//nolint:gosec // the programs that the caller has chosen
	command := exec.CommandContext(context.Background(), filepath.Join(s.programs, program), args...)
	command.Dir = s.folder
	if credential := unprivileged(); credential != nil {
		command.SysProcAttr = &syscall.SysProcAttr{Credential: credential}
	}
	return command
}

// unprivilegedFolder makes one that the unprivileged user can reach, until the test is
// over: not below testing.T's own, which is closed.
func unprivilegedFolder(t testing.TB) string {
	t.Helper()
	folder, err := os.MkdirTemp("", "pgtest.")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	credential := unprivileged()
	if credential == nil {
		return folder
	}
	if err := os.Chown(folder, int(credential.Uid), int(credential.Gid)); err != nil {
		t.Fatal(err)
	}
	return folder
}

// unprivileged is postgres or nobody where we are root, nil for ourselves.
func unprivileged() *syscall.Credential {
	if os.Geteuid() != 0 {
		return nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		account, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, uidErr := strconv.ParseUint(account.Uid, 10, 32)
		gid, gidErr := strconv.ParseUint(account.Gid, 10, 32)
		if uidErr == nil && gidErr == nil {
			return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		}
	}
	return nil
}

// programs is the folder of PostgreSQL's programs; of several versions the newest.
func programs(t testing.TB) string {
	t.Helper()
	candidates := []string{os.Getenv(BinDirVariable)}
	if path, err := exec.LookPath("initdb"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			candidates = append(candidates, filepath.Dir(path))
		}
	}
	installed, _ := filepath.Glob("/usr/lib/postgresql/*/bin") // the pattern is right
	slices.SortFunc(installed, func(a, b string) int { return version(b) - version(a) })
	for _, folder := range append(candidates, installed...) {
		if folder == "" {
			continue
		}
		if _, err := os.Stat(filepath.Join(folder, "postgres")); err == nil { //nolint:gosec // whoever runs the tests chooses the folder
			return folder
		}
	}
	t.Fatalf(
		"this test starts a PostgreSQL of its own, and finds no programs of it: install Debian's package postgresql, or set %s",
		BinDirVariable,
	)
	return ""
}

// version is the one in /usr/lib/postgresql/VERSION/bin.
func version(folder string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(folder))) // 0 for what is no number
	return n
}

func freePort(t testing.TB) int {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	address, ok := listener.Addr().(*net.TCPAddr)
	if !ok {
		t.Fatal(fmt.Errorf("%v is no address of TCP", listener.Addr()))
	}
	return address.Port
}
