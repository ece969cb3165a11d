package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/adapters/gormdb/tables"
	"github.com/eosc-perf/backend/adapters/migrations"
	"github.com/eosc-perf/backend/cmd/wiring"
)

// column is a row of what a database tells of itself. Only PostgreSQL is asked for
// what comes after the type, which is the same in both.
type column struct {
	Table, Name, Type string
	Required, Primary bool
	Refers            string
}

const postgresColumns = `
SELECT t.relname AS "table", c.attname AS name, format_type(c.atttypid, c.atttypmod) AS type, c.attnotnull AS required,
       EXISTS (SELECT FROM pg_index i WHERE i.indrelid = t.oid AND i.indisprimary AND c.attnum = ANY (i.indkey)) AS "primary",
       coalesce((SELECT min(there.relname || '.' || other.attname)
         FROM pg_constraint f CROSS JOIN LATERAL unnest(f.conkey, f.confkey) AS pair (own, other)
         JOIN pg_class there ON there.oid = f.confrelid
         JOIN pg_attribute other ON other.attrelid = f.confrelid AND other.attnum = pair.other
         WHERE f.contype = 'f' AND f.conrelid = t.oid AND pair.own = c.attnum), '') AS refers
FROM pg_class t JOIN pg_attribute c ON c.attrelid = t.oid AND c.attnum > 0 AND NOT c.attisdropped
WHERE t.relkind = 'r' AND t.relnamespace = current_schema()::regnamespace
ORDER BY t.relname COLLATE "C", c.attnum`

const sqliteColumns = `
SELECT t.name AS "table", c.name, lower(c.type) AS type
FROM sqlite_master t JOIN pragma_table_info(t.name) c WHERE t.type = 'table'`

// schemaPage is made of two databases that all revisions have run on.
func schemaPage(ctx context.Context, postgresURL string) (string, error) {
	columns, embedded, err := columnsOfBoth(ctx, postgresURL)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString("# Tables\n\n" + writtenBy + `
These are the tables of both kinds of databases after all [revisions](../migrations.md).
Both have the same columns. Times are UTC; in SQLite they are texts of fixed width.
Tables without a SQLite type are in PostgreSQL only: they are derived from the others,
for [filters and sorts](../performance.md).
`)
	enums := tables.Enums()
	for _, name := range slices.Sorted(maps.Keys(enums)) {
		fmt.Fprintf(&b, "\nValues of the enumerated type %s: `%s`. SQLite checks the same.\n", name, strings.Join(enums[name], "`, `"))
	}
	table := ""
	for _, c := range columns {
		if c.Table != table {
			table = c.Table
			fmt.Fprintf(&b, "\n## %s\n\n| column | PostgreSQL | SQLite | null | key | refers to |\n| --- | --- | --- | --- | --- | --- |\n", table)
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s | %s |\n", c.Name, c.Type, embedded[c.Table+"."+c.Name],
			either(c.Required, "no", "yes"), either(c.Primary, "primary", ""), c.Refers)
	}
	return b.String(), nil
}

func either(condition bool, yes, no string) string {
	if condition {
		return yes
	}
	return no
}

// columnsOfBoth are PostgreSQL's columns, and SQLite's types by TABLE.COLUMN.
func columnsOfBoth(ctx context.Context, postgresURL string) (columns []column, embedded map[string]string, err error) {
	revisions := map[string][]migrations.Revision{}
	for _, dialect := range migrations.Dialects() {
		if revisions[dialect], err = migrations.Load(dialect); err != nil {
			return nil, nil, fmt.Errorf("load the revisions: %w", err)
		}
	}
	err = wiring.WithPostgres(ctx, postgresURL, revisions["postgres"], func(store *gormdb.Store) error {
		return store.DB().WithContext(ctx).Raw(postgresColumns).Scan(&columns).Error
	})
	if err != nil {
		return nil, nil, fmt.Errorf("describe PostgreSQL's tables: %w", err)
	}
	embedded = map[string]string{}
	err = wiring.WithEmbedded(ctx, revisions["sqlite"], func(store *gormdb.Store) error {
		var found []column
		err := store.DB().WithContext(ctx).Raw(sqliteColumns).Scan(&found).Error
		for _, c := range found {
			embedded[c.Table+"."+c.Name] = c.Type
		}
		return err
	})
	if err != nil {
		return nil, nil, fmt.Errorf("describe SQLite's tables: %w", err)
	}
	return columns, embedded, nil
}
