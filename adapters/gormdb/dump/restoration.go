package dump

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"

	"github.com/eosc-perf/backend/adapters/gormdb/session"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// restoration implements ports.Restoration.
type restoration struct {
	session.Session

	connection *gorm.DB
	schema     SchemaReader
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

// Restore implements ports.Tables.
func (d Dump) Restore(ctx context.Context, write func(ctx context.Context, to ports.Restoration) error) error {
	begin := d.database.Dialect.Transactions.BeginRestore
	return transaction(ctx, d.database, begin, func(in session.Session, connection *gorm.DB, names []string) error {
		r := &restoration{Session: in, connection: connection, schema: d.schema, tables: names}
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

func (r *restoration) checkEmpty(ctx context.Context) error {
	for _, table := range r.tables {
		var hasRows bool
		err := r.Query(ctx).Raw("SELECT EXISTS (SELECT 1 FROM " + quoted(table) + ")").Scan(&hasRows).Error
		if err != nil {
			return r.Failed(ctx, err, "look whether table %s is empty", table)
		}
		if hasRows {
			return fmt.Errorf("%w: table %s has rows", ports.ErrNotEmpty, table)
		}
	}
	return nil
}

// Schema implements ports.Restoration.
func (r *restoration) Schema(ctx context.Context) (domain.SchemaState, error) {
	return r.schema.StateOf(ctx, r.connection)
}

// Insert implements ports.Restoration.
func (r *restoration) Insert(ctx context.Context, table string, row []byte) error {
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
func (r *restoration) begin(ctx context.Context, table string) error {
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
func (r *restoration) flush(ctx context.Context) error {
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
