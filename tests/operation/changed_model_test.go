package operation_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/eosc-perf/backend/adapters/migrations"
	"github.com/eosc-perf/backend/tests/harness"
	"github.com/eosc-perf/backend/tests/process"
)

// changedMigrate builds migrate with a model that has one more column, and returns its
// path.
func changedMigrate(t *testing.T) string {
	t.Helper()
	model := filepath.Join(process.Repository(t), "adapters", "gormdb", "tables", "benchmark.go")
	text, err := os.ReadFile(model) //nolint:gosec // our own source
	if err != nil {
		t.Fatal(err)
	}
	const before = "URL         string        `gorm:\"column:url;type:text;not null\"`\n"
	changed := strings.Replace(string(text), before, before+"Licence *string `gorm:\"type:text;index:benchmark_licence_idx\"`\n", 1)
	if changed == string(text) {
		t.Fatalf("%s has changed: find another line to add a column at", model)
	}
	folder := t.TempDir()
	overlay := harness.AsJSON(t, map[string]map[string]string{"Replace": {model: filepath.Join(folder, "benchmark.go")}})
	for name, text := range map[string]string{"benchmark.go": changed, "overlay.json": overlay} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	program := filepath.Join(folder, "migrate")
	process.Build(t, program, "-overlay", filepath.Join(folder, "overlay.json"), "./cmd/migrate")
	return program
}

// The revision works there and back, on both kinds of databases, and the program then has
// nothing to add.
func TestChangedModelGetsItsRevision(t *testing.T) {
	const id = "aaaaaaaaaaaa"
	ids, _ := revisions(t)
	program, folder := changedMigrate(t), filepath.Join(t.TempDir(), "versions")
	for _, database := range []harness.Settings{harness.Postgres(t), harness.SQLite(t)} {
		environ := database.With(harness.Settings{"APP_ENV": "development"}).Environ()
		run := func(args ...string) string {
			t.Helper()
			return process.MustRun(t, program, environ, append(args, "--directory", folder)...)
		}
		if database["DB_HOST"] != "" {
			if err := os.Mkdir(folder, 0o750); err != nil {
				t.Fatal(err)
			}
			out := run("migrate", "-m", "a benchmark has a licence", "--rev-id", id)
			for _, want := range []string{
				"Difference in postgres: column benchmark.licence text is missing in the database\n",
				"Difference in sqlite: column benchmark.licence text is missing in the database\n",
				"Wrote " + filepath.Join(folder, "postgres", migrations.FileName(len(ids)+1, id)) + "\n",
			} {
				if !strings.Contains(out, want) {
					t.Errorf("printed\n%s\nwithout %q", out, want)
				}
			}
		}
		run("upgrade")
		if out := run("check"); !strings.Contains(out, "Nothing differs") {
			t.Errorf("after the upgrade check printed %s", out)
		}
		run("downgrade", ids[len(ids)-1], "--yes")
		run("upgrade")
		if out := run("check"); !strings.Contains(out, "Nothing differs") {
			t.Errorf("after down and up again check printed %s", out)
		}
	}
}
