package dump

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"

	"github.com/eosc-perf/backend/adapters/gormdb/session"
)

// ErrNotEmpty says that a database has rows, although it must have none.
var ErrNotEmpty = errors.New("the database is not empty")

// Restoration writes whole tables.
type Restoration struct {
	session.Session

	connection *gorm.DB
	tables     []string
	// table is the one that is being written, columns are its columns.
	table   string
	columns []column
	// values are those of the rows of the next statement, bytes is their length.
	values []any
	bytes  int
}

const (
	// batchBytes and batchValues bound the rows of a statement, to one row more. Both
	// databases take more.
	batchBytes  = 1 << 20
	batchValues = 8000
)

// Restore lets the function fill an empty database that has its tables. All rows
// become visible at the end, or none after an error. Others who want to write wait.
// Error: ErrNotEmpty.
func Restore(ctx context.Context, database *session.Database, write func(ctx context.Context, to *Restoration) error) error {
	begin := database.Dialect.Transactions.BeginRestore
	return transaction(ctx, database, begin, func(in session.Session, connection *gorm.DB, names []string) error {
		r := &Restoration{Session: in, connection: connection, tables: names}
		if err := r.checkEmpty(ctx); err != nil {
			return err
		}
		if err := write(ctx, r); err != nil {
			return err
		}
		if err := r.flush(ctx); err != nil {
			return err
		}
		// When the context has ended, the driver of SQLite reports success for statements
		// that it did not run. Then nothing may be committed. The commit itself must run.
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("interrupted while restoring: %w", err)
		}
		ctx = context.WithoutCancel(ctx)
		return r.Failed(ctx, r.Query(ctx).Exec("COMMIT").Error, "commit what was restored")
	})
}

func (r *Restoration) checkEmpty(ctx context.Context) error {
	for _, table := range r.tables {
		var hasRows bool
		err := r.Query(ctx).Raw("SELECT EXISTS (SELECT 1 FROM " + quoted(table) + ")").Scan(&hasRows).Error
		if err != nil {
			return r.Failed(ctx, err, "look whether table %s is empty", table)
		}
		if hasRows {
			return fmt.Errorf("%w: table %s has rows", ErrNotEmpty, table)
		}
	}
	return nil
}

// DB returns the connection of the restoration, to read the revision of the schema.
func (r *Restoration) DB() *gorm.DB { return r.connection }

// Insert adds a row in the form of Snapshot.Rows. The tables come one after the other,
// in the order of Snapshot.Tables.
func (r *Restoration) Insert(ctx context.Context, table string, row []byte) error {
	if table != r.table {
		if err := r.begin(ctx, table); err != nil {
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

// begin ends the table that is being written, and begins another one.
func (r *Restoration) begin(ctx context.Context, table string) error {
	if err := r.flush(ctx); err != nil {
		return err
	}
	if !slices.Contains(r.tables, table) {
		return fmt.Errorf("the database has no table %.100q to restore", table)
	}
	columns, err := columnsOf(r.Query(ctx), table)
	if err != nil {
		return r.Failed(ctx, err, "read the columns of table %s", table)
	}
	r.table, r.columns = table, columns
	return nil
}

// flush writes the collected rows by one statement.
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
	err := r.Query(ctx).Exec(statement, r.values...).Error
	clear(r.values)
	r.values, r.bytes = r.values[:0], 0
	return r.Failed(ctx, err, "write rows of table %s", r.table)
}
