package gormdb

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"

	"github.com/eosc-perf/backend/ports"
)

// Restoration writes whole tables.
type Restoration struct {
	session
	tables []string
	// table is the one that is being written, with its columns.
	table   string
	columns []wholeColumn
	// values are those of the rows that wait to be written, bytes their length.
	values []any
	bytes  int
}

const (
	// batchBytes and batchValues bound what is sent at once, one row apart. Both
	// databases take more.
	batchBytes  = 1 << 20
	batchValues = 8000
)

// Restore lets write fill an empty database, whose tables are there: all of it
// becomes visible at the end, or, with an error, nothing. Others wait meanwhile who
// would write. Error: ports.ErrNotEmpty.
func (s *Store) Restore(ctx context.Context, write func(ctx context.Context, to *Restoration) error) error {
	return s.whole(ctx, s.dialect.BeginRestore, func(ctx context.Context, db *gorm.DB, tables []string) error {
		r := &Restoration{session: session{store: s, db: db}, tables: tables}
		if err := r.checkEmpty(ctx); err != nil {
			return err
		}
		if err := write(ctx, r); err != nil {
			return err
		}
		if err := r.flush(ctx); err != nil {
			return err
		}
		// The driver of SQLite takes statements for done, without running them, once
		// the context has ended: then nothing may be committed, and what is has to be.
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("interrupted while restoring: %w", err)
		}
		ctx = context.WithoutCancel(ctx)
		return r.failed(ctx, r.query(ctx).Exec("COMMIT").Error, "commit what was restored")
	})
}

func (r *Restoration) checkEmpty(ctx context.Context) error {
	for _, table := range r.tables {
		var there bool
		err := r.query(ctx).Raw("SELECT EXISTS (SELECT 1 FROM " + quoted(table) + ")").Scan(&there).Error
		if err != nil {
			return r.failed(ctx, err, "look whether table %s is empty", table)
		}
		if there {
			return fmt.Errorf("%w: table %s has rows", ports.ErrNotEmpty, table)
		}
	}
	return nil
}

// DB is where those look who know what this package does not: the revision.
func (r *Restoration) DB() *gorm.DB { return r.db }

// Insert adds a row as Snapshot.Rows tells of it. The tables come one after the
// other, in their order.
func (r *Restoration) Insert(ctx context.Context, table string, row []byte) error {
	if table != r.table {
		if err := r.turnTo(ctx, table); err != nil {
			return err
		}
	}
	values, err := parseRow(row, r.columns)
	if err != nil {
		return fmt.Errorf("table %s: %w", table, err)
	}
	r.values = append(r.values, values...)
	r.bytes += len(row)
	if r.bytes < batchBytes && len(r.values) < batchValues {
		return nil
	}
	return r.flush(ctx)
}

func (r *Restoration) turnTo(ctx context.Context, table string) error {
	if err := r.flush(ctx); err != nil {
		return err
	}
	if !slices.Contains(r.tables, table) {
		return fmt.Errorf("the database has no table %.100q to restore", table)
	}
	columns, err := columnsOf(r.query(ctx), table)
	if err != nil {
		return r.failed(ctx, err, "read the columns of table %s", table)
	}
	r.table, r.columns = table, columns
	return nil
}

// flush writes the rows that wait.
func (r *Restoration) flush(ctx context.Context) error {
	if len(r.values) == 0 {
		return nil
	}
	names := make([]string, len(r.columns))
	for i, c := range r.columns {
		names[i] = quoted(c.name)
	}
	row := "(?" + strings.Repeat(", ?", len(r.columns)-1) + ")"
	statement := "INSERT INTO " + quoted(r.table) + " (" + strings.Join(names, ", ") + ") VALUES " +
		row + strings.Repeat(", "+row, len(r.values)/len(r.columns)-1)
	err := r.query(ctx).Exec(statement, r.values...).Error
	clear(r.values)
	r.values, r.bytes = r.values[:0], 0
	return r.failed(ctx, err, "write rows of table %s", r.table)
}
