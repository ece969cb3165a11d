package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/eosc-perf/backend/adapters/gormdb/postgres/pgtest"
	"github.com/eosc-perf/backend/adapters/migrations"
)

func TestUnchangedModelsNeedNoRevision(t *testing.T) {
	eachDialect(t, func(w *workplace) {
		t := w.t
		w.refuses("the database is not up to date, pending: 7fc773c5907d", "check")
		w.refuses("run `migrate upgrade`", "migrate", "-m", "x")
		w.run("upgrade")
		w.prints("Nothing differs between models and database.\n"+standsAtHead, "check")
		if os.Getenv("DB_HOST") == "" {
			w.refuses("name it with --postgres-url", "migrate", "-m", "x")
			w.refuses("is not of the form postgres://", "migrate", "-m", "x", "--postgres-url", "nonsense")
		}
		w.prints("Nothing differs between models and database: no revision was written.\n", "revision", "--autogenerate", "-m", "x",
			"--postgres-url", pgtest.New(t).URL)
		if _, err := os.Stat("migrations"); err == nil {
			t.Error("a folder was made")
		}
	})
}

// What somebody changed by hand is found, in the live database.
func TestCheckFailsWithTheDifferences(t *testing.T) {
	w := newWorkplace(t, "postgres")
	w.run("revision", "-m", "by hand", "--rev-id", aID)
	fill(t, aID, "ALTER TABLE site ADD COLUMN country text;", "ALTER TABLE site DROP COLUMN country;")
	w.run("upgrade")
	w.prints("Difference: column site.country text is in the database only\nmigrate: "+errDiffers.Error()+"\n", "check")
}

// changedProgram builds the program with a model that has one more column.
func changedProgram(t *testing.T) string {
	t.Helper()
	rows, err := filepath.Abs(filepath.Join("..", "..", "adapters", "gormdb", "tables", "benchmark.go"))
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(rows)
	if err != nil {
		t.Fatal(err)
	}
	const before = "URL         string        `gorm:\"column:url;type:text;not null\"`\n"
	changed := strings.Replace(string(text), before, before+"Licence *string `gorm:\"type:text;index:benchmark_licence_idx\"`\n", 1)
	if changed == string(text) {
		t.Fatalf("%s has changed: find another place for the column", rows)
	}
	folder := t.TempDir()
	overlay, err := json.Marshal(map[string]map[string]string{"Replace": {rows: filepath.Join(folder, "benchmark.go")}})
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"benchmark.go": changed, "overlay.json": string(overlay)} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	program := filepath.Join(folder, "migrate")
	build := exec.CommandContext(t.Context(), "go", "build", "-overlay", filepath.Join(folder, "overlay.json"), "-o", program, ".")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build with the changed model: %v\n%s", err, out)
	}
	return program
}

// A column is added to a model, and a revision written: it works there and back, in
// both kinds of databases, and the program then has nothing to add.
func TestAChangedModelGetsItsRevision(t *testing.T) {
	program := changedProgram(t)
	run := func(t *testing.T, args ...string) string {
		t.Helper()
		out, err := exec.CommandContext(t.Context(), program, args...).CombinedOutput() //nolint:gosec // it is ours
		if err != nil {
			t.Fatalf("migrate %s: %v\n%s", strings.Join(args, " "), err, out)
		}
		return string(out)
	}
	written := filepath.Join(t.TempDir(), "migrations")
	for _, dialect := range []string{"postgres", "sqlite"} {
		t.Run(dialect, func(t *testing.T) {
			newWorkplace(t, dialect)
			run(t, "upgrade")
			if dialect == "postgres" {
				out := run(t, "migrate", "-m", "a benchmark has a licence", "--rev-id", aID)
				for _, want := range []string{
					"Difference in postgres: column benchmark.licence text is missing in the database\n",
					"Difference in sqlite: column benchmark.licence text is missing in the database\n",
					"Wrote migrations/versions/postgres/" + migrations.FileName(nextPlace, aID) + "\n",
				} {
					if !strings.Contains(out, want) {
						t.Errorf("printed\n%s\nwithout %q", out, want)
					}
				}
				folder, err := filepath.Abs("migrations")
				if err != nil {
					t.Fatal(err)
				}
				if err := os.CopyFS(written, os.DirFS(folder)); err != nil {
					t.Fatal(err)
				}
			} else if err := os.CopyFS("migrations", os.DirFS(written)); err != nil {
				t.Fatal(err)
			}
			run(t, "upgrade")
			if out := run(t, "check"); !strings.Contains(out, "Nothing differs") {
				t.Errorf("after the upgrade check printed %s", out)
			}
			run(t, "downgrade", head, "--yes")
			run(t, "upgrade")
			if out := run(t, "check"); !strings.Contains(out, "Nothing differs") {
				t.Errorf("after down and up again check printed %s", out)
			}
		})
	}
}
