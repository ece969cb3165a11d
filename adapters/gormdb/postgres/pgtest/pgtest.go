// Package pgtest gives each test a PostgreSQL database of its own, on the server
// that scripts/with-postgres has started or that the environment names.
//
// It imports pgx; only tests import it.
package pgtest

import (
	"context"
	"crypto/rand"
	"fmt"
	"net"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Variable names the environment variable with the address of the server: a URL
// or a list of keywords, of a user that may create databases.
const Variable = "TEST_POSTGRES_URL"

// patience bounds what is asked of the server, in case it hangs.
const patience = 5 * time.Minute

// Database is an empty database that exists as long as a test.
type Database struct {
	// URL is a complete address in the form postgres://...
	URL string
	// Host is a name, an address, or the folder of a socket.
	Host string
	Port int
	// User owns the database.
	User     string
	Password string
	Name     string
}

// empty is the clause for a database without any contents; see collation for its end.
const empty = " TEMPLATE template0 ENCODING 'UTF8'"

// New makes an empty database and removes it when the test is over. Where the server
// can, its collation is German by ICU, which orders text in another way than by
// code point: a test that passes does not depend on the collation. Without a
// server the test fails.
func New(t testing.TB) *Database {
	t.Helper()
	server := serverConfig(t)
	var clause string
	execute(t, server, func(ctx context.Context, c *pgx.Conn) (err error) {
		clause, err = collation(ctx, c)
		return err
	})
	return create(t, server, empty+clause)
}

// WithEncoding makes an empty database of another encoding, until the test is over.
func WithEncoding(t testing.TB, encoding string) *Database {
	t.Helper()
	return create(t, serverConfig(t), "TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C' ENCODING '"+encoding+"'")
}

// AsRole makes a role that may log in and whose sessions have these settings, until the
// test is over. It returns the database for this role.
func AsRole(t testing.TB, database *Database, settings map[string]string) *Database {
	t.Helper()
	server := serverConfig(t)
	role := &Database{Host: database.Host, Port: database.Port, Name: database.Name}
	role.User, role.Password = "role_"+strings.ToLower(rand.Text()[:16]), strings.ToLower(rand.Text())
	role.URL = role.url(server.TLSConfig != nil)
	statements := []string{"CREATE ROLE " + role.User + " LOGIN PASSWORD '" + role.Password + "'"}
	for name, value := range settings {
		statements = append(statements, "ALTER ROLE "+role.User+" SET "+name+" = '"+value+"'")
	}
	executeAll(t, server, statements...)
	t.Cleanup(func() {
		within := server.Copy()
		within.Database = database.Name
		executeAll(t, within, "BEGIN READ WRITE", "DROP OWNED BY "+role.User, "COMMIT")
		executeAll(t, server, "DROP ROLE "+role.User)
	})
	return role
}

// executeAll runs statements on one connection.
func executeAll(t testing.TB, server *pgx.ConnConfig, statements ...string) {
	t.Helper()
	execute(t, server, func(ctx context.Context, c *pgx.Conn) error {
		for _, statement := range statements {
			if _, err := c.Exec(ctx, statement); err != nil {
				return fmt.Errorf("%s: %w", statement, err)
			}
		}
		return nil
	})
}

// serverConfig is how to connect to the server that the environment names.
func serverConfig(t testing.TB) *pgx.ConnConfig {
	t.Helper()
	address := os.Getenv(Variable)
	if address == "" {
		t.Fatalf("%s is not set: this test needs a PostgreSQL; run it by `make test` or `scripts/with-postgres go test ...`", Variable)
	}
	server, err := pgx.ParseConfig(address)
	if err != nil {
		t.Fatalf("%s: %v", Variable, err)
	}
	return server
}

// byFiles asks how to copy a template. To copy its files takes a third of the processor time of
// writing them to the log, and is slow only where the server waits for its disk.
const byFiles = `SELECT CASE WHEN current_setting('server_version_num')::int >= 150000 AND current_setting('fsync') = 'off'
	THEN ' STRATEGY file_copy' ELSE '' END`

// create makes a database with this clause, until the test is over.
func create(t testing.TB, server *pgx.ConnConfig, clause string) *Database {
	t.Helper()
	name := "test_" + strings.ToLower(rand.Text()[:16])
	execute(t, server, func(ctx context.Context, c *pgx.Conn) error {
		var copied string
		if err := c.QueryRow(ctx, byFiles).Scan(&copied); err != nil {
			return err
		}
		_, err := c.Exec(ctx, "CREATE DATABASE "+name+" "+clause+copied)
		return err
	})
	t.Cleanup(func() {
		execute(t, server, func(ctx context.Context, c *pgx.Conn) error {
			_, err := c.Exec(ctx, "DROP DATABASE "+name+" WITH (FORCE)")
			return err
		})
	})
	return describe(server, name)
}

// execute opens a connection for each call: a test may run for long, and the
// server has a limit.
func execute(t testing.TB, server *pgx.ConnConfig, do func(context.Context, *pgx.Conn) error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	c, err := pgx.ConnectConfig(ctx, server)
	if err != nil {
		t.Fatalf("connect to the server of %s: %v", Variable, err)
	}
	defer func() {
		if err := c.Close(ctx); err != nil {
			t.Logf("close the connection to the test server: %v", err)
		}
	}()
	if err := do(ctx, c); err != nil {
		t.Fatalf("on the server of %s: %v", Variable, err)
	}
}

// collation is the clause for German by ICU, empty where the server, before
// PostgreSQL 15 or built without ICU, cannot.
func collation(ctx context.Context, c *pgx.Conn) (string, error) {
	var supported bool
	err := c.QueryRow(ctx, `SELECT current_setting('server_version_num')::int >= 150000
		AND EXISTS (SELECT FROM pg_collation WHERE collprovider = 'i' AND collname = 'de-x-icu')`).Scan(&supported)
	if err != nil || !supported {
		return "", err
	}
	return " LOCALE_PROVIDER icu ICU_LOCALE 'de'", nil
}

func describe(server *pgx.ConnConfig, name string) *Database {
	d := &Database{
		Host:     server.Host,
		Port:     int(server.Port),
		User:     server.User,
		Password: server.Password,
		Name:     name,
	}
	d.URL = d.url(server.TLSConfig != nil)
	return d
}

func (d *Database) url(tls bool) string {
	address := url.URL{Scheme: "postgres", User: url.UserPassword(d.User, d.Password), Path: "/" + d.Name}
	query := url.Values{"sslmode": {"disable"}}
	if tls {
		query.Set("sslmode", "require")
	}
	if strings.HasPrefix(d.Host, "/") {
		query.Set("host", d.Host)
		query.Set("port", fmt.Sprint(d.Port))
	} else {
		address.Host = net.JoinHostPort(d.Host, strconv.Itoa(d.Port))
	}
	address.RawQuery = query.Encode()
	return address.String()
}
