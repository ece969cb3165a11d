package dump

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"github.com/eosc-perf/backend/adapters/gormdb/session"
	"github.com/eosc-perf/backend/adapters/gormdb/tables"
	"github.com/eosc-perf/backend/core/domain"
)

// snapshot implements ports.Snapshot.
type snapshot struct {
	session.Session

	connection *gorm.DB
	schema     SchemaReader
	tables     []string
}

// snapshot lets the function read one state of the database. Others can write rows; in
// PostgreSQL, changes of the schema wait.
func (d Dump) snapshot(ctx context.Context, read func(in *snapshot) error) error {
	begin := d.database.Dialect.Transactions.BeginSnapshot
	return transaction(ctx, d.database, begin, func(in session.Session, connection *gorm.DB, names []string) error {
		return read(&snapshot{Session: in, connection: connection, schema: d.schema, tables: names})
	})
}

// transaction runs the work on one connection, in a transaction that these statements
// begin. It rolls the transaction back afterwards, unless the work has committed it.
func transaction(
	ctx context.Context, database *session.Database, begin func(names []string) []string,
	work func(in session.Session, connection *gorm.DB, names []string) error,
) error {
	return database.DB().WithContext(ctx).Connection(func(connection *gorm.DB) error {
		connection = connection.WithContext(ctx)
		in := database.SessionOn(connection)
		names, err := existingTables(connection)
		if err != nil {
			return in.Failed(ctx, err, "look for the tables")
		}
		// After a commit this only returns an error.
		defer func() { connection.WithContext(context.WithoutCancel(ctx)).Exec("ROLLBACK") }()
		for _, statement := range begin(names) {
			if err := connection.Exec(statement).Error; err != nil {
				return in.Failed(ctx, err, "begin to read or write whole tables")
			}
		}
		return work(in, connection, names)
	})
}

// existingTables returns those of the tables of a dump that exist: an older schema has
// fewer.
func existingTables(db *gorm.DB) ([]string, error) {
	existing, err := db.Migrator().GetTables()
	return slices.DeleteFunc(tables.Dumped(), func(name string) bool { return !slices.Contains(existing, name) }), err
}

// Schema implements ports.Snapshot.
func (s *snapshot) Schema(ctx context.Context) (domain.SchemaState, error) {
	return s.schema.StateOf(ctx, s.connection)
}

// Tables implements ports.Snapshot.
func (s *snapshot) Tables() []string { return s.tables }

// Count implements ports.Snapshot.
func (s *snapshot) Count(ctx context.Context) (total int64, err error) {
	for _, table := range s.tables {
		var count int64
		if err := s.Query(ctx).Table(table).Count(&count).Error; err != nil {
			return 0, s.Failed(ctx, err, "count the rows of table %s", table)
		}
		total += count
	}
	return total, nil
}

// Rows implements ports.Snapshot. A row has a member for each column: a text, a number, a
// boolean or null.
func (s *snapshot) Rows(ctx context.Context, table string, each func(row []byte) error) error {
	columns, err := s.columnsOf(ctx, table)
	if err != nil {
		return err
	}
	var row []byte
	return s.values(ctx, table, columns, func(values []sql.RawBytes) (err error) {
		if row, err = storableRow(row[:0], table, columns, values); err != nil {
			return fmt.Errorf("table %s: %s could not be restored: %w; `admin check` names all such rows", table, nameOf(columns, values), err)
		}
		return each(row)
	}, "")
}

// rowsOf reads columns of the rows that a WHERE clause chooses.
func (s *snapshot) rowsOf(
	ctx context.Context, table string, columns []column, each func(row []byte) error, where string, bound ...any,
) error {
	var row []byte
	return s.values(ctx, table, columns, func(values []sql.RawBytes) (err error) {
		if row, err = appendRow(row[:0], columns, values); err != nil {
			return fmt.Errorf("table %s: %s: %w", table, nameOf(columns, values), err)
		}
		return each(row)
	}, where, bound...)
}

func (s *snapshot) columnsOf(ctx context.Context, table string) ([]column, error) {
	columns, err := columnsOf(s.Query(ctx), table)
	return columns, s.Failed(ctx, err, "read the columns of table %s", table)
}

// values reads the columns, as texts, of the rows that a WHERE clause chooses.
func (s *snapshot) values(
	ctx context.Context, table string, columns []column, each func(values []sql.RawBytes) error, where string, bound ...any,
) error {
	values, pointers := make([]sql.RawBytes, len(columns)), make([]any, len(columns))
	for i := range values {
		pointers[i] = &values[i]
	}
	return s.EachRow(ctx, s.Query(ctx).Raw(selectTexts(table, columns)+where, bound...), "read table "+table,
		func(row *sql.Rows) error { return row.Scan(pointers...) },
		func() error { return each(values) })
}

func quoted(name string) string { return `"` + name + `"` }
