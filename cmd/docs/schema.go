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

// schemaPage describes the tables of two databases on which all revisions have run.
func schemaPage(ctx context.Context, postgresURL string) (string, error) {
	columns, embedded, err := columnsOfBoth(ctx, postgresURL)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString("# Tables\n\n" + writtenBy + `
These are the tables of both kinds of databases after all [revisions](../how-to/migrate-the-schema.md).
Both kinds have the same columns. Times are in UTC. In SQLite a time is a text of fixed width.
Tables without a SQLite type are in PostgreSQL only. Triggers derive them from the other tables,
for [filters and sorts](../explanation/performance.md#derived-data).
`)
	enums := tables.Enums()
	for _, name := range slices.Sorted(maps.Keys(enums)) {
		fmt.Fprintf(&b, "\nValues of the enumerated type %s: `%s`. SQLite checks the same.\n", name, strings.Join(enums[name], "`, `"))
	}
	table := ""
	for _, c := range columns {
		if c.Table != table {
			table = c.Table
			fmt.Fprintf(&b, "\n## %s\n\n%s| column | PostgreSQL | SQLite | null | key | refers to |\n| --- | --- | --- | --- | --- | --- |\n",
				table, origin(table))
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s | %s |\n", c.Name, c.Type, embedded[c.Table+"."+c.Name],
			either(c.Required, "no", "yes"), either(c.Primary, "primary", ""), c.Refers)
	}
	return b.String(), nil
}

// origin says whether a backup contains the table or triggers derive it, and which of its
// columns are personal data. It is empty for the table of the revisions.
func origin(table string) string {
	i := slices.IndexFunc(tables.Registry, func(t tables.Table) bool { return t.Name == table })
	if i < 0 {
		return ""
	}
	entry := tables.Registry[i]
	text := "A backup contains this table."
	if entry.Passing {
		text = "A backup does not contain this table, and a restored database begins without its rows."
	} else if !entry.Dumped {
		text = "Triggers derive this table from " + quotedList(entry.DerivedFrom) + "; a backup does not contain it."
	}
	if len(entry.Personal) > 0 {
		text += " Personal data: " + quotedList(entry.Personal) + "."
	}
	return text + "\n\n"
}

func quotedList(names []string) string { return "`" + strings.Join(names, "`, `") + "`" }

func either(condition bool, yes, no string) string {
	if condition {
		return yes
	}
	return no
}

// columnsOfBoth returns PostgreSQL's columns, and SQLite's types by TABLE.COLUMN.
func columnsOfBoth(ctx context.Context, postgresURL string) (columns []migrations.Column, embedded map[string]string, err error) {
	revisions := map[string][]migrations.Revision{}
	for _, dialect := range migrations.Dialects() {
		if revisions[dialect], err = migrations.Load(dialect); err != nil {
			return nil, nil, fmt.Errorf("load the revisions: %w", err)
		}
	}
	err = wiring.WithPostgres(ctx, postgresURL, revisions["postgres"], func(store *gormdb.Store) (err error) {
		columns, err = migrations.NewSchema(store, nil).Columns(ctx)
		return err
	})
	if err != nil {
		return nil, nil, fmt.Errorf("describe PostgreSQL's tables: %w", err)
	}
	embedded = map[string]string{}
	err = wiring.WithEmbedded(ctx, revisions["sqlite"], func(store *gormdb.Store) error {
		found, err := migrations.NewSchema(store, nil).Columns(ctx)
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
