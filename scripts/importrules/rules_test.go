package importrules

import (
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestProgramKeepsToTheRules(t *testing.T) {
	for _, violation := range violations(listed(t)) {
		t.Error(violation)
	}
}

// listed asks the go command for the program's packages and all that they need.
func listed(t *testing.T) graph {
	t.Helper()
	lookAround(t)
	var stderr strings.Builder
	command := exec.CommandContext(t.Context(), "go", "list", "-deps", "-json=ImportPath,Imports", "./...")
	command.Dir = "../.." // the module's packages, without those of the other modules of go.work
	command.Stderr = &stderr
	out, err := command.Output()
	if err != nil {
		t.Fatalf("%v: %v\n%s", command.Args, err, stderr.String())
	}
	imports := graph{}
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var pkg struct {
			ImportPath string
			Imports    []string
		}
		if err := decoder.Decode(&pkg); errors.Is(err, io.EOF) {
			return imports
		} else if err != nil {
			t.Fatalf("read the answer of go list: %v", err)
		}
		imports[pkg.ImportPath] = pkg.Imports
	}
}

// lookAround opens all folders of the program. The go command repeats the result
// of a test from its cache as long as what the test has opened stays the same,
// and it does not see what a command that the test runs has opened.
func lookAround(t *testing.T) {
	t.Helper()
	err := filepath.WalkDir("../..", func(_ string, entry fs.DirEntry, err error) error {
		if err == nil && entry.IsDir() && (entry.Name() == ".git" || entry.Name() == "bin" || entry.Name() == "data") {
			return fs.SkipDir
		}
		return err
	})
	if err != nil {
		t.Fatalf("look at the program's folders: %v", err)
	}
}

