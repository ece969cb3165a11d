package dump

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"

	"github.com/eosc-perf/backend/adapters/gormdb/session"
	"github.com/eosc-perf/backend/adapters/gormdb/tables"
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
	// inserted counts the rows that came, those of the next statement included.
	inserted int64
	// late are those of lateReferences that the tables have.
	late []reference
	// trial: see Dump.Trial.
	trial bool
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
		r := &restoration{Session: in, connection: connection, schema: d.schema, tables: names, trial: d.trial}
		if err := r.checkEmpty(ctx); err != nil {
			return err
		}
		if err := write(ctx, r); err != nil {
			return err
		}
		if err := r.flush(ctx); err != nil {
			return err
		}
		if err := errors.Join(r.checkReferences(ctx), r.checkTrail(ctx)); err != nil {
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

// Tables implements ports.Restoration.
func (r *restoration) Tables() []string { return r.tables }

// Insert implements ports.Restoration.
func (r *restoration) Insert(ctx context.Context, table string, row []byte) error {
	if table != r.table {
		if err := r.begin(ctx, table); err != nil {
			return err
		}
	}
	r.inserted++
	values, err := parseRow(table, row, r.columns)
	if err != nil {
		return &ports.RowError{Row: r.inserted, Table: table, Cause: err}
	}
	if r.trial {
		forgetDocuments(table, r.columns, values)
	}
	r.values = append(r.values, values...)
	r.bytes += len(row)
	limit := batchValues
	if rows := r.Dialect.InsertedRows; rows > 0 {
		limit = min(limit, rows*len(r.columns))
	}
	if r.bytes < batchBytes && len(r.values) < limit {
		return nil
	}
	return r.flush(ctx)
}

// forgetDocuments replaces the JSON documents of a row by the shortest one.
func forgetDocuments(table string, columns []column, values []any) {
	kinds := tables.Kinds()[table]
	for i, c := range columns {
		if kinds[c.name] == tables.JSON && values[i] != nil {
			values[i] = "null"
		}
	}
}

// Record implements ports.Restoration. An older schema may lack the table, or columns of it.
func (r *restoration) Record(ctx context.Context, e domain.Event) error {
	row := tables.NewAuditEvent(e)
	if !slices.Contains(r.tables, row.TableName()) {
		return nil
	}
	if err := r.flush(ctx); err != nil {
		return err
	}
	columns, err := columnsOf(r.Query(ctx), row.TableName())
	if err != nil {
		return r.Failed(ctx, err, "read the columns of table %s", row.TableName())
	}
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.name
	}
	return r.Failed(ctx, r.Query(ctx).Select(names).Create(&row).Error, "note the restoration in the audit trail")
}

// begin ends the table that is being written, and begins another one.
func (r *restoration) begin(ctx context.Context, table string) error {
	if err := r.flush(ctx); err != nil {
		return err
	}
	if !slices.Contains(r.tables, table) {
		return &ports.RowError{Row: r.inserted + 1, Table: table, Cause: errors.New("the revision of the backup has no such table")}
	}
	columns, err := columnsOf(r.Query(ctx), table)
	if err != nil {
		return r.Failed(ctx, err, "read the columns of table %s", table)
	}
	r.table, r.columns = table, columns
	for _, late := range lateReferences {
		if late.table == table && slices.ContainsFunc(columns, func(c column) bool { return c.name == late.column }) {
			r.late = append(r.late, late)
		}
	}
	return nil
}

// flush writes the collected rows by one statement. If the database refuses it, the rows are
// written one by one, to find the one that is wrong.
func (r *restoration) flush(ctx context.Context) error {
	if len(r.values) == 0 {
		return nil
	}
	err := r.insert(ctx, r.values)
	if err != nil && ctx.Err() == nil {
		err = r.findRefused(ctx, err)
	}
	clear(r.values)
	r.values, r.bytes = r.values[:0], 0
	return err
}

// findRefused returns the error of the first row that the database refuses, or the given one
// if it accepts all. An error that another try may not meet says nothing about a row.
func (r *restoration) findRefused(ctx context.Context, refused error) error {
	count := int64(len(r.values) / len(r.columns))
	row := r.inserted - count
	for values := range slices.Chunk(r.values, len(r.columns)) {
		row++
		if err := r.insert(ctx, values); domain.KindOf(err) == domain.Unavailable {
			return err
		} else if err != nil {
			return &ports.RowError{Row: row, Table: r.table, Cause: err}
		}
	}
	return refused
}

// insert writes rows. After an error the transaction goes on without them.
func (r *restoration) insert(ctx context.Context, values []any) error {
	names := make([]string, len(r.columns))
	for i, c := range r.columns {
		names[i] = quoted(c.name)
	}
	row := "(?" + strings.Repeat(", ?", len(r.columns)-1) + ")"
	statement := "INSERT INTO " + quoted(r.table) + " (" + strings.Join(names, ", ") + ") VALUES " +
		row + strings.Repeat(", "+row, len(values)/len(r.columns)-1)
	err := r.Query(ctx).Exec("SAVEPOINT rows").Error
	if err == nil {
		err = r.Query(ctx).Exec(statement, values...).Error
		end := "RELEASE SAVEPOINT rows"
		if err != nil {
			end = "ROLLBACK TO SAVEPOINT rows"
		}
		err = errors.Join(err, r.Query(ctx).Exec(end).Error)
	}
	return r.Failed(ctx, err, "write rows of table %s", r.table)
}

// reference is a column that refers to a result.
type reference struct{ table, column, what string }

// lateReferences are those that the database checks only when the transaction is committed, without
// saying which row it is.
var lateReferences = []reference{{"claim", "result_id", "is of"}, {"result", "supersedes", "corrects"}}

// checkReferences returns an error for a row that refers to a result that is not there.
func (r *restoration) checkReferences(ctx context.Context) error {
	for _, late := range r.late {
		var ids []string
		question := "SELECT CAST(id AS text) FROM " + late.table + " AS referring WHERE " + late.column + " IS NOT NULL" +
			" AND NOT EXISTS (SELECT 1 FROM result WHERE result.id = referring." + late.column + ") ORDER BY id LIMIT 1"
		if err := r.Query(ctx).Raw(question).Scan(&ids).Error; err != nil {
			return r.Failed(ctx, err, "check what refers to results")
		}
		if len(ids) > 0 {
			cause := fmt.Errorf("%s %s %s a result that is not there: nothing is committed", late.table, ids[0], late.what)
			return &ports.RowError{Table: late.table, ID: ids[0], Cause: cause}
		}
	}
	return nil
}

// checkTrail returns an error for an entry of the audit trail behind its end: nothing could be added to
// the trail any more.
func (r *restoration) checkTrail(ctx context.Context) error {
	if !slices.Contains(r.tables, "audit_entry") || !slices.Contains(r.tables, "audit_head") {
		return nil
	}
	var ids []string
	const question = "SELECT CAST(id AS text) FROM audit_entry" +
		" WHERE seq > coalesce((SELECT seq FROM audit_head WHERE name = ?), 0) ORDER BY seq LIMIT 1"
	if err := r.Query(ctx).Raw(question, tables.AuditHeadName).Scan(&ids).Error; err != nil || len(ids) == 0 {
		return r.Failed(ctx, err, "check the end of the audit trail")
	}
	cause := fmt.Errorf("entry %s of the audit trail is behind the end that table audit_head names: nothing is committed", ids[0])
	return &ports.RowError{Table: "audit_entry", ID: ids[0], Cause: cause}
}
