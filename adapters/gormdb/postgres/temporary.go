package postgres

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/eosc-perf/backend/adapters/gormdb"
)

// dropTimeout bounds the removal of a temporary database, also after the context of
// the work has ended.
const dropTimeout = 30 * time.Second

// WithTemporary creates an empty database on the server of the configuration, does the
// work with it, and drops it. The user needs the right to create databases. If the
// program is killed, the database stays; its name begins with eosc_perf_temporary_.
func WithTemporary(ctx context.Context, config Config, work func(*gormdb.Store) error) (err error) {
	server, err := Open(ctx, config)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Close()) }()
	config.Name = "eosc_perf_temporary_" + strings.ToLower(rand.Text()[:12])
	if err := server.DB().WithContext(ctx).Exec("CREATE DATABASE " + config.Name).Error; err != nil {
		return fmt.Errorf("make a temporary database: %w", err)
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), dropTimeout)
		defer cancel()
		err = errors.Join(err, server.DB().WithContext(ctx).Exec("DROP DATABASE "+config.Name+" WITH (FORCE)").Error)
	}()
	store, err := Open(ctx, config)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	return work(store)
}

// ParseURL reads a configuration from postgres://USER:PASSWORD@HOST:PORT/DATABASE,
// with the parameter sslmode or without. Errors do not show the URL, which may hold a
// password.
func ParseURL(text string) (Config, error) {
	address, err := url.Parse(text)
	if err != nil || address.Host == "" || !strings.HasPrefix(address.Scheme, "postgres") {
		return Config{}, errors.New("the URL is not of the form postgres://USER:PASSWORD@HOST:PORT/DATABASE")
	}
	port := 5432
	if given := address.Port(); given != "" {
		if port, err = strconv.Atoi(given); err != nil {
			return Config{}, fmt.Errorf("the URL has the port %q, which is no number", given)
		}
	}
	password, _ := address.User.Password()
	return Config{
		Host: address.Hostname(), Port: port, User: address.User.Username(), Password: password,
		Name: strings.TrimPrefix(address.Path, "/"), SSLMode: address.Query().Get("sslmode"),
	}, nil
}
