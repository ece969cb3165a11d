package main

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"golang.org/x/sync/errgroup"

	"github.com/eosc-perf/backend/scripts/bench/dataset"
)

// statements are the files for pgbench. A statement is the least work of PostgreSQL for the
// rows of an answer. statements/README.md explains more.
//
//go:embed statements
var statements embed.FS

// writeStatements writes the statements into the folder of the figures.
func writeStatements(folder string) error {
	entries, err := statements.ReadDir("statements")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil { //nolint:gosec // everybody may read it
		return err
	}
	for _, entry := range entries {
		text, err := statements.ReadFile("statements/" + entry.Name())
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(folder, entry.Name()), text, 0o644); err != nil { //nolint:gosec // everybody may read it
			return err
		}
	}
	return nil
}

// postgres is a database on the server that scripts/with-postgres started.
type postgres struct {
	config *pgx.ConnConfig
	// postmaster is the id of PostgreSQL's first process, 0 if it is not on this machine.
	postmaster int
	product    programs
	// afterFill is the command that runs after a fill without triggers.
	afterFill []string
	// statements is the folder of the files for pgbench.
	statements string
}

// newPostgres creates the empty database, or finds the one that an earlier run kept.
func newPostgres(ctx context.Context, o options, folder string) (*postgres, error) {
	config, err := pgx.ParseConfig(o.postgresURL)
	if err != nil {
		return nil, fmt.Errorf("TEST_POSTGRES_URL: %w", err)
	}
	p := &postgres{config: config, afterFill: o.afterFill, statements: filepath.Join(filepath.Dir(o.out), "statements")}
	if err := writeStatements(p.statements); err != nil {
		return nil, err
	}
	name, kept := "bench", false
	err = p.with(ctx, func(c *pgx.Conn) error {
		if o.keep != "" {
			name = fmt.Sprintf("bench_%d", o.size)
			if err := c.QueryRow(ctx, "SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)", name).Scan(&kept); err != nil {
				return err
			}
		} else if _, err := c.Exec(ctx, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)"); err != nil {
			return err
		}
		if !kept {
			if _, err := c.Exec(ctx, "CREATE DATABASE "+name); err != nil {
				return err
			}
		}
		if backend, err := statOf(int(c.PgConn().PID())); err == nil {
			p.postmaster = backend.parent
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("make the database: %w", err)
	}
	p.config = config.Copy()
	p.config.Database = name
	p.product = newPrograms(o.bin, folder, "DB_HOST="+config.Host, "DB_PORT="+strconv.Itoa(int(config.Port)),
		"DB_USER="+config.User, "DB_PASSWORD="+config.Password, "DB_NAME="+name, "DB_SSLMODE=disable")
	return p, nil
}

func (p *postgres) with(ctx context.Context, do func(*pgx.Conn) error) error {
	c, err := pgx.ConnectConfig(ctx, p.config)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close(context.WithoutCancel(ctx)) }() // no statement is running
	return do(c)
}

func (p *postgres) execute(ctx context.Context, statements ...string) error {
	return p.with(ctx, func(c *pgx.Conn) error {
		for _, statement := range statements {
			if err := executeOne(ctx, c, statement); err != nil {
				return fmt.Errorf("%s: %w", statement, err)
			}
		}
		return nil
	})
}

// deadlock is the code of a statement that PostgreSQL gave up for another one: the server
// computes the digests of results in the background.
const deadlock = "40P01"

func executeOne(ctx context.Context, c *pgx.Conn, statement string) error {
	const tries = 5
	for n := 1; ; n++ {
		_, err := c.Exec(ctx, statement)
		if refused, ok := errors.AsType[*pgconn.PgError](err); !ok || refused.Code != deadlock || n == tries {
			return err
		}
	}
}

func (p *postgres) name() string       { return "PostgreSQL" }
func (p *postgres) programs() programs { return p.product }

