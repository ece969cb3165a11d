package sqlite_test

import (
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"gorm.io/gorm"

	"github.com/eosc-perf/backend/adapters/gormdb"
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
	for name, c := range map[string]struct {
		prepare        func(path string) error
		reason, remedy string
	}{
		"other content": {func(path string) error {
			return os.WriteFile(path, []byte("this is no database, and long enough to be taken for one by its length"), 0o600)
		}, "the file of the database is damaged", "admin restore"},
		"a file in the place of the folder": {func(path string) error {
			return errors.Join(os.Remove(filepath.Dir(path)), os.WriteFile(filepath.Dir(path), nil, 0o600))
		}, "the database cannot be written", "give the user of this program the right"},
		"a folder":          {func(path string) error { return os.Mkdir(path, 0o700) }, "is a folder", "move it away"},
		"a link to nothing": {func(path string) error { return os.Symlink(path+".away", path) }, "to a file that is not there", "move it away"},
		"a link to itself":  {func(path string) error { return os.Symlink(path, path) }, "the database cannot be opened", "move it away"},
		"a pipe":            {func(path string) error { return syscall.Mkfifo(path, 0o600) }, "is no regular file", "move it away"},
		"a folder as the log": {func(path string) error {
			return errors.Join(store(t, path), os.Mkdir(path+"-wal", 0o700))
		}, "the database cannot be opened", "-wal"},
		"a lock of another": {func(path string) error { return lock(t, path) }, "another program has locked the database", "start again"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "data", "test.db")
			if err := errors.Join(os.Mkdir(filepath.Dir(path), 0o700), c.prepare(path)); err != nil {
				t.Fatal(err)
			}
			store, err := sqlite.Open(t.Context(), path)
			if err == nil {
				_ = store.Close()
				t.Fatal("it was opened")
			}
			fault := gormdb.FaultOf(err)
			if fault == nil || !strings.Contains(fault.Error(), c.reason) || !strings.Contains(fault.Remedy, c.remedy) {
				t.Errorf("the fault is %v of %v, want %q and %q", fault, err, c.reason, c.remedy)
			}
		})
	}
}

// store makes a database with a table.
func store(t *testing.T, path string) error {
	t.Helper()
	opened, err := sqlite.Open(t.Context(), path)
	if err != nil {
		return err
	}
	return errors.Join(opened.Writer().Exec("CREATE TABLE tag (id)").Error, opened.Close())
}

// lock makes a database of which a connection keeps the file for itself until the test ends.
func lock(t *testing.T, path string) error {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		return err
	}
	t.Cleanup(func() { _ = db.Close() })
	_, err = db.ExecContext(t.Context(), "PRAGMA locking_mode = EXCLUSIVE; CREATE TABLE tag (id); BEGIN EXCLUSIVE")
	return err
}

// TestDatabaseOfAnotherProgramIsRefused: migrations would add our tables to its data.
func TestDatabaseOfAnotherProgramIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		statement string
		foreign   bool
	}{
		"empty":              {"PRAGMA user_version = 0", false},
		"of another program": {"CREATE TABLE notes (id INTEGER PRIMARY KEY AUTOINCREMENT, text TEXT)", true},
		"ours, and a table":  {"CREATE TABLE notes (id); CREATE TABLE tag (id)", false},
		"just begun":         {"CREATE TABLE schema_revision (id)", false},
	} {
		t.Run(name, func(t *testing.T) {
			store, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "test.db"))
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = store.Close() }()
			if err := store.Writer().Exec(c.statement).Error; err != nil {
				t.Fatal(err)
			}
			for what, err := range map[string]error{"Ready": store.Ready(t.Context()), "Examine": store.Examine(t.Context())} {
				if foreign := errors.Is(err, gormdb.ErrRefused) && strings.Contains(err.Error(), "another program"); foreign != c.foreign {
					t.Errorf("%s: %v, want a refusal: %v", what, err, c.foreign)
				}
			}
		})
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
