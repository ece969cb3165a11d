package main

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite", as in the server

	"github.com/eosc-perf/backend/scripts/bench/dataset"
)

// embedded is the database in a file. Its processor time is part of the server's.
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

// with opens the existing file with one connection.
func (e *embedded) with(do func(*sql.DB) error, pragmas ...string) error {
	address := url.URL{Scheme: "file", Path: e.file, RawQuery: url.Values{
		"_pragma": append(pragmas, "busy_timeout(30000)", "foreign_keys(1)"), "_txlock": {"immediate"},
	}.Encode()}
	db, err := sql.Open("sqlite", address.String())
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }() // all writes are committed
	db.SetMaxOpenConns(1)
	return do(db)
}

// fill loads the data set without protection from a crash. The server turns the protection
// on when it opens the file.
func (e *embedded) fill(ctx context.Context, size int) error {
	err := e.with(func(db *sql.DB) error {
		tx, err := db.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		defer func() { _ = tx.Rollback() }() // no effect after the commit
		for _, t := range parents() {
			if err := insertRows(ctx, tx, t); err != nil {
				return err
			}
		}
		indexes, err := dropIndexes(ctx, tx)
		if err != nil {
			return err
		}
		if err := insertResults(ctx, tx, size); err != nil {
			return err
		}
		for _, index := range indexes {
			if _, err := tx.ExecContext(ctx, index); err != nil {
				return fmt.Errorf("%s: %w", index, err)
			}
		}
		return tx.Commit()
	}, "journal_mode(OFF)", "synchronous(0)", "cache_size(-262144)")
	if err != nil {
		return err
	}
	return e.derive(ctx)
}

// derive writes the index of values for rows that were written without the server.
func (e *embedded) derive(ctx context.Context) error {
	return e.product.run(ctx, "admin", "derived", "repair")
}

func prepare(ctx context.Context, tx *sql.Tx, table string, columns []string) (*sql.Stmt, error) {
	places := strings.TrimSuffix(strings.Repeat("?, ", len(columns)), ", ")
	insert := "INSERT INTO " + table + " (" + strings.Join(columns, ", ") + ") VALUES (" + places + ")" //nolint:gosec // our own names
	return tx.PrepareContext(ctx, insert)
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

// dropIndexes removes the indexes of results, and returns the statements that create them.
// To create an index once is faster than to extend it row by row.
func dropIndexes(ctx context.Context, tx *sql.Tx) (create []string, err error) {
	rows, err := tx.QueryContext(ctx,
		"SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN ('result', 'result_tags')")
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // Err tells what failed
	var names []string
	for rows.Next() {
		var name, statement string
		if err := rows.Scan(&name, &statement); err != nil {
			return nil, err
		}
		names, create = append(names, name), append(create, statement)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	for _, name := range names {
		if _, err := tx.ExecContext(ctx, "DROP INDEX "+name); err != nil {
			return nil, fmt.Errorf("drop index %s: %w", name, err)
		}
	}
	return create, nil
}

// inOrderOfID returns the numbers of the results in the order of the primary key. Then the
// index of the primary key grows at its end only.
func inOrderOfID(size int) []int {
	ids, numbers := make([]dataset.ID, size), make([]int, size)
	for n := range size {
		ids[n], numbers[n] = dataset.IDOf("result", n), n
	}
	slices.SortFunc(numbers, func(a, b int) int { return bytes.Compare(ids[a][:], ids[b][:]) })
	return numbers
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
	for _, n := range inOrderOfID(size) {
		r := dataset.At(n)
		_, err := results.ExecContext(ctx, r.ID.String(), dataset.UploaderSubject, dataset.UploaderIssuer, r.Uploaded.Format(timeForm),
			string(r.JSON), r.Executed.Format(timeForm), dataset.IDOf("benchmark", r.Benchmark).String(),
			dataset.IDOf("flavor", r.Flavor).String(), dataset.IDOf("site", dataset.SiteOf(r.Flavor)).String(), r.Hidden, r.Digest)
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

func (e *embedded) results(ctx context.Context) (count int, err error) {
	err = e.with(func(db *sql.DB) error { return db.QueryRowContext(ctx, countResults).Scan(&count) })
	return count, err
}

func (e *embedded) settled(ctx context.Context) (settled bool, err error) {
	err = e.with(func(db *sql.DB) error { return db.QueryRowContext(ctx, isSettled).Scan(&settled) })
	return settled, err
}

func (e *embedded) processorTime() (time.Duration, error) { return 0, nil }

func (e *embedded) statement(context.Context, string, int, float64, map[string]int) (float64, error) {
	return 0, nil
}

func (e *embedded) bare(context.Context, request, float64, float64) (float64, error) { return 0, nil }

func (e *embedded) dropEvents(ctx context.Context, drop bool) error {
	statement := "DROP TRIGGER bench_drop"
	if drop {
		statement = "CREATE TRIGGER bench_drop BEFORE INSERT ON audit_event BEGIN SELECT RAISE(IGNORE); END"
	}
	return e.with(func(db *sql.DB) error {
		_, err := db.ExecContext(ctx, statement)
		return err
	})
}

func (e *embedded) touch(ctx context.Context, benchmark string) error {
	return e.with(func(db *sql.DB) error {
		_, err := db.ExecContext(ctx, fmt.Sprintf(countChange, benchmark))
		return err
	})
}

func (e *embedded) clean(ctx context.Context) error {
	end := dataset.End.Format(timeForm)
	err := e.with(func(db *sql.DB) error {
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
	if err != nil {
		return err
	}
	return e.derive(ctx)
}
