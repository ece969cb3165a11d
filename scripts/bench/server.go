package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/eosc-perf/backend/scripts/bench/load"
)

// programs are the programs of the system, and the settings of their database.
type programs struct {
	// bin is the folder of the programs.
	bin string
	// folder is their working folder.
	folder string
	// environment is their whole environment.
	environment []string
}

// newPrograms adds the settings that all programs need to the settings of the database.
func newPrograms(bin, folder string, database ...string) programs {
	environment := append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + folder,
		// The development provider issues the tokens for uploads. Production has no such
		// provider. Nothing else in the measurements differs.
		"APP_ENV=development", "LOG_LEVEL=warn", "LOG_FORMAT=json",
		// The benchmark is one client.
		"RATE_READS=off", "RATE_HEAVY_READS=off", "RATE_WRITES=off", "QUOTA_OPEN_SUBMISSIONS=0", "QUOTA_TAGS=0", "QUOTA_UPLOADS=0",
	}, database...)
	return programs{bin: bin, folder: folder, environment: environment}
}

func (p programs) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	command := exec.CommandContext(ctx, filepath.Join(p.bin, name), args...) //nolint:gosec // the product's own
	command.Dir, command.Env = p.folder, p.environment
	return command
}

// run runs a program to its end.
func (p programs) run(ctx context.Context, name string, args ...string) error {
	out, err := p.command(ctx, name, args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, out)
	}
	return nil
}

// server is a running server.
type server struct {
	address string
	// profiles is the address of the profiles.
	profiles string
	process  *exec.Cmd
	log      *os.File
	// first is the time from the start to the first answer.
	first time.Duration
}

const (
	startTimeout = time.Minute
	stopTimeout  = 15 * time.Second
	pollInterval = time.Millisecond
)

// start starts bin/server and waits for an answer that needs the database.
func (p programs) start(ctx context.Context) (*server, error) {
	address, err := freeAddress(ctx)
	if err != nil {
		return nil, err
	}
	profiles, err := freeAddress(ctx)
	if err != nil {
		return nil, err
	}
	s := &server{address: address, profiles: profiles, process: p.command(ctx, "server", "--listen", address)}
	s.process.Env = append(slices.Clone(s.process.Env), "PPROF_ADDRESS="+profiles)
	if s.log, err = os.OpenFile(filepath.Join(p.folder, "server.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600); err != nil {
		return nil, err
	}
	s.process.Stdout, s.process.Stderr = s.log, s.log
	s.process.Cancel = func() error { return s.process.Process.Signal(syscall.SIGTERM) }
	s.process.WaitDelay = stopTimeout
	begun := time.Now()
	if err := s.process.Start(); err != nil {
		return nil, fmt.Errorf("start the server: %w; run `make build` first", err)
	}
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	for {
		_, err := load.Once(ctx, address, load.Request{Method: "GET", Target: "/sites?per_page=1", Status: 200})
		if err == nil {
			s.first = time.Since(begun)
			return s, nil
		}
		select {
		case <-ctx.Done():
			return nil, errors.Join(fmt.Errorf("the server does not answer: %w; its log is %s", err, s.log.Name()), s.stop())
		case <-time.After(pollInterval):
		}
	}
}

// stop stops the server with SIGTERM.
func (s *server) stop() error {
	defer func() { _ = s.log.Close() }() // only the server writes the log
	if err := s.process.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("stop the server: %w", err)
	}
	if err := s.process.Wait(); err != nil {
		return fmt.Errorf("the server ended: %w", err)
	}
	return nil
}

func freeAddress(ctx context.Context) (string, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("look for a free port: %w", err)
	}
	defer func() { _ = listener.Close() }() // only the number of its port is needed
	return listener.Addr().String(), nil
}

// token returns an access token of a development account.
func (s *server) token(ctx context.Context) (string, error) {
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {"alice"}, "client_secret": {"development-secret"}}
	body, err := load.Once(ctx, s.address, load.Request{
		Method: "POST", Target: "/dev/oidc/oauth/token", Status: 200,
		Body: []byte(form.Encode()), ContentType: "application/x-www-form-urlencoded",
	})
	if err != nil {
		return "", fmt.Errorf("ask for a token: %w", err)
	}
	var answer struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.Unmarshal(body, &answer); err != nil || answer.AccessToken == "" {
		return "", fmt.Errorf("ask for a token: %w in %s", err, body)
	}
	return answer.AccessToken, nil
}
