package main

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
	server "github.com/eosc-perf/backend/adapters/gormdb/postgres"
	embedded "github.com/eosc-perf/backend/adapters/gormdb/sqlite"
	"github.com/eosc-perf/backend/adapters/migrations"
)

// The dialects, as migrations names them.
const (
	postgres = "postgres"
	sqlite   = "sqlite"
)

// withEmbedded does the work with a new embedded database at the head of the
// revisions, and removes it.
func withEmbedded(ctx context.Context, revisions []migrations.Revision, work func(*gormdb.Store) error) (err error) {
	folder, err := os.MkdirTemp("", "eosc-perf-migrate-*")
	if err != nil {
		return fmt.Errorf("make a folder for a temporary database: %w; choose another with TMPDIR", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	store, err := embedded.Open(ctx, filepath.Join(folder, "at-head.db"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	return atHead(ctx, store, revisions, work)
}

func atHead(ctx context.Context, store *gormdb.Store, revisions []migrations.Revision, work func(*gormdb.Store) error) error {
	if _, err := migrations.Upgrade(ctx, store.DB(), revisions, migrations.Head, migrations.Options{}); err != nil {
		return fmt.Errorf("bring a temporary database to the head of the revisions: %w", err)
	}
	return work(store)
}

// withPostgres does the same in a new database beside the one that the URL names.
func withPostgres(ctx context.Context, address string, revisions []migrations.Revision, work func(*gormdb.Store) error) (err error) {
	if address == "" {
		return errors.New("revisions are written for PostgreSQL too, and that needs one at hand: name it with --postgres-url postgres://USER:PASSWORD@HOST:PORT/DATABASE, " +
			"or let DB_HOST and the other settings name a database there")
	}
	config, err := parsePostgresURL(address)
	if err != nil {
		return err
	}
	outside, err := server.Open(ctx, config)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, outside.Close()) }()
	config.Name = "eosc_perf_migrate_" + strings.ToLower(rand.Text()[:12])
	if err := outside.DB().WithContext(ctx).Exec("CREATE DATABASE " + config.Name).Error; err != nil {
		return fmt.Errorf("make a temporary database for the comparison: %w", err)
	}
	defer func() {
		drop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
		defer cancel()
		err = errors.Join(err, outside.DB().WithContext(drop).Exec("DROP DATABASE "+config.Name+" WITH (FORCE)").Error)
	}()
	inside, err := server.Open(ctx, config)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, inside.Close()) }()
	return atHead(ctx, inside, revisions, work)
}

func parsePostgresURL(address string) (server.Config, error) {
	parsed, err := url.Parse(address)
	if err != nil || parsed.Host == "" || !strings.HasPrefix(parsed.Scheme, "postgres") {
		return server.Config{}, errors.New("--postgres-url is not of the form postgres://USER:PASSWORD@HOST:PORT/DATABASE") // it may hold a password
	}
	port := 5432
	if text := parsed.Port(); text != "" {
		if port, err = strconv.Atoi(text); err != nil {
			return server.Config{}, fmt.Errorf("--postgres-url has the port %q, which is no number", text)
		}
	}
	password, _ := parsed.User.Password()
	return server.Config{
		Host: parsed.Hostname(), Port: port, User: parsed.User.Username(), Password: password,
		Name: strings.TrimPrefix(parsed.Path, "/"), SSLMode: parsed.Query().Get("sslmode"),
	}, nil
}
