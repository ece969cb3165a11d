package gormdb_test

import (
	"slices"
	"strings"
	"testing"

	"gorm.io/gorm"

	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/adapters/gormdb/tables"
)

// Whatever GORM would make of the rows is what the revisions make.
func TestRowsMapOntoTheSchema(t *testing.T) {
	for _, c := range []struct {
		name    string
		open    func(*testing.T, ...gormdb.Option) *gormdb.Store
		prepare []string
		queries []string
	}{
		{
			name: "postgres", open: unpreparedPostgres,
			prepare: []string{"CREATE TYPE resourcestatus AS ENUM ('on_review', 'approved')"},
			queries: []string{
				`SELECT table_name || '.' || column_name || ' ' || udt_name || ' null ' || is_nullable || coalesce(' default ' || column_default, '')
					FROM information_schema.columns WHERE table_schema = current_schema()`,
				`SELECT conrelid::regclass::text || ' ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
					WHERE connamespace = current_schema()::regnamespace AND contype IN ('p', 'f')`,
				`SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema()`,
			},
		},
		{
			name: "sqlite", open: unpreparedSQLite,
			queries: []string{
				`SELECT m.name || '.' || c.name || ' ' || upper(c.type) || ' ' || c."notnull" || ' key ' || c.pk || coalesce(' default ' || c.dflt_value, '')
					FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table'`,
				`SELECT m.name || ' (' || group_concat(k."from") || ') ' || k."table" || ' (' || group_concat(k."to") || ') ' || k.on_delete
					FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) k WHERE m.type = 'table' GROUP BY m.name, k.id`,
				`SELECT m.name || ' ' || (SELECT group_concat(name) FROM pragma_index_info(i.name)) || ' unique ' || i."unique" || ' partial ' || i.partial
					FROM sqlite_master m JOIN pragma_index_list(m.name) i WHERE m.type = 'table'`,
			},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			fromRows := c.open(t).DB()
			for _, statement := range c.prepare {
				if err := fromRows.Exec(statement).Error; err != nil {
					t.Fatal(err)
				}
			}
			// Claims and results refer to each other: PostgreSQL needs all tables first.
			fromRows.DisableForeignKeyConstraintWhenMigrating = fromRows.Name() == "postgres"
			for range 2 {
				if err := fromRows.AutoMigrate(tables.Models()...); err != nil {
					t.Fatal(err)
				}
				fromRows.DisableForeignKeyConstraintWhenMigrating = false
			}
			fromRevisions := prepared(t, c.open(t)).DB()
			for _, query := range c.queries {
				got, want := describe(t, fromRows, query), describe(t, fromRevisions, query)
				if missing := without(want, got); len(missing) > 0 {
					t.Errorf("the rows lack\n  %s", strings.Join(missing, "\n  "))
				}
				if surplus := without(got, want); len(surplus) > 0 {
					t.Errorf("only the rows have\n  %s", strings.Join(surplus, "\n  "))
				}
			}
		})
	}
}

func describe(t *testing.T, db *gorm.DB, query string) []string {
	t.Helper()
	var lines []string
	if err := db.Raw(query).Scan(&lines).Error; err != nil {
		t.Fatal(err)
	}
	if len(lines) == 0 {
		t.Fatalf("nothing is found by %s", query)
	}
	// The revisions' own table is none of ours; the tables of values are only
	// PostgreSQL's, and only triggers write them.
	return slices.DeleteFunc(lines, func(line string) bool {
		return strings.Contains(line, "schema_revision") || strings.Contains(line, "reference_change") || strings.Contains(line, "result_leaf") || strings.Contains(line, "result_value")
	})
}

func without(all, these []string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(line string) bool { return slices.Contains(these, line) })
}
