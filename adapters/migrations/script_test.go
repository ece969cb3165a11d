package migrations

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/eosc-perf/backend/adapters/gormdb/postgres/pgtest"
	"github.com/eosc-perf/backend/adapters/migrations/alembictest"
	sqlitedriver "github.com/glebarez/sqlite"
	postgresdriver "gorm.io/driver/postgres"
	"gorm.io/gorm"
)

// What is printed does in psql what Upgrade and Downgrade do.
func TestScriptsDoWhatTheProgramDoes(t *testing.T) {
	revisions := load(t, postgres)
	for name, prepare := range map[string]func(*testing.T, *gorm.DB){
		"an empty database":          func(*testing.T, *gorm.DB) {},
		"one of the earlier program": fromEarlierProgram,
		"one that is half way":       func(t *testing.T, db *gorm.DB) { upgrade(t, db, revisions[:3]) },
	} {
		t.Run(name, func(t *testing.T) {
			address := pgtest.New(t).URL
			byScript, byProgram := open(t, postgresdriver.Open(address)), newServer(t, postgres).open(t)
			prepare(t, byScript)
			prepare(t, byProgram)
			state := inspected(t, byScript, revisions)
			pipe(t, UpgradeScript(postgres, state, state.Pending), "psql", "--quiet", "--no-psqlrc", address)
			upgrade(t, byProgram, revisions)
			same(t, byScript, byProgram)

			undo, err := inspected(t, byScript, revisions).Beyond(revisions, urlRevision)
			if err != nil {
				t.Fatal(err)
			}
			pipe(t, DowngradeScript(postgres, undo), "psql", "--quiet", "--no-psqlrc", address)
			if _, err := Downgrade(t.Context(), byProgram, revisions, urlRevision, Options{}); err != nil {
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

// The driver does not know the dot commands of the shell; the rest it does.
func TestScriptsForSQLite(t *testing.T) {
	revisions := load(t, sqlite)
	file := filepath.Join(t.TempDir(), "x.db")
	byScript, byProgram := open(t, sqlitedriver.Open(file)), newServer(t, sqlite).open(t)
	state := inspected(t, byScript, revisions)
	execute(t, byScript, strings.Replace(UpgradeScript(sqlite, state, state.Pending), ".bail on\n", "", 1))
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
