package migrations

import (
	"errors"
	"flag"
	"os"
	"strings"
	"testing"

	"gorm.io/gorm"
)

var updateParts = flag.Bool("update", false, "write the lists of the parts of the schema")

// TestPartsAreThoseThatTheRevisionsMake: a new revision changes the lists by `-update`.
func TestPartsAreThoseThatTheRevisionsMake(t *testing.T) {
	eachDialect(t, func(t *testing.T, s server) {
		schema, _ := complete(t, s)
		parts, err := schema.parts(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		text, file := strings.Join(parts, "\n")+"\n", "parts/"+s.dialect+".txt"
		if *updateParts {
			if err := os.WriteFile(file, []byte(text), 0o644); err != nil { //nolint:gosec // sources may be read
				t.Fatal(err)
			}
			return
		}
		wanted, err := os.ReadFile(file)
		if err != nil || string(wanted) != text {
			t.Errorf("%s is not what the revisions make (%v): run this test with -update", file, err)
		}
	})
}

// complete is a database with all revisions.
func complete(t *testing.T, s server) (Schema, *gorm.DB) {
	t.Helper()
	db := s.open(t)
	revisions := load(t, s.dialect)
	upgrade(t, db, revisions)
	return schemaOf(db, revisions), db
}

func TestMissingPartsOfASchemaAreNamed(t *testing.T) {
	for _, c := range []struct{ name, postgres, sqlite, essential, other string }{
		{name: "nothing"},
		{"a table", "DROP TABLE site CASCADE", "DROP TABLE site", "table site", ""},
		{"a column", "ALTER TABLE site DROP COLUMN description", "ALTER TABLE site DROP COLUMN description", "column site.description", ""},
		{"a trigger", "DROP TRIGGER result_outline_insert ON result", "DROP TRIGGER metric_path_delete", "trigger ", ""},
		{"a trigger that is off", "ALTER TABLE result DISABLE TRIGGER ALL", "", "trigger result.", ""},
		{"an index", "DROP INDEX audit_entry_actor_idx", "DROP INDEX audit_entry_actor_idx", "", "index audit_entry.audit_entry_actor_idx"},
		{"an index that is not valid", "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'audit_entry_actor_idx'::regclass", "",
			"", "index audit_entry.audit_entry_actor_idx"},
		{"another revision", "INSERT INTO schema_revision VALUES ('aaaaaaaaaaaa', true); DROP TABLE site CASCADE",
			"INSERT INTO schema_revision VALUES ('aaaaaaaaaaaa', true); DROP TABLE site", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			eachDialect(t, func(t *testing.T, s server) {
				statements := map[string]string{postgres: c.postgres, sqlite: c.sqlite}[s.dialect]
				if statements == "" && c.name != "nothing" {
					return // SQLite has no such state
				}
				schema, db := complete(t, s)
				for statement := range strings.SplitSeq(statements, ";") {
					if statement == "" {
						continue
					}
					if err := db.Exec(statement).Error; err != nil {
						t.Fatal(err)
					}
				}
				missing, err := schema.Missing(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				essential, other := strings.Join(missing.Essential, ", "), strings.Join(missing.Other, ", ")
				if !strings.HasPrefix(essential, c.essential) || (essential == "") != (c.essential == "") || other != c.other {
					t.Errorf("got %q and %q, want %q and %q", essential, other, c.essential, c.other)
				}
				if errors.Is(missing.Err(), ErrIncomplete) != (c.essential+c.other != "") {
					t.Errorf("got error %v", missing.Err())
				}
			})
		})
	}
}
