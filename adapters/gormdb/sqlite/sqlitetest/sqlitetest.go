// Package sqlitetest makes embedded databases for tests as copies of one that is filled
// once. Only tests import it.
//
// It imports the standard library only.
package sqlitetest

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// Copy writes a database to the file, as fill makes one. Fill is called once in the test's
// process for all calls with equal contents, which are compared by their printed form; it
// must close the database.
func Copy(t testing.TB, file string, contents any, fill func(file string) error) {
	t.Helper()
	once, _ := templates.LoadOrStore(fmt.Sprint(contents), sync.OnceValues(func() ([]byte, error) { return filled(fill) }))
	text, err := once.(func() ([]byte, error))() //nolint:errcheck // nothing else is in the map
	if err != nil {
		t.Fatalf("make a database to copy: %v", err)
	}
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// templates are functions that return the bytes of a database, by its contents.
var templates sync.Map

func filled(fill func(file string) error) ([]byte, error) {
	folder, err := os.MkdirTemp("", "sqlitetest.")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	file := filepath.Join(folder, "eosc-perf.db")
	if err := fill(file); err != nil {
		return nil, err
	}
	return os.ReadFile(file) //nolint:gosec // below our own folder
}