func TestRules(t *testing.T) {
	for _, c := range []struct {
		pkg, imports string
		allowed      bool
	}{
		{"core/domain", "time", true},
		{"core/domain", "github.com/google/uuid", true},
		{"core/domain", "gorm.io/gorm", false},
		{"core/domain", "own/core/filter", false},
		{"core/filter", "own/core/domain", true},
		{"core/filter", "github.com/google/uuid", false},
		{"core/filter", "own/ports", false},
		{"core/document", "github.com/go-json-experiment/json/jsontext", true},
		{"core/document", "github.com/go-json-experiment/json", false},
		{"core/service", "own/ports", true},
		{"core/service", "own/core/document", true},
		{"core/service", "own/ports/conformance", true},
		{"core/service", "own/adapters/gormdb", false},
		{"core/service", "github.com/gin-gonic/gin", false},
		{"core/servicetwo", "own/ports", false},
		{"ports", "own/core/filter", true},
		{"ports", "own/core/service", false},
		{"ports/conformance", "pgregory.net/rapid", true},
		{"ports", "pgregory.net/rapid", false},
		{"config", "github.com/spf13/viper", true},
		{"config", "own/core/service", false},
		{"adapters/http/api", "own/core/service", true},
		{"adapters/http/api", "own/adapters/http/openapi", true},
		{"adapters/http/api", "own/adapters/http/server", false},
		{"adapters/http/openapi", "own/adapters/http/parameter", true},
		{"adapters/http/openapi", "own/adapters/http/api", false},
		{"adapters/http/server", "own/adapters/http/router", true},
		{"adapters/http/server", "own/adapters/http/api", false},
		{"adapters/http/server", "own/core/service", false},
		{"adapters/http/representation", "own/adapters/http/api", false},
		{"adapters/http/fair", "github.com/gin-gonic/gin", false},
		{"adapters/http/middleware", "own/adapters/http/router", false},
		{"adapters/http/web", "own/adapters/http/parameter", true},
		{"adapters/http", "github.com/danielgtaylor/huma/v2", true},
		{"adapters/http", "gorm.io/gorm", false},
		{"adapters/http", "own/adapters/gormdb", false},
		{"adapters/http", "own/config", false},
		{"adapters/httptwo", "github.com/gin-gonic/gin", false},
		{"adapters/gormdb", "own/adapters/gormdb/sqlite", true},
		{"adapters/gormdb/sqlite", "own/adapters/gormdb", true},
		{"adapters/gormdb/sqlite", "own/adapters/migrations", false},
		{"adapters/gormdb/storetest", "own/adapters/migrations", true},
		{"adapters/gormdb", "own/adapters/gormdb/resultlist", true},
		{"adapters/gormdb/resultlist", "own/adapters/gormdb/session", true},
		{"adapters/gormdb/resultlist", "own/adapters/gormdb/dump", false},
		{"adapters/gormdb/tables", "own/adapters/gormdb/session", false},
		{"adapters/gormdb/session", "own/adapters/gormdb", false},
		{"adapters/gormdb/sqlite", "modernc.org/sqlite", true},
		{"adapters/migrations", "modernc.org/sqlite", false},
		{"adapters/gormdb", "github.com/jackc/pgx/v5/pgxpool", true},
		{"adapters/migrations", "github.com/go-gormigrate/gormigrate/v2", true},
		{"adapters/migrations", "ariga.io/atlas/sql/schema", false},
		{"adapters/migrations/autogen", "ariga.io/atlas/sql/schema", true},
		{"adapters/migrations/autogen", "own/adapters/gormdb", false},
		{"adapters/oidc/devprovider", "github.com/zitadel/oidc/v3/pkg/op", true},
		{"adapters/oidc", "github.com/zitadel/oidc/v3/pkg/op", false},
		{"adapters/oidc", "github.com/golang-jwt/jwt/v5", true},
		{"adapters/mail", "github.com/golang-jwt/jwt/v5", false},
		{"adapters/mail", "github.com/wneessen/go-mail/smtp", true},
		{"adapters/mail", "github.com/emersion/go-smtp", false},
		{"cmd/server", "github.com/wneessen/go-mail", false},
		{"cmd/server", "own/config", true},
		{"cmd/server", "own/adapters/http", true},
		{"cmd/server", "own/cmd/migrate", false},
		{"cmd/admin", "own/core/maintenance", true},
		{"cmd/admin", "gorm.io/gorm", false},
		{"cmd/admin", "database/sql", false},
		{"cmd/admin", "github.com/jackc/pgx/v5", false},
		{"adapters/gormdb", "database/sql", true},
		{"core/maintenance", "own/core/service", true},
		{"core/maintenance", "own/adapters/archive", false},
		{"core/service", "own/core/maintenance", false},
		{"cmd/server", "own/cmd/wiring", true},
		{"cmd/wiring", "own/cmd/server", false},
		{"cmd/server", "github.com/spf13/cobra", true},
		{"cmd/server", "github.com/spf13/viper", false},
		{"config", "github.com/spf13/cobra", false},
		{"scripts/importrules", "own/core/domain", false},
		{"internal/misc", "time", false},
	} {
		path := strings.Replace(c.imports, "own/", Module+"/", 1)
		got := violations(graph{Module + "/" + c.pkg: {path}})
		if allowed := len(got) == 0; allowed != c.allowed {
			t.Errorf("%s imports %s: allowed %t, want %t %v", c.pkg, c.imports, allowed, c.allowed, got)
		}
	}
}

func TestWhatProgramsMustNotContainIsFoundHoweverIndirect(t *testing.T) {
	got := violations(graph{
		Module + "/cmd/server":                  {Module + "/adapters/x"},
		Module + "/adapters/x":                  {"fmt", "example.org/library"},
		"example.org/library":                   {"example.org/library/deep"},
		"example.org/library/deep":              {"testing/fstest"},
		Module + "/ports/conformance":           {"testing"},
		Module + "/cmd/migrate":                 {Module + "/adapters/migrations/autogen"},
		Module + "/adapters/migrations/autogen": {"ariga.io/atlas/sql/schema"},
		"unrelated.example.org/module":          {"testing"},
	})
	want := "cmd/server contains testing: " + Module + "/cmd/server -> " + Module +
		"/adapters/x -> example.org/library -> example.org/library/deep -> testing/fstest"
	if len(got) != 1 || got[0] != want {
		t.Errorf("violations\n got %q\nwant %q", got, want)
	}
}
