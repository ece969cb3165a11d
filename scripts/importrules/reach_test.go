package importrules

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// compiled is a package as the go command lists it.
type compiled struct {
	ImportPath, Dir string
	GoFiles         []string
	// Export is the file with the types that the package exports.
	Export string
}

// commands lists the packages of the commands and all that they need, compiled.
func commands(t *testing.T) map[string]compiled {
	t.Helper()
	lookAround(t)
	var stderr strings.Builder
	command := exec.CommandContext(t.Context(), "go", "list", "-trimpath", "-export", "-deps",
		"-json=ImportPath,Dir,GoFiles,Export", "./cmd/...")
	command.Dir = "../.."
	// As the programs are built, so that they are not compiled once more for this test.
	command.Env = append(os.Environ(), "CGO_ENABLED=0")
	command.Stderr = &stderr
	out, err := command.Output()
	if err != nil {
		t.Fatalf("%v: %v\n%s", command.Args, err, stderr.String())
	}
	packages := map[string]compiled{}
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var pkg compiled
		if err := decoder.Decode(&pkg); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			t.Fatalf("read the answer of go list: %v", err)
		}
		packages[pkg.ImportPath] = pkg
	}
}

// importerOf imports the types of compiled packages.
func importerOf(files *token.FileSet, packages map[string]compiled) types.Importer {
	return importer.ForCompiler(files, "gc", func(path string) (io.ReadCloser, error) {
		pkg, listed := packages[path]
		if !listed {
			return nil, fmt.Errorf("%s is not part of a command", path)
		}
		return os.Open(pkg.Export)
	})
}

func parsed(t *testing.T, files *token.FileSet, name string, source any) *ast.File {
	t.Helper()
	file, err := parser.ParseFile(files, name, source, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func TestNoExpressionOfACommandHasATypeOfADatabase(t *testing.T) {
	files, packages := token.NewFileSet(), commands(t)
	imported := importerOf(files, packages)
	count := 0
	for path, pkg := range packages {
		if !isCommand(path) {
			continue
		}
		count++
		var sources []*ast.File
		for _, name := range pkg.GoFiles {
			sources = append(sources, parsed(t, files, filepath.Join(pkg.Dir, name), nil))
		}
		info, err := checked(path, files, sources, imported)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range reaches(files, info) {
			t.Error(line)
		}
	}
	if count < 4 {
		t.Errorf("%d packages of commands were looked at, want those of server, migrate, admin and docs at least", count)
	}
}

func TestTypesOfADatabaseAreFoundHoweverTheyAreReached(t *testing.T) {
	files, packages := token.NewFileSet(), commands(t)
	imported := importerOf(files, packages)
	for name, c := range map[string]struct {
		body string
		want string
	}{
		"nothing of it":          {`store.Close()`, ""},
		"a store as a database":  {`migrations.OpenSchema(store)`, ""},
		"a store in a struct":    {`one := struct{ *gormdb.Store }{store}; one.Close()`, ""},
		"its connection":         {`store.DB().Name()`, "the type of store.DB() has gorm.io/gorm.DB"},
		"its pool":               {`pool, _ := store.DB().DB(); pool.Close()`, "has"},
		"a method that gives it": {`give := store.DB; _ = give`, "the type of store.DB has gorm.io/gorm.DB"},
		"through an interface":   {`var any migrations.Database = store; any.DB()`, "the type of any.DB() has gorm.io/gorm.DB"},
		"in a list": {`list := slices.Collect(maps.Keys(map[any]int{store.DB(): 1})); _ = list`,
			"the type of store.DB() has gorm.io/gorm.DB"},
		"in a type argument":     {`atomic := new(atomic.Pointer[sql.Rows]); _ = atomic`, "has database/sql.Rows"},
		"an error of its driver": {`refused := errors.AsType[*pgconn.PgError]; _ = refused`, "has github.com/jackc/pgx/v5/pgconn.PgError"},
	} {
		source := `package main
import (
	"database/sql"; "errors"; "maps"; "slices"; "sync/atomic"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/eosc-perf/backend/adapters/gormdb"; "github.com/eosc-perf/backend/adapters/migrations"
)
func reach(store *gormdb.Store) {
	` + c.body + `
}
var (
	_ = errors.New; _ = maps.Keys[map[int]int]; _ = slices.Max[[]int]; _ atomic.Int32; _ = sql.ErrNoRows
	_ = migrations.OpenSchema; _ = pgconn.SafeToRetry
)
`
		info, err := checked("fixture", files, []*ast.File{parsed(t, files, name+".go", source)}, imported)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got := strings.Join(reaches(files, info), "\n")
		if (got != "") != (c.want != "") || !strings.Contains(got, name+".go:8: ") && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%s: found %q, want %q", name, got, c.want)
		}
	}
}
