package migrations

import (
	"bytes"
	"context"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	sqlitedriver "github.com/libtnb/sqlite"
	postgresdriver "gorm.io/driver/postgres"
	"gorm.io/gorm"

	"github.com/eosc-perf/backend/adapters/gormdb/postgres/pgtest"
	"github.com/eosc-perf/backend/adapters/migrations/alembictest"
)

// What is printed does in psql what Upgrade and Downgrade do.
func TestScriptsDoWhatTheProgramDoes(t *testing.T) {
	revisions := load(t, postgres)
	for name, prepare := range map[string]func(*testing.T, *gorm.DB){
		"an empty database":                   func(*testing.T, *gorm.DB) {},
		"one of the earlier program":          fromEarlierProgram,
		"one with a revision table of before": revisionTableOfBefore,
		"one that is half way":                func(t *testing.T, db *gorm.DB) { upgrade(t, db, revisions[:3]) },
	} {
		t.Run(name, func(t *testing.T) {
			address := pgtest.New(t).URL
			byScript, byProgram := open(t, postgresdriver.Open(address)), newServer(t, postgres).open(t)
			prepare(t, byScript)
			prepare(t, byProgram)
			script, err := schemaOf(byScript, revisions).UpgradeScript(t.Context(), Head)
			if err != nil {
				t.Fatal(err)
			}
			pipe(t, script, "psql", "--quiet", "--no-psqlrc", address)
			upgrade(t, byProgram, revisions)
			same(t, byScript, byProgram)

			if script, err = schemaOf(byScript, revisions).DowngradeScript(t.Context(), urlRevision); err != nil {
				t.Fatal(err)
			}
			pipe(t, script, "psql", "--quiet", "--no-psqlrc", address)
			if _, err := schemaOf(byProgram, revisions).Downgrade(t.Context(), urlRevision, Options{}); err != nil {
				t.Fatal(err)
			}
			same(t, byScript, byProgram)
		})
	}
}

func fromEarlierProgram(t *testing.T, db *gorm.DB) {
	t.Helper()
	pool, err := db.DB()
	if err != nil {
		t.Fatal(err)
	}
	alembictest.Make(t, pool, alembictest.Last)
}

func revisionTableOfBefore(t *testing.T, db *gorm.DB) {
	t.Helper()
	upgrade(t, db, load(t, postgres)[:2])
	execute(t, db, "ALTER TABLE schema_revision DROP COLUMN compatible")
	upgrade(t, db, load(t, postgres)[:2]) // has nothing to do, but to note what is compatible
	execute(t, db, "ALTER TABLE schema_revision DROP COLUMN compatible")
}

func TestScriptsAreRefusedWhereTheProgramRefuses(t *testing.T) {
	revisions := load(t, postgres)
	oneWay := strings.Replace(file(idA, headRevision, 1, ""), "-- +down\n", "", 1)
	for name, c := range map[string]struct {
		prepare   func(*testing.T, *gorm.DB)
		revisions []Revision
		write     func(Schema, context.Context, string) (string, error)
		target    string
		want      string
	}{
		"an unknown revision": {func(t *testing.T, db *gorm.DB) { upgrade(t, db, extended(t, postgres, file(idA, headRevision, 1, ""))) },
			revisions, Schema.DowngradeScript, "-1", "the database has " + idA},
		"a revision without a way down": {func(t *testing.T, db *gorm.DB) { upgrade(t, db, extended(t, postgres, oneWay)) },
			extended(t, postgres, oneWay), Schema.DowngradeScript, "-1", "cannot be undone"},
		"deviating tables": {func(t *testing.T, db *gorm.DB) {
			fromEarlierProgram(t, db)
			execute(t, db, "ALTER TABLE site ADD COLUMN country text")
		}, revisions, Schema.UpgradeScript, Head, "not expected: column site.country text"},
	} {
		t.Run(name, func(t *testing.T) {
			db := newServer(t, postgres).open(t)
			c.prepare(t, db)
			if script, err := c.write(schemaOf(db, c.revisions), t.Context(), c.target); err == nil || script != "" ||
				!strings.Contains(err.Error(), c.want) {
				t.Errorf("written %q with the error %v, want it refused with %q", script, err, c.want)
			}
		})
	}
}

// Revisions of others may lack the last semicolon.
func TestScriptsEndEveryStatement(t *testing.T) {
	db := newServer(t, sqlite).open(t)
	revisions := extended(t, sqlite, file(idA, headRevision, 1, "CREATE TABLE a (id int) -- no end"))
	script, err := schemaOf(db, revisions).UpgradeScript(t.Context(), Head)
	if err != nil {
		t.Fatal(err)
	}
	execute(t, db, strings.Replace(script, ".bail on\n", "", 1))
	if state := inspected(t, db, revisions); len(state.Pending) > 0 {
		t.Errorf("pending %v, want nothing", IDs(state.Pending))
	}
}

// The driver does not know the dot commands of the shell; the rest it does.
func TestScriptsForSQLite(t *testing.T) {
	revisions := load(t, sqlite)
	file := filepath.Join(t.TempDir(), "x.db")
	byScript, byProgram := open(t, sqlitedriver.Open(file)), newServer(t, sqlite).open(t)
	script, err := schemaOf(byScript, revisions).UpgradeScript(t.Context(), Head)
	if err != nil {
		t.Fatal(err)
	}
	execute(t, byScript, strings.Replace(script, ".bail on\n", "", 1))
	upgrade(t, byProgram, revisions)
	same(t, byScript, byProgram)
}

func pipe(t *testing.T, script, name string, args ...string) {
	t.Helper()
	command := exec.CommandContext(t.Context(), name, args...)
	command.Stdin = strings.NewReader(script)
	var out bytes.Buffer
	command.Stdout, command.Stderr = &out, &out
	if err := command.Run(); err != nil {
		t.Fatalf("%s: %v\n%s\nof the script\n%s", name, err, out.String(), script)
	}
}

// same compares the schemas and what they say of themselves.
func same(t *testing.T, a, b *gorm.DB) {
	t.Helper()
	if got, want := schema(t, a), schema(t, b); got != want {
		t.Errorf("the schemas differ\n got %s\nwant %s", got, want)
	}
	const records = "SELECT id || ' ' || coalesce(compatible, false) FROM schema_revision ORDER BY id"
	if got, want := query[string](t, a, records), query[string](t, b, records); !slices.Equal(got, want) {
		t.Errorf("the records differ\n got %v\nwant %v", got, want)
	}
}
