package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/eosc-perf/backend/adapters/gormdb/sqlite"
	"github.com/eosc-perf/backend/adapters/migrations"
)

// column is a row of what the embedded database tells of itself.
type column struct {
	Table, Name, Type string
	Required          bool
	Key               int
	Refers            string
}

const columnsQuery = `
SELECT t.name AS "table", c.name, lower(c.type) AS type, c."notnull" AS required, c.pk AS "key",
       coalesce((SELECT min(f."table" || '.' || f."to") FROM pragma_foreign_key_list(t.name) f WHERE f."from" = c.name), '') AS refers
FROM sqlite_master t JOIN pragma_table_info(t.name) c
WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'
ORDER BY t.name, c.cid`

// schemaPage is made of a database that all revisions have run on.
func schemaPage(ctx context.Context) (string, error) {
	columns, err := columnsOfAll(ctx)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString("# Tables\n\n" + writtenBy + `
These are the tables of the embedded database after all
[revisions](../migrations.md). PostgreSQL has the same tables and columns, with its own
types: uuid for ids, timestamp without time zone in UTC, json or jsonb for documents,
and the enumerated type resourcestatus for status.
`)
	table := ""
	for _, c := range columns {
		if c.Table != table {
			table = c.Table
			fmt.Fprintf(&b, "\n## %s\n\n| column | type | null | key | refers to |\n| --- | --- | --- | --- | --- |\n", table)
		}
		null, key := "yes", ""
		if c.Required {
			null = "no"
		}
		if c.Key > 0 {
			key = "primary"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", c.Name, c.Type, null, key, c.Refers)
	}
	return b.String(), nil
}

func columnsOfAll(ctx context.Context) (columns []column, err error) {
	folder, err := os.MkdirTemp("", "eosc-perf-docs")
	if err != nil {
		return nil, fmt.Errorf("make a folder for the database: %w", err)
	}
	defer func() { _ = os.RemoveAll(folder) }() // the system clears what stays
	store, err := sqlite.Open(ctx, filepath.Join(folder, "eosc-perf.db"))
	if err != nil {
		return nil, err
	}
	defer func() { _ = store.Close() }() // nothing of it is kept
	revisions, err := migrations.Load("sqlite")
	if err != nil {
		return nil, err
	}
	if _, err := migrations.Upgrade(ctx, store.DB(), revisions, "head", migrations.Options{}); err != nil {
		return nil, err
	}
	err = store.DB().WithContext(ctx).Raw(columnsQuery).Scan(&columns).Error
	return columns, err
}
