package pgtest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Copy makes a database like New does, and with the contents that fill gives to an empty
// one. Fill is called once for all calls with equal contents, which are compared by their
// printed form; it must close its connections. The database that it has filled stays on
// the server, so that tests of other packages, and of later runs, copy it too.
func Copy(t testing.TB, contents any, fill func(*Database) error) *Database {
	t.Helper()
	server := serverConfig(t)
	sum := sha256.Sum256(fmt.Append(nil, contents))
	template := "test_template_" + hex.EncodeToString(sum[:8])
	once, _ := templates.LoadOrStore(template, sync.OnceValue(func() error { return makeTemplate(server, template, fill) }))
	if err := once.(func() error)(); err != nil { //nolint:errcheck // nothing else is in the map
		t.Fatalf("make a database to copy on the server of %s: %v", Variable, err)
	}
	return create(t, server, "TEMPLATE "+template)
}

// templates are functions that make sure, once, that a template exists, by its name.
var templates sync.Map

// templatePatience bounds the work on a template, of others too.
const templatePatience = 10 * time.Minute

// makeTemplate makes the template, unless another process did. An advisory lock lets
// one do so at a time.
func makeTemplate(server *pgx.ConnConfig, template string, fill func(*Database) error) (err error) {
	ctx, cancel := context.WithTimeout(context.Background(), templatePatience)
	defer cancel()
	c, err := pgx.ConnectConfig(ctx, server)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Close(ctx)) }() // which unlocks
	var exists bool
	if _, err := c.Exec(ctx, "SELECT pg_advisory_lock(hashtext($1))", template); err != nil {
		return err
	}
	if err := c.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", template).Scan(&exists); err != nil || exists {
		return err
	}
	clause, err := collation(ctx, c)
	if err != nil {
		return err
	}
	unfinished := template + "_unfinished"
	for _, statement := range []string{
		"DROP DATABASE IF EXISTS " + unfinished + " WITH (FORCE)", "CREATE DATABASE " + unfinished + empty + clause,
	} {
		if _, err := c.Exec(ctx, statement); err != nil {
			return err
		}
	}
	if err := fill(describe(server, unfinished)); err != nil {
		return err
	}
	// PostgreSQL notices only after a while that a client has closed its connection.
	for _, statement := range []string{
		"ALTER DATABASE " + unfinished + " ALLOW_CONNECTIONS false",
		"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" + unfinished + "'",
		"ALTER DATABASE " + unfinished + " RENAME TO " + template,
	} {
		if _, err := c.Exec(ctx, statement); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	return nil
}
