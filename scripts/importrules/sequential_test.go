package importrules

import (
	"go/ast"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// sequential are the packages that make test tests without the race detector.
func sequential(t *testing.T) []string {
	t.Helper()
	makefile, err := os.ReadFile("../../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	list := regexp.MustCompile(`(?m)^SEQUENTIAL := ((?:.*\\\n)*.*)`).FindStringSubmatch(string(makefile))
	if list == nil {
		t.Fatal("the Makefile has no list SEQUENTIAL")
	}
	return strings.Fields(strings.ReplaceAll(list[1], "\\\n", " "))
}

func TestPackagesWithoutTheRaceDetectorStartNoGoroutineAndShareNothing(t *testing.T) {
	for _, folder := range sequential(t) {
		names, err := filepath.Glob("../../" + folder + "/*.go")
		if err != nil || len(names) == 0 {
			t.Errorf("%s has no Go files (error %v)", folder, err)
		}
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			source, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, found := range concurrency(t, name, source) {
				t.Errorf("%s: %s", name, found)
			}
		}
	}
}

func TestConcurrencyIsSeen(t *testing.T) {
	for _, source := range []string{
		`func f() { go f() }`, `import "sync"; var m sync.Mutex`, `import "sync/atomic"; var n atomic.Int64`,
		`import p "github.com/eosc-perf/backend/core/parallel"; var _ = p.Each`,
		`import lru "github.com/hashicorp/golang-lru/v2/expirable"; var l lru.LRU[int, int]`, `var c = make(chan int)`,
	} {
		if len(concurrency(t, "f.go", "package p; "+source)) == 0 {
			t.Errorf("%s passes", source)
		}
	}
	if found := concurrency(t, "f.go", `package p; import "context"; func f(c context.Context) { <-c.Done() }`); len(found) > 0 {
		t.Errorf("a context is refused: %v", found)
	}
}

// shared are packages of what goroutines share.
var shared = []string{
	"sync", "golang.org/x/sync", "github.com/hashicorp/golang-lru", "github.com/eosc-perf/backend/core/parallel",
	"github.com/eosc-perf/backend/core/versioned",
}

// concurrency names what in a file needs the race detector.
func concurrency(t *testing.T, name string, source any) (found []string) {
	t.Helper()
	file := parsed(t, token.NewFileSet(), name, source)
	for _, imported := range file.Imports {
		path := strings.Trim(imported.Path.Value, `"`)
		if slices.ContainsFunc(shared, func(library string) bool { return path == library || strings.HasPrefix(path, library+"/") }) {
			found = append(found, "imports "+path)
		}
	}
	ast.Inspect(file, func(node ast.Node) bool {
		switch node.(type) {
		case *ast.GoStmt:
			found = append(found, "starts a goroutine")
		case *ast.ChanType:
			found = append(found, "has a channel")
		}
		return true
	})
	return found
}
