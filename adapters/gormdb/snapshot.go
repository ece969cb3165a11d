package gormdb

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"gorm.io/gorm"
)

// wholeTables are those that a backup holds, so that what a row refers to comes
// before it: but for a claim's result, whose key is checked at the end. What
// triggers derive from them is not among them.
var wholeTables = []string{"user", "submit", "tag", "benchmark", "site", "flavor", "claim", "result", "result_tags", "outbox"}

// Snapshot is one state of the database, whatever others write meanwhile.
type Snapshot struct {
	store  *Store
	db     *gorm.DB
	tables []string
}

// Snapshot lets read look at one state of the database. Nobody is kept from
// writing rows; in PostgreSQL changes of the tables themselves wait.
func (s *Store) Snapshot(ctx context.Context, read func(ctx context.Context, in *Snapshot) error) error {
	return s.whole(ctx, s.dialect.BeginSnapshot, func(ctx context.Context, db *gorm.DB, tables []string) error {
		return read(ctx, &Snapshot{store: s, db: db, tables: tables})
	})
}

// whole does some work in a transaction on one connection that begins with these
// statements.
func (s *Store) whole(
	ctx context.Context, begin func(tables []string) []string, work func(ctx context.Context, db *gorm.DB, tables []string) error,
) error {
	in := session{store: s}
	return s.db.WithContext(ctx).Connection(func(connection *gorm.DB) error {
		in.db = connection.WithContext(ctx)
		tables, err := wholeTablesIn(in.db)
		if err != nil {
			return in.failed(ctx, err, "look for the tables")
		}
		// After a commit, which work may do, it only complains.
		defer func() { connection.WithContext(context.WithoutCancel(ctx)).Exec("ROLLBACK") }()
		for _, statement := range begin(tables) {
			if err := in.db.Exec(statement).Error; err != nil {
				return in.failed(ctx, err, "begin to read or write whole tables")
			}
		}
		return work(ctx, in.db, tables)
	})
}

// wholeTablesIn are those that are there: a schema of before has fewer.
func wholeTablesIn(db *gorm.DB) ([]string, error) {
	there, err := db.Migrator().GetTables()
	return slices.DeleteFunc(slices.Clone(wholeTables), func(name string) bool { return !slices.Contains(there, name) }), err
}

// DB is where those look who know what this package does not: the revision.
func (s *Snapshot) DB() *gorm.DB { return s.db }

// Tables are those that Rows reads, in the order in which Restoration takes them.
func (s *Snapshot) Tables() []string { return s.tables }

// Count is how many rows there are in all.
func (s *Snapshot) Count(ctx context.Context) (total int64, err error) {
	for _, table := range s.tables {
		var count int64
		if err := s.db.WithContext(ctx).Table(table).Count(&count).Error; err != nil {
			return 0, wrap(s.store.translate(ctx, err), "count the rows of table %s", table)
		}
		total += count
	}
	return total, nil
}

// Rows tells of each row of a table, in no order, as a JSON object: of columns and
// texts, numbers, booleans and nulls. JSON documents are texts, so that each comes
// as it is spelled; date-times have six digits of a second. The row is valid until
// each returns, whose error is the end of it.
func (s *Snapshot) Rows(ctx context.Context, table string, each func(row []byte) error) error {
	return s.rows(ctx, table, each, "")
}

// rows are those that the clause chooses.
func (s *Snapshot) rows(ctx context.Context, table string, each func(row []byte) error, clause string, bound ...any) error {
	columns, err := columnsOf(s.db.WithContext(ctx), table)
	if err != nil {
		return wrap(s.store.translate(ctx, err), "read the columns of table %s", table)
	}
	rows, err := s.db.WithContext(ctx).Raw(selectTexts(table, columns)+clause, bound...).Rows()
	if err != nil {
		return wrap(s.store.translate(ctx, err), "read table %s", table)
	}
	defer func() { _ = rows.Close() }() // rows.Err tells
	values, places := make([]sql.RawBytes, len(columns)), make([]any, len(columns))
	for i := range values {
		places[i] = &values[i]
	}
	var row []byte
	for rows.Next() {
		if err := rows.Scan(places...); err != nil {
			return wrap(s.store.translate(ctx, err), "read table %s", table)
		}
		if row, err = appendRow(row[:0], columns, values); err != nil {
			return fmt.Errorf("table %s: %w", table, err)
		}
		if err := each(row); err != nil {
			return err
		}
	}
	return wrap(s.store.translate(ctx, rows.Err()), "read table %s", table)
}

func quoted(name string) string { return `"` + name + `"` }
