package autogen_test

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"gorm.io/gorm"

	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/adapters/gormdb/postgres"
	"github.com/eosc-perf/backend/adapters/gormdb/postgres/pgtest"
	"github.com/eosc-perf/backend/adapters/gormdb/sqlite"
	"github.com/eosc-perf/backend/adapters/gormdb/tables"
	"github.com/eosc-perf/backend/adapters/migrations"
	"github.com/eosc-perf/backend/adapters/migrations/autogen"
)

const (
	onPostgres = "postgres"
	onSQLite   = "sqlite"
)

func eachDialect(t *testing.T, test func(t *testing.T, dialect string)) {
	t.Helper()
	for _, dialect := range []string{onPostgres, onSQLite} {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			test(t, dialect)
		})
	}
}

// empty opens a database without tables.
func empty(t *testing.T, dialect string) *gorm.DB {
	t.Helper()
	if dialect == onSQLite {
		store, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "test.db"))
		return opened(t, store, err)
	}
	return connected(t, pgtest.New(t))
}

func connected(t *testing.T, database *pgtest.Database) *gorm.DB {
	t.Helper()
	store, err := postgres.Open(t.Context(), postgres.Config{
		Host: database.Host, Port: database.Port, User: database.User, Password: database.Password, Name: database.Name,
	})
	return opened(t, store, err)
}

func opened(t *testing.T, store *gormdb.Store, err error) *gorm.DB {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	return store.DB()
}

// connection implements migrations.Database.
type connection struct{ db *gorm.DB }

func (c connection) DB() *gorm.DB { return c.db }

// atHead opens a database with all revisions and some rows.
func atHead(t *testing.T, dialect string) *gorm.DB {
	t.Helper()
	db := empty(t, dialect)
	upgrade(t, db)
	fill(t, db)
	return db
}

// upgrade runs the embedded revisions, and those of the steps after them.
func upgrade(t *testing.T, db *gorm.DB, steps ...autogen.Step) {
	t.Helper()
	if _, err := migrations.NewSchema(connection{db}, revisions(t, db, steps)).Upgrade(t.Context(), migrations.Head,
		migrations.Options{}); err != nil {
		t.Fatalf("upgrade: %v\n%s", err, script(steps))
	}
}

// downgrade undoes the steps.
func downgrade(t *testing.T, db *gorm.DB, steps ...autogen.Step) {
	t.Helper()
	embedded := revisions(t, db, nil)
	if _, err := migrations.NewSchema(connection{db}, revisions(t, db, steps)).Downgrade(t.Context(), embedded[len(embedded)-1].ID,
		migrations.Options{}); err != nil {
		t.Fatalf("downgrade: %v\n%s", err, script(steps))
	}
}

// revisions are made as the program makes them: by files.
func revisions(t *testing.T, db *gorm.DB, steps []autogen.Step) []migrations.Revision {
	t.Helper()
	embedded, err := migrations.Load(db.Name())
	if err != nil {
		t.Fatal(err)
	}
	parent, files := embedded[len(embedded)-1].ID, fstest.MapFS{}
	for i, step := range steps {
		id := fmt.Sprintf("%012x", i+1)
		files[id+".sql"] = &fstest.MapFile{Data: []byte(file(id, parent, step))}
		parent = id
	}
	all, err := migrations.Load(db.Name(), files)
	if err != nil {
		t.Fatalf("load the steps: %v\n%s", err, script(steps))
	}
	return all
}

func file(id, parent string, step autogen.Step) string {
	header := "-- revision: " + id + "\n-- parent: " + parent + "\n-- message: " + step.Purpose + ".\n-- created: 2030-01-01T00:00:00Z\n"
	separator := "\n"
	if !step.Transactional {
		header += "-- transaction: none\n"
		separator = "\n-- +statement\n"
	}
	return header + "\n-- +up\n" + strings.Join(step.Up, separator) + "\n\n-- +down\n" + strings.Join(step.Down, separator) + "\n"
}

// script is what the steps do, for messages.
func script(steps []autogen.Step) string {
	var text strings.Builder
	for _, step := range steps {
		fmt.Fprintf(&text, "step %q, transactional %t\n-- up\n%s\n-- down\n%s\n", step.Purpose, step.Transactional,
			strings.Join(step.Up, "\n"), strings.Join(step.Down, "\n"))
	}
	return text.String()
}

const (
	at      = "'2021-05-21 08:31:00.500000'"
	tagID   = "11111111-2222-3333-4444-555555555555"
	otherID = "99999999-2222-3333-4444-555555555555"
)