// copiers is the number of connections that fill at once, and chunk is the number of
// results in one transaction.
const (
	copiers = 2
	chunk   = 20_000
)

func (p *postgres) fill(ctx context.Context, size int) error {
	if err := p.with(ctx, func(c *pgx.Conn) error { return insertParents(ctx, c) }); err != nil {
		return err
	}
	group, inner := errgroup.WithContext(ctx)
	group.SetLimit(copiers)
	for from := 0; from < size; from += chunk {
		group.Go(func() error {
			return p.with(inner, func(c *pgx.Conn) error { return p.copyResults(inner, c, from, min(from+chunk, size)) })
		})
	}
	if err := group.Wait(); err != nil {
		return fmt.Errorf("fill: %w", err)
	}
	if len(p.afterFill) > 0 {
		if err := p.product.run(ctx, p.afterFill[0], p.afterFill[1:]...); err != nil {
			return err
		}
	}
	return p.execute(ctx, "VACUUM (ANALYZE)", "CHECKPOINT")
}

func insertParents(ctx context.Context, c *pgx.Conn) error {
	for _, t := range parents() {
		places := make([]string, len(t.columns))
		for i := range places {
			places[i] = fmt.Sprintf("$%d", i+1)
		}
		statement := "INSERT INTO " + t.name + " (" + strings.Join(t.columns, ", ") + ") VALUES (" + strings.Join(places, ", ") + ")"
		batch := &pgx.Batch{}
		for _, row := range t.rows {
			batch.Queue(statement, row...)
		}
		if err := c.SendBatch(ctx, batch).Close(); err != nil {
			return fmt.Errorf("fill %s: %w", t.name, err)
		}
	}
	return nil
}

// copyResults loads some results and their tags in one transaction. It disables triggers,
// also the triggers of foreign keys, if afterFill derives the data afterwards.
func (p *postgres) copyResults(ctx context.Context, c *pgx.Conn, from, to int) error {
	if len(p.afterFill) > 0 {
		if _, err := c.Exec(ctx, "SET session_replication_role = replica"); err != nil {
			return err
		}
	}
	return pgx.BeginFunc(ctx, c, func(tx pgx.Tx) error {
		n, ties := from, [][]any(nil)
		_, err := tx.CopyFrom(ctx, pgx.Identifier{"result"}, resultColumns, pgx.CopyFromFunc(func() ([]any, error) {
			if n == to {
				return nil, nil
			}
			r := dataset.At(n)
			n++
			for _, tag := range r.Tags {
				ties = append(ties, []any{[16]byte(r.ID), [16]byte(dataset.IDOf("tag", tag))})
			}
			return []any{
				[16]byte(r.ID), dataset.UploaderSubject, dataset.UploaderIssuer, r.Uploaded, r.JSON, r.Executed,
				[16]byte(dataset.IDOf("benchmark", r.Benchmark)), [16]byte(dataset.IDOf("flavor", r.Flavor)),
				[16]byte(dataset.IDOf("site", dataset.SiteOf(r.Flavor))), r.Hidden, r.Digest,
			}, nil
		}))
		if err != nil {
			return err
		}
		_, err = tx.CopyFrom(ctx, pgx.Identifier{"result_tags"}, tieColumns, pgx.CopyFromRows(ties))
		return err
	})
}

// settings are the settings of PostgreSQL that influence the figures.
var settings = []string{
	"fsync", "synchronous_commit", "full_page_writes", "shared_buffers", "effective_cache_size", "work_mem", "maintenance_work_mem",
	"max_wal_size", "checkpoint_timeout", "random_page_cost", "jit", "max_connections", "max_parallel_workers_per_gather", "autovacuum",
}

