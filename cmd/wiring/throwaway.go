package wiring

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/adapters/gormdb/postgres"
	"github.com/eosc-perf/backend/adapters/gormdb/sqlite"
	"github.com/eosc-perf/backend/adapters/migrations"
)

// WithEmbedded does the work with a new embedded database at the head of the
// revisions, and removes it.
func WithEmbedded(ctx context.Context, revisions []migrations.Revision, work func(*gormdb.Store) error) (err error) {
	folder, err := os.MkdirTemp("", "eosc-perf-temporary-*")
	if err != nil {
		return fmt.Errorf("make a folder for a temporary database: %w; choose another with TMPDIR", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	store, err := sqlite.Open(ctx, filepath.Join(folder, "at-head.db"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	return atHead(ctx, store, revisions, work)
}

func atHead(ctx context.Context, store *gormdb.Store, revisions []migrations.Revision, work func(*gormdb.Store) error) error {
	if _, err := migrations.NewSchema(store, revisions).Upgrade(ctx, migrations.Head, migrations.Options{}); err != nil {
		return fmt.Errorf("bring a temporary database to the head of the revisions: %w", err)
	}
	return work(store)
}

// WithPostgres does the same with a new database beside the one that the URL names,
// which is the value of the flag --postgres-url.
func WithPostgres(ctx context.Context, address string, revisions []migrations.Revision, work func(*gormdb.Store) error) (err error) {
	if address == "" {
		return errors.New("this needs a PostgreSQL at hand, for a temporary database: name one with --postgres-url postgres://USER:PASSWORD@HOST:PORT/DATABASE")
	}
	config, err := parsePostgresURL(address)
	if err != nil {
		return err
	}
	outside, err := postgres.Open(ctx, config)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, outside.Close()) }()
	config.Name = "eosc_perf_temporary_" + strings.ToLower(rand.Text()[:12])
	if err := outside.DB().WithContext(ctx).Exec("CREATE DATABASE " + config.Name).Error; err != nil {
		return fmt.Errorf("make a temporary database: %w", err)
	}
	defer func() {
		drop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
		defer cancel()
		err = errors.Join(err, outside.DB().WithContext(drop).Exec("DROP DATABASE "+config.Name+" WITH (FORCE)").Error)
	}()
	inside, err := postgres.Open(ctx, config)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, inside.Close()) }()
	return atHead(ctx, inside, revisions, work)
}

func parsePostgresURL(address string) (postgres.Config, error) {
	parsed, err := url.Parse(address)
	if err != nil || parsed.Host == "" || !strings.HasPrefix(parsed.Scheme, "postgres") {
		return postgres.Config{}, errors.New("--postgres-url is not of the form postgres://USER:PASSWORD@HOST:PORT/DATABASE") // it may hold a password
	}
	port := 5432
	if text := parsed.Port(); text != "" {
		if port, err = strconv.Atoi(text); err != nil {
			return postgres.Config{}, fmt.Errorf("--postgres-url has the port %q, which is no number", text)
		}
	}
	password, _ := parsed.User.Password()
	return postgres.Config{
		Host: parsed.Hostname(), Port: port, User: parsed.User.Username(), Password: password,
		Name: strings.TrimPrefix(parsed.Path, "/"), SSLMode: parsed.Query().Get("sslmode"),
	}, nil
}
