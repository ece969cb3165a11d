package storetest

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gorm.io/gorm"

	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/adapters/gormdb/session"
)

// WantPrepared fails if the database of the store, which has all tables, does not accept
// one of the statements. It executes none of them. fragments replace parts of the
// statements by SQL.
func WantPrepared(t *testing.T, store *gormdb.Store, statements session.Statements, fragments ...string) {
	t.Helper()
	for _, name := range slices.Sorted(maps.Keys(statements)) {
		t.Run(name, func(t *testing.T) {
			statement := numbered(t, store, strings.NewReplacer(fragments...).Replace(statements[name]))
			if err := prepare(t, store, statement); err != nil {
				t.Errorf("%v in\n%s", err, statement.SQL)
			}
		})
	}
}

// prepare asks the database to parse and plan the statement. The driver of SQLite delays
// that until a statement is executed, and EXPLAIN executes nothing.
func prepare(t *testing.T, store *gormdb.Store, statement session.Statement) error {
	t.Helper()
	pool, err := store.DB().DB()
	if err != nil {
		t.Fatal(err)
	}
	if store.DB().Name() == "sqlite" {
		rows, err := pool.QueryContext(t.Context(), "EXPLAIN "+statement.SQL, statement.Values...)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }() // rows.Err has the error
		for rows.Next() {
			continue // the driver reads on
		}
		return rows.Err()
	}
	prepared, err := pool.PrepareContext(t.Context(), statement.SQL)
	if err != nil {
		return err
	}
	defer func() { _ = prepared.Close() }() // the database has accepted the statement
	return nil
}

var (
	listName  = regexp.MustCompile(`IN @(\w+)`)
	valueName = regexp.MustCompile(`@(\w+)`)
)

// numbered replaces the names of values, as GORM does.
func numbered(t *testing.T, store *gormdb.Store, sql string) session.Statement {
	t.Helper()
	values := map[string]any{}
	for _, found := range valueName.FindAllStringSubmatch(sql, -1) {
		values[found[1]] = nil
	}
	for _, found := range listName.FindAllStringSubmatch(sql, -1) {
		values[found[1]] = []string{"one", "two"}
	}
	if len(values) == 0 {
		return session.Statement{SQL: sql}
	}
	var none []map[string]any
	dry := store.DB().Session(&gorm.Session{DryRun: true}).Raw(sql, values).Find(&none)
	if dry.Error != nil {
		t.Fatal(dry.Error)
	}
	return session.Statement{SQL: dry.Statement.SQL.String(), Values: dry.Statement.Vars}
}
