package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/eosc-perf/backend/adapters/gormdb/postgres/pgtest"
	"github.com/eosc-perf/backend/docs/doctest"
)

// The page is run as it stands, with the real programs.
func TestMigrationsPage(t *testing.T) {
	repository, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	bin := t.TempDir()
	runs(t, repository, "go", "build", "-o", bin, "./cmd/migrate", "./cmd/server")
	checkout := t.TempDir()
	runs(t, repository, "bash", "-c",
		`git ls-files -z --cached --others --exclude-standard | xargs -0 cp --parents --target-directory "$0" && cd "$0" && git init --quiet && git add --all`, checkout)

	fresh, flask, other := pgtest.New(t), pgtest.New(t), pgtest.New(t)
	environ := append(os.Environ(),
		"PATH="+bin+":"+os.Getenv("PATH"), "REPOSITORY="+repository, "CHECKOUT="+checkout,
		"DB_HOST="+fresh.Host, "DB_PORT="+strconv.Itoa(fresh.Port), "DB_USER="+fresh.User, "DB_PASSWORD="+fresh.Password, "DB_NAME="+fresh.Name,
		"DB_SSLMODE=disable",
		"DATABASE_URL="+fresh.URL, "FLASK_URL="+flask.URL, "FLASK_NAME="+flask.Name, "OTHER_URL="+other.URL, "OTHER_NAME="+other.Name,
		"SECRET_KEY=0123456789abcdef", "ADMIN_ENTITLEMENTS=admins",
	)
	work := t.TempDir()
	doctest.Check(t, filepath.Join(repository, "docs", "how-to", "migrate-the-schema.md"), func(script string) string {
		run := exec.CommandContext(t.Context(), "bash", "-c", script)
		run.Dir, run.Env = work, environ
		out, err := run.CombinedOutput()
		if err != nil {
			t.Errorf("the page's script: %v", err)
		}
		return string(out)
	})
}

func runs(t *testing.T, folder, name string, args ...string) {
	t.Helper()
	c := exec.CommandContext(t.Context(), name, args...)
	c.Dir = folder
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
}
