package harness

import (
	"database/sql"
	"fmt"
	"maps"
	"os"
	"strconv"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver pgx
	_ "modernc.org/sqlite"             // the driver sqlite

	"github.com/eosc-perf/backend/adapters/gormdb/postgres/pgtest"
	"github.com/eosc-perf/backend/adapters/gormdb/storetest"
	"github.com/eosc-perf/backend/cmd/wiring"
	"github.com/eosc-perf/backend/config"
)

// Settings are settings of a program: their values by the names of the environment
// variables.
type Settings map[string]string

// With returns the settings together with more of them, which win.
func (s Settings) With(more Settings) Settings {
	all := maps.Clone(s)
	maps.Copy(all, more)
	return all
}

// Environ returns the settings in the form NAME=value.
func (s Settings) Environ() []string {
	environ := make([]string, 0, len(s))
	for name, value := range s {
		environ = append(environ, name+"="+value)
	}
	return environ
}

// Load reads the settings as a program does.
func (s Settings) Load(t testing.TB) *config.Config {
	t.Helper()
	cfg, err := config.Load(config.Source{Environ: s.Environ(), Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// Databases make the databases that every test of the API runs on: new ones for each
// call, with all tables and no rows.
var Databases = map[string]func(t testing.TB) Settings{"sqlite": SQLite, "postgres": Postgres}

// SQLite makes an embedded database with all tables and no rows.
func SQLite(t testing.TB) Settings {
	t.Helper()
	settings := EmptySQLite(t)
	storetest.File(t, wiring.DatabaseFile(config.Database{DataDir: settings["DATA_DIR"]}))
	return settings
}

// Postgres makes a PostgreSQL database with all tables and no rows.
func Postgres(t testing.TB) Settings {
	t.Helper()
	return OnPostgres(pooled(t, storetest.Database(t)))
}

// EmptySQLite makes a folder for an embedded database that is not made yet.
func EmptySQLite(t testing.TB) Settings {
	t.Helper()
	return Settings{"DATA_DIR": t.TempDir()}
}

// EmptyPostgres makes a PostgreSQL database without tables.
func EmptyPostgres(t testing.TB) Settings {
	t.Helper()
	return OnPostgres(pooled(t, pgtest.New(t)))
}

// poolerVariable names the environment variable that puts PgBouncer in front of all
// databases of tests, in the mode session or transaction.
const poolerVariable = "TEST_POOLER"

func pooled(t testing.TB, database *pgtest.Database) *pgtest.Database {
	t.Helper()
	const connections = 8
	if mode := os.Getenv(poolerVariable); mode != "" {
		return &pgtest.StartPooler(t, database, mode, connections).Database
	}
	return database
}

// OnPostgres are the settings that name the database.
func OnPostgres(database *pgtest.Database) Settings {
	return Settings{
		"DB_HOST": database.Host, "DB_PORT": strconv.Itoa(database.Port), "DB_USER": database.User, "DB_PASSWORD": database.Password,
		"DB_NAME": database.Name, "DB_SSLMODE": "disable",
	}
}

// OpenSQL connects to the database that the settings name, beside the server, until the
// test ends.
func OpenSQL(t testing.TB, settings Settings) *sql.DB {
	t.Helper()
	cfg := settings.With(Settings{"APP_ENV": "development"}).Load(t).Database
	driver, source := "pgx", fmt.Sprintf("host='%s' port=%d user='%s' password='%s' dbname='%s' sslmode=disable default_query_exec_mode=exec",
		cfg.Host, cfg.Port, cfg.User, cfg.Password.Reveal(), cfg.Name)
	if cfg.Driver == config.SQLite {
		driver, source = "sqlite", wiring.DatabaseFile(cfg)+"?_pragma=busy_timeout(60000)"
	}
	db, err := sql.Open(driver, source)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}