func fill(t *testing.T, db *gorm.DB) {
	t.Helper()
	for _, statement := range []string{
		`INSERT INTO "user" VALUES ('sub', 'iss', 'a@b.c', ` + at + `)`,
		`INSERT INTO tag (id, name, description) VALUES ('` + tagID + `', 'größer', '5')`,
		`INSERT INTO tag (id, name, description) VALUES ('` + otherID + `', 'other', '6')`,
		`INSERT INTO site VALUES ('` + tagID + `', 'sub', 'iss', ` + at + `, 'approved', 'site', 'address', NULL, NULL)`,
		`INSERT INTO site VALUES ('` + otherID + `', 'sub', 'iss', ` + at + `, NULL, 'null', 'address', NULL, NULL)`,
		`INSERT INTO flavor VALUES ('` + tagID + `', 'sub', 'iss', ` + at + `, 'on_review', 'flavor', NULL, '` + tagID + `', NULL)`,
		`INSERT INTO claim (id, uploader_sub, uploader_iss, upload_datetime, status, message, resource_type) VALUES ('` + tagID +
			`', 'sub', 'iss', ` + at + `, 'approved', 'wrong', 'result')`,
	} {
		execute(t, db, statement)
	}
}

// rows are those of all tables that refer to each other, as text.
func rows(t *testing.T, db *gorm.DB) string {
	t.Helper()
	return strings.Join(query(t, db, `SELECT 'tag ' || CAST(id AS text) || name FROM tag
		UNION ALL SELECT 'site ' || CAST(id AS text) || name || coalesce(CAST(status AS text), 'null') FROM site
		UNION ALL SELECT 'claim ' || message FROM claim
		UNION ALL SELECT 'flavor ' || flavor.name || site.name || CAST(flavor.status AS text) FROM flavor JOIN site ON site.id = site_id
		ORDER BY 1`), "\n")
}

