package sqlite_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"gorm.io/gorm"

	"github.com/eosc-perf/backend/adapters/gormdb/sqlite"
)

func TestOpenMakesFolderAndFile(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "new", "data")
	for _, name := range []string{"plain.db", "odd name?mode=memory&x#y%20z.db"} {
		path := filepath.Join(folder, name)
		for range 2 { // the second time it is there
			store, err := sqlite.Open(t.Context(), path)
			if err != nil {
				t.Fatal(err)
			}
			var file string
			if err := store.DB().Raw("SELECT file FROM pragma_database_list").Scan(&file).Error; err != nil || file != path {
				t.Errorf("the database is in %q (%v), want %q", file, err, path)
			}
			if err := store.Close(); err != nil {
				t.Error(err)
			}
		}
	}
	info, err := os.Stat(folder)
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the folder is %v (%v), want it for nobody but us", info, err)
	}
}

func TestSettingsOfEveryConnection(t *testing.T) {
	store, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "test.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	for _, of := range []struct {
		connections      *gorm.DB
		cache, temporary string
	}{{store.DB(), "-4096", "0"}, {store.Writer(), "-32768", "2"}} {
		pool, err := of.connections.DB()
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			c, err := pool.Conn(t.Context()) // kept, so that the next one is another
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = c.Close() })
			for pragma, want := range map[string]string{
				"foreign_keys": "1", "journal_mode": "wal", "busy_timeout": "5000", "synchronous": "1", "cache_size": of.cache,
				"temp_store": of.temporary,
			} {
				var got string
				if err := c.QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&got); err != nil || got != want {
					t.Errorf("%s is %q (%v), want %q", pragma, got, err, want)
				}
			}
		}
	}
}

func TestOpenTellsWhatIsInTheWay(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("this is no database, and long enough to be taken for one by its length"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{file, filepath.Join(file, "test.db")} {
		if store, err := sqlite.Open(t.Context(), path); err == nil {
			t.Errorf("%s was opened", path)
			_ = store.Close()
		}
	}
}

// Readiness says that the file is gone. A connection that is opened later does not hide that by a new file.
func TestNoConnectionMakesAFileInThePlaceOfOneThatIsGone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "eosc-perf.db")
	store, err := sqlite.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	if err := os.Rename(path, path+".away"); err != nil {
		t.Fatal(err)
	}
	err = store.DB().Connection(func(first *gorm.DB) error {
		return errors.Join(first.Exec("SELECT 1").Error, store.DB().Connection(func(second *gorm.DB) error {
			return second.Exec("SELECT count(*) FROM sqlite_master").Error
		}))
	})
	if err == nil {
		t.Error("a connection was opened to a file that is gone")
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("there is a new file: %v", err)
	}
}
