package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// program is the server of one revision.
type program struct{ name, bin string }

// build builds an older revision in a work tree of its own.
func build(ctx context.Context, revision, folder string) (p program, remove func(), err error) {
	tree := filepath.Join(folder, "before")
	if err := output(ctx, "git", "worktree", "add", "--detach", tree, revision); err != nil {
		return p, nil, err
	}
	remove = func() {
		if err := output(context.WithoutCancel(ctx), "git", "worktree", "remove", "--force", tree); err != nil {
			fmt.Fprintln(os.Stderr, "attack:", err)
		}
	}
	if err := output(ctx, "make", "-C", tree, "build"); err != nil {
		remove()
		return p, nil, err
	}
	return program{name: revision, bin: filepath.Join(tree, "bin")}, remove, nil
}

func output(ctx context.Context, name string, args ...string) error {
	if out, err := exec.CommandContext(ctx, name, args...).CombinedOutput(); err != nil { //nolint:gosec // our own commands
		return fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, out)
	}
	return nil
}

// server is a server that is attacked. It can be started again on its data.
type server struct {
	program     program
	cell        *cell
	folder      string
	environment []string
	// database is nil for the embedded one.
	database *pgx.ConnConfig
	address  string
	process  *exec.Cmd
	// ended is closed when the process has ended.
	ended chan struct{}
}

// newServer makes a server on an empty database.
func newServer(ctx context.Context, o options, p program, database, folder string, c *cell) (s *server, drop func(), err error) {
	folder, err = os.MkdirTemp(folder, "server.")
	if err != nil {
		return nil, nil, err
	}
	s = &server{program: p, cell: c, folder: folder, environment: []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + folder, "TMPDIR=" + folder, "APP_ENV=development", "LOG_LEVEL=error",
		// The attacks are about the server below the limits of fair use.
		"RATE_READS=off", "RATE_HEAVY_READS=off", "RATE_WRITES=off", "RATE_REFUSED_LOGINS=off", "QUOTA_OPEN_SUBMISSIONS=0", "QUOTA_OPEN_CLAIMS=0",
		"QUOTA_TAGS=0", "QUOTA_UPLOADS=0",
		"GOMEMLIMIT=400MiB", "DATA_DIR=" + folder,
	}}
	drop = func() {}
	if database == "postgres" {
		var settings []string
		if settings, drop, err = newDatabase(ctx, o.postgres); err != nil {
			return nil, nil, err
		}
		s.environment = append(s.environment, settings...)
		if s.database, err = pgx.ParseConfig(o.postgres); err != nil {
			return nil, drop, err
		}
		s.database.Database = strings.TrimPrefix(settings[2], "DB_NAME=")
	}
	return s, drop, nil
}

// newDatabase makes a database, and returns the settings for it.
func newDatabase(ctx context.Context, server string) (settings []string, drop func(), err error) {
	u, err := url.Parse(server)
	if err != nil || u.Hostname() == "" {
		return nil, nil, errors.New("TEST_POSTGRES_URL names no PostgreSQL: run this by `make attack`")
	}
	name := fmt.Sprintf("attack_%d_%d", os.Getpid(), time.Now().UnixMilli())
	execute := func(ctx context.Context, statement string) error {
		connection, err := pgx.Connect(ctx, server)
		if err != nil {
			return err
		}
		_, err = connection.Exec(ctx, statement)
		return errors.Join(err, connection.Close(ctx))
	}
	if err := execute(ctx, "CREATE DATABASE "+name+" TEMPLATE template0 ENCODING 'UTF8'"); err != nil {
		return nil, nil, fmt.Errorf("make a database: %w", err)
	}
	password, _ := u.User.Password()
	port := u.Port()
	if port == "" {
		port = "5432"
	}
	return []string{
			"DB_HOST=" + u.Hostname(), "DB_PORT=" + port, "DB_NAME=" + name, "DB_USER=" + u.User.Username(), "DB_PASSWORD=" + password,
		}, func() {
			if err := execute(context.WithoutCancel(ctx), "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
				fmt.Fprintln(os.Stderr, "attack: drop the database:", err)
			}
		}, nil
}

// start starts the server and waits until it is ready.
func (s *server) start(ctx context.Context, settings ...string) error {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s.address = listener.Addr().String()
	if err := listener.Close(); err != nil {
		return err
	}
	binary, err := filepath.Abs(filepath.Join(s.program.bin, "server"))
	if err != nil {
		return err
	}
	args := s.cell.command(binary, "--listen", s.address)
	log, err := os.OpenFile(filepath.Join(s.folder, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	s.process = exec.Command(args[0], args[1:]...) //nolint:gosec,noctx // our own program, which stop ends
	s.process.Dir, s.process.Env = s.folder, append(append([]string{}, s.environment...), settings...)
	s.process.Stdout, s.process.Stderr = log, log
	err = s.process.Start()
	if err = errors.Join(err, log.Close()); err != nil {
		return err
	}
	ended := make(chan struct{})
	s.ended = ended
	go func() {
		_ = s.process.Wait() // how it ended does not matter
		close(ended)
	}()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		if a := s.client("127.0.0.1").get(ctx, "/readyz"); a.status == http.StatusOK {
			return nil
		}
		if ctx.Err() != nil || !s.alive() || time.Now().After(deadline) {
			text, _ := os.ReadFile(filepath.Join(s.folder, "log"))
			s.stop()
			return fmt.Errorf("the server does not start:\n%s", text)
		}
	}
}

func (s *server) alive() bool {
	select {
	case <-s.ended:
		return false
	default:
		return true
	}
}

// stop stops the server, and kills it if it takes too long.
func (s *server) stop() {
	const patience = 15 * time.Second
	_ = s.process.Process.Signal(syscall.SIGTERM) // it may have ended
	select {
	case <-s.ended:
	case <-time.After(patience):
		_ = s.process.Process.Kill()
		<-s.ended
	}
}

// peak is the largest memory that the process had, in MiB; 0 if it has ended.
func (s *server) peak() int {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.process.Process.Pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kib, _ := strconv.Atoi(strings.Fields(value)[0])
			return kib >> 10
		}
	}
	return 0
}