func execute(t *testing.T, db *gorm.DB, statement string, values ...any) {
	t.Helper()
	if err := db.Exec(statement, values...).Error; err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

func query(t *testing.T, db *gorm.DB, statement string, values ...any) []string {
	t.Helper()
	var out []string
	if err := db.Raw(statement, values...).Scan(&out).Error; err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	return out
}

// catalog describes all that is in the current schema.
func catalog(t *testing.T, db *gorm.DB) string {
	t.Helper()
	if db.Name() == onSQLite {
		return strings.Join(sqliteCatalog(t, db), "\n")
	}
	return strings.Join(query(t, db, `
		SELECT format('column %s.%s %s %s %s %s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
			a.attcollation::regcollation,
				pg_get_expr(d.adbin, d.adrelid))
			FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
			WHERE c.relnamespace = quote_ident(current_schema())::regnamespace AND a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'c')
		UNION ALL SELECT format('constraint %s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
			FROM pg_constraint WHERE connamespace = quote_ident(current_schema())::regnamespace
		UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema()
		UNION ALL SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = quote_ident(current_schema())::regnamespace
		UNION ALL SELECT format('enum %s %s', enumtypid::regtype, string_agg(enumlabel, ', ' ORDER BY enumsortorder))
			FROM pg_enum GROUP BY enumtypid
		UNION ALL SELECT format('type %s', typname) FROM pg_type WHERE typnamespace = quote_ident(current_schema())::regnamespace
		UNION ALL SELECT format('invalid %s', indexrelid::regclass) FROM pg_index WHERE NOT indisvalid
		ORDER BY 1`), "\n")
}

// sqliteCatalog are the statements in one spelling: without quotes and white
// space, and all of a table's parts sorted, each constraint a part of its own.
func sqliteCatalog(t *testing.T, db *gorm.DB) []string {
	t.Helper()
	statements := query(t, db, "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'")
	for i, statement := range statements {
		statement = strings.NewReplacer(`"`, "", "`", "", " (", "(", "( ", "(", " )", ")").Replace(strings.Join(strings.Fields(statement), " "))
		statements[i] = statement
		if !strings.HasPrefix(statement, "CREATE TABLE") {
			continue
		}
		head, body, _ := strings.Cut(statement, "(")
		var parts []string
		for _, part := range topLevel(strings.TrimSuffix(body, ")")) {
			parts = append(parts, constraintsApart(part)...)
		}
		slices.Sort(parts)
		statements[i] = head + "\n    " + strings.Join(parts, "\n    ")
	}
	slices.Sort(statements)
	return statements
}

// constraintsApart writes a column's constraints as the table's.
func constraintsApart(part string) []string {
	pieces := strings.Split(part, " CONSTRAINT ")
	column, _, _ := strings.Cut(pieces[0], " ")
	for i, piece := range pieces[1:] {
		pieces[i+1] = "CONSTRAINT " + strings.Replace(piece, " REFERENCES ", " FOREIGN KEY("+column+") REFERENCES ", 1)
	}
	return pieces
}

// topLevel cuts at the commas that are in no parentheses.
func topLevel(list string) []string {
	var parts []string
	depth, start := 0, 0
	for i, r := range list {
		switch {
		case r == '(':
			depth++
		case r == ')':
			depth--
		case r == ',' && depth == 0:
			parts = append(parts, strings.TrimSpace(list[start:i]))
			start = i + 1
		}
	}
	return append(parts, strings.TrimSpace(list[start:]))
}

// lines that only one of two texts has, with a sign before each.
func changedLines(before, after string) string {
	old, now := strings.Split(before, "\n"), strings.Split(after, "\n")
	var out []string
	for _, line := range old {
		if !slices.Contains(now, line) {
			out = append(out, "- "+line)
		}
	}
	for _, line := range now {
		if !slices.Contains(old, line) {
			out = append(out, "+ "+line)
		}
	}
	return strings.Join(out, "\n")
}

// current are the models as they are.
func current(t *testing.T) autogen.Models {
	t.Helper()
	return autogen.Models{Rows: tables.Models(), Enums: tables.Enums(), Owned: owned(t)}
}

// owned are the tables of a throw-away database at the head of the revisions.
func owned(t *testing.T) []string {
	t.Helper()
	db := empty(t, onSQLite)
	upgrade(t, db)
	all, err := autogen.Tables(t.Context(), connection{db})
	if err != nil {
		t.Fatal(err)
	}
	return tables.Modelled(all)
}

func compare(t *testing.T, db *gorm.DB, models autogen.Models) autogen.Changes {
	t.Helper()
	changes, err := autogen.Compare(t.Context(), connection{db}, models)
	if err != nil {
		t.Fatalf("compare: %v", err)
	}
	return changes
}

func wantNoDifference(t *testing.T, db *gorm.DB, models autogen.Models) {
	t.Helper()
	if got := compare(t, db, models); len(got.Differences)+len(got.Steps)+len(got.Warnings) > 0 {
		t.Errorf("differences\n%s\n%s\nwant none", strings.Join(got.Differences, "\n"), script(got.Steps))
	}
}

func TestUnchangedModelsDoNotDiffer(t *testing.T) {
	eachDialect(t, func(t *testing.T, dialect string) {
		db := atHead(t, dialect)
		before := catalog(t, db)
		wantNoDifference(t, db, current(t))
		if got := catalog(t, db); got != before {
			t.Errorf("the comparison has changed the schema:\n%s", changedLines(before, got))
		}
	})
}

func TestTablesAreThoseOfTheRevisions(t *testing.T) {
	eachDialect(t, func(t *testing.T, dialect string) {
		got, err := autogen.Tables(t.Context(), connection{atHead(t, dialect)})
		want := []string{
			"audit_checkpoint", "audit_entry", "audit_event", "audit_head",
			"benchmark", "blocked_person", "browser_session", "claim", "daily_use", "flavor", "idempotency_key", "metric_path", "outbox",
			"reference_change", "removal", "result", "result_count", "result_leaf",
			"result_metric", "result_outline", "result_tags", "result_value", "site", "submit", "tag", "user",
		}
		if dialect == "sqlite" {
			want = append(want, "result_leaf_pending", "result_value_keys", "result_value_pending")
		} else {
			want = append(want, "result_element")
		}
		slices.Sort(want)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("tables %v (%v), want %v", got, err, want)
		}
	})
}

func TestEmptyDatabaseGetsEverything(t *testing.T) {
	eachDialect(t, func(t *testing.T, dialect string) {
		db := empty(t, dialect)
		models := current(t)
		changes := compare(t, db, models)
		// Claims and results refer to each other; all others come in order.
		if got := strings.Count(script(changes.Steps), "ADD CONSTRAINT"); dialect == onPostgres && got != 1 {
			t.Errorf("%d foreign keys come after their tables, want 1:\n%s", got, script(changes.Steps))
		}
		for _, step := range changes.Steps {
			for _, statement := range step.Up {
				execute(t, db, statement)
			}
		}
		wantNoDifference(t, db, models)
		for _, step := range slices.Backward(changes.Steps) {
			for _, statement := range step.Down {
				execute(t, db, statement)
			}
		}
		if tables, err := autogen.Tables(context.Background(), connection{db}); err != nil || len(tables) > 0 {
			t.Errorf("tables %v (%v) after the way back, want none", tables, err)
		}
	})
}
