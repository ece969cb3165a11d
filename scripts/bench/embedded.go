package main

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	_ "github.com/glebarez/go-sqlite" // the driver "sqlite", which is also the product's

	"github.com/eosc-perf/backend/scripts/bench/dataset"
)

// embedded is the database in a file, whose processor time is the server's.
type embedded struct {
	file    string
	product programs
}

func newEmbedded(bin, folder string) *embedded {
	data := filepath.Join(folder, "data")
	return &embedded{
		file:    filepath.Join(data, "eosc-perf.db"),
		product: newPrograms(bin, folder, "DB_DRIVER=sqlite", "DATA_DIR="+data),
	}
}

func (e *embedded) name() string       { return "embedded" }
func (e *embedded) programs() programs { return e.product }
func (e *embedded) close() error       { return nil }

// with opens the file, which exists, with one connection.
func (e *embedded) with(do func(*sql.DB) error, pragmas ...string) error {
	address := url.URL{Scheme: "file", Path: e.file, RawQuery: url.Values{
		"_pragma": append(pragmas, "busy_timeout(30000)", "foreign_keys(1)"), "_txlock": {"immediate"},
	}.Encode()}
	db, err := sql.Open("sqlite", address.String())
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }() // what was written is committed
	db.SetMaxOpenConns(1)
	return do(db)
}

func (e *embedded) fill(ctx context.Context, size int) error {
	return e.with(func(db *sql.DB) error {
		tx, err := db.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		defer func() { _ = tx.Rollback() }() // without effect once committed
		for _, t := range parents() {
			if err := insertRows(ctx, tx, t); err != nil {
				return err
			}
		}
		if err := insertResults(ctx, tx, size); err != nil {
			return err
		}
		return tx.Commit()
	}, "synchronous(0)", "cache_size(-262144)")
}

func prepare(ctx context.Context, tx *sql.Tx, table string, columns []string) (*sql.Stmt, error) {
	places := strings.TrimSuffix(strings.Repeat("?, ", len(columns)), ", ")
	return tx.PrepareContext(ctx, "INSERT INTO "+table+" ("+strings.Join(columns, ", ")+") VALUES ("+places+")") //nolint:gosec // names of ours
}

func insertRows(ctx context.Context, tx *sql.Tx, t table) error {
	insert, err := prepare(ctx, tx, t.name, t.columns)
	if err != nil {
		return err
	}
	defer func() { _ = insert.Close() }() // the transaction tells what failed
	for _, row := range t.rows {
		if _, err := insert.ExecContext(ctx, row...); err != nil {
			return fmt.Errorf("fill %s: %w", t.name, err)
		}
	}
	return nil
}

func insertResults(ctx context.Context, tx *sql.Tx, size int) error {
	results, err := prepare(ctx, tx, "result", resultColumns)
	if err != nil {
		return err
	}
	defer func() { _ = results.Close() }() // the transaction tells what failed
	ties, err := prepare(ctx, tx, "result_tags", tieColumns)
	if err != nil {
		return err
	}
	defer func() { _ = ties.Close() }() // the transaction tells what failed
	for n := range size {
		r := dataset.At(n)
		_, err := results.ExecContext(ctx, r.ID.String(), dataset.UploaderSubject, dataset.UploaderIssuer, r.Uploaded.Format(timeForm),
			string(r.JSON), r.Executed.Format(timeForm), dataset.IDOf("benchmark", r.Benchmark).String(),
			dataset.IDOf("flavor", r.Flavor).String(), dataset.IDOf("site", dataset.SiteOf(r.Flavor)).String(), r.Hidden)
		if err != nil {
			return fmt.Errorf("fill result %d: %w", n, err)
		}
		for _, tag := range r.Tags {
			if _, err := ties.ExecContext(ctx, r.ID.String(), dataset.IDOf("tag", tag).String()); err != nil {
				return fmt.Errorf("fill the tags of result %d: %w", n, err)
			}
		}
	}
	return nil
}

func (e *embedded) describe(ctx context.Context) (version string, described []string, err error) {
	err = e.with(func(db *sql.DB) error {
		return db.QueryRowContext(ctx, "SELECT 'SQLite ' || sqlite_version()").Scan(&version)
	})
	return version, nil, err
}

func (e *embedded) sizeMB(context.Context) (float64, error) {
	info, err := os.Stat(e.file)
	if err != nil {
		return 0, err
	}
	return float64(info.Size()) / (1 << 20), nil
}

func (e *embedded) processorTime() (time.Duration, error) { return 0, nil }

func (e *embedded) statement(context.Context, string, int, float64, map[string]int) (float64, error) {
	return 0, nil
}

func (e *embedded) clean(ctx context.Context) error {
	end := dataset.End.Format(timeForm)
	return e.with(func(db *sql.DB) error {
		for _, statement := range []string{
			"DELETE FROM result_tags WHERE result_id IN (SELECT id FROM result WHERE upload_datetime > ?)",
			"DELETE FROM result WHERE upload_datetime > ?",
		} {
			if _, err := db.ExecContext(ctx, statement, end); err != nil {
				return fmt.Errorf("remove what was uploaded: %w", err)
			}
		}
		return nil
	})
}