func (p *postgres) describe(ctx context.Context) (version string, described []string, err error) {
	err = p.with(ctx, func(c *pgx.Conn) error {
		if err := c.QueryRow(ctx, "SHOW server_version").Scan(&version); err != nil {
			return err
		}
		for _, name := range settings {
			var value string
			if err := c.QueryRow(ctx, "SELECT current_setting($1)", name).Scan(&value); err != nil {
				return err
			}
			described = append(described, name+"="+value)
		}
		return nil
	})
	return version, described, err
}

func (p *postgres) sizeMB(ctx context.Context) (size float64, err error) {
	err = p.with(ctx, func(c *pgx.Conn) error {
		return c.QueryRow(ctx, "SELECT pg_database_size(current_database()) / 1048576.0").Scan(&size)
	})
	return size, err
}

func (p *postgres) results(ctx context.Context) (count int, err error) {
	err = p.with(ctx, func(c *pgx.Conn) error { return c.QueryRow(ctx, countResults).Scan(&count) })
	return count, err
}

func (p *postgres) settled(ctx context.Context) (settled bool, err error) {
	err = p.with(ctx, func(c *pgx.Conn) error { return c.QueryRow(ctx, isSettled).Scan(&settled) })
	return settled, err
}

func (p *postgres) processorTime() (time.Duration, error) {
	if p.postmaster == 0 {
		return 0, nil
	}
	return processorTime(p.postmaster)
}

func (p *postgres) dropEvents(ctx context.Context, drop bool) error {
	if !drop {
		return p.execute(ctx, "DROP TRIGGER bench_drop ON audit_event", "DROP FUNCTION bench_drop()")
	}
	return p.execute(ctx, "CREATE FUNCTION bench_drop() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
		"CREATE TRIGGER bench_drop BEFORE INSERT ON audit_event FOR EACH ROW EXECUTE FUNCTION bench_drop()")
}

func (p *postgres) touch(ctx context.Context, benchmark string) error {
	return p.execute(ctx, fmt.Sprintf(countChange, benchmark))
}

func (p *postgres) clean(ctx context.Context) error {
	end := dataset.End.Format(timeForm)
	return p.execute(ctx,
		"DELETE FROM result_tags WHERE result_id IN (SELECT id FROM result WHERE upload_datetime > '"+end+"')",
		"DELETE FROM result WHERE upload_datetime > '"+end+"'",
		"VACUUM (ANALYZE) result, result_tags", "CHECKPOINT")
}

var tps = regexp.MustCompile(`(?m)^tps = ([0-9.]+)`)

func (p *postgres) statement(ctx context.Context, name string, clients int, seconds float64, variables map[string]int) (float64, error) {
	args := []string{
		"--no-vacuum", "--protocol=prepared", "--client=" + strconv.Itoa(clients), "--jobs=" + strconv.Itoa(min(clients, 2)),
		"--time=" + strconv.Itoa(max(1, int(seconds))), "--file=" + filepath.Join(p.statements, name),
		"--host=" + p.config.Host, "--port=" + strconv.Itoa(int(p.config.Port)), "--username=" + p.config.User,
	}
	for variable, value := range variables {
		args = append(args, fmt.Sprintf("--define=%s=%d", variable, value))
	}
	command := exec.CommandContext(ctx, programOf("pgbench"), append(args, p.config.Database)...) //nolint:gosec // PostgreSQL's own
	command.Env = []string{"PGPASSWORD=" + p.config.Password}
	out, err := command.CombinedOutput()
	found := tps.FindSubmatch(out)
	switch {
	case err != nil:
		return 0, fmt.Errorf("pgbench %s: %w\n%s", name, err, out)
	case found == nil:
		return 0, fmt.Errorf("pgbench %s: no transaction ended, measure longer, by SECONDS:\n%s", name, out)
	}
	return strconv.ParseFloat(string(found[1]), 64)
}

// programOf returns the path of a program of PostgreSQL, in the folder that
// scripts/with-postgres found.
func programOf(name string) string {
	if folder := os.Getenv("POSTGRES_BINDIR"); folder != "" {
		return filepath.Join(folder, name)
	}
	return name
}
