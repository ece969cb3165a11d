package tables_test

import (
	"slices"
	"strings"
	"testing"

	"gorm.io/gorm"

	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/adapters/gormdb/storetest"
	"github.com/eosc-perf/backend/adapters/gormdb/tables"
)

// The revisions make the tables that GORM would make of the models.
func TestModelsMatchTheSchemaOfTheRevisions(t *testing.T) {
	for _, c := range []struct {
		name    string
		open    func(testing.TB, ...gormdb.Option) *gormdb.Store
		prepare []string
		queries []string
	}{
		{
			name: "postgres", open: storetest.EmptyPostgres,
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
			name: "sqlite", open: storetest.EmptySQLite,
			queries: []string{
				`SELECT m.name || '.' || c.name || ' ' || upper(c.type) || ' ' || c."notnull" || ' key ' || c.pk
					|| coalesce(' default ' || c.dflt_value, '')
					FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table'`,
				`SELECT m.name || ' (' || group_concat(k."from") || ') ' || k."table" || ' (' || group_concat(k."to") || ') ' || k.on_delete
					FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) k WHERE m.type = 'table' GROUP BY m.name, k.id`,
				`SELECT m.name || ' ' || (SELECT group_concat(name) FROM pragma_index_info(i.name)) || ' unique ' || i."unique"
					|| ' partial ' || i.partial
					FROM sqlite_master m JOIN pragma_index_list(m.name) i WHERE m.type = 'table'`,
			},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			fromModels := c.open(t).DB()
			for _, statement := range c.prepare {
				if err := fromModels.Exec(statement).Error; err != nil {
					t.Fatal(err)
				}
			}
			// Claims and results refer to each other: PostgreSQL needs all tables first.
			fromModels.DisableForeignKeyConstraintWhenMigrating = fromModels.Name() == "postgres"
			for range 2 {
				if err := fromModels.AutoMigrate(tables.Models()...); err != nil {
					t.Fatal(err)
				}
				fromModels.DisableForeignKeyConstraintWhenMigrating = false
			}
			fromRevisions := storetest.WithTables(t, c.open(t)).DB()
			for _, query := range c.queries {
				got, want := describe(t, fromModels, query), describe(t, fromRevisions, query)
				if missing := without(want, got); len(missing) > 0 {
					t.Errorf("the models lack\n  %s", strings.Join(missing, "\n  "))
				}
				if surplus := without(got, want); len(surplus) > 0 {
					t.Errorf("only the models have\n  %s", strings.Join(surplus, "\n  "))
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
	return slices.DeleteFunc(lines, isWithoutModel)
}

// isWithoutModel tells whether the line is about a table without a model: the table of the
// revisions, or one that only triggers write.
func isWithoutModel(line string) bool {
	return strings.Contains(line, revisionTable) || slices.ContainsFunc(tables.Registry, func(table tables.Table) bool {
		return table.Model == nil && strings.Contains(line, table.Name)
	})
}

func without(all, these []string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(line string) bool { return slices.Contains(these, line) })
}
