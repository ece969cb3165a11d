package sqlite

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	gormsqlite "github.com/glebarez/sqlite"

	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/adapters/gormdb/session"
)

// maxConnections bounds how many requests read at once; there is one writer at a time
// anyway. Each connection has a cache of its own, of 4 MiB: that has the pages which uploads
// change. Larger caches gain little, since the operating system holds the file in memory too.
const maxConnections = 8

// settings are those of each connection. A transaction takes the lock for writing when it
// begins. If a transaction took the lock only before its first write, that write would
// fail after a write of another transaction, however long it waits.
//
// A checkpoint after 16 MB of the log, instead of 4 MB, writes a page that many transactions change
// less often into the file.
var settings = url.Values{
	"_pragma": {
		"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(NORMAL)", "foreign_keys(1)", "cache_size(-4096)",
		"wal_autocheckpoint(4000)",
	},
	"_txlock": {"immediate"},
}

// Open makes a store in the file at the path. It creates the file, and its folder, which
// only the user of this process can read, if they do not exist.
func Open(ctx context.Context, path string, options ...gormdb.Option) (*gormdb.Store, error) {
	err := folderFault(os.MkdirAll(filepath.Dir(path), 0o700))
	if err == nil {
		err = probeFolder(path)
	}
	if found, statErr := os.Stat(path); err == nil && statErr == nil && found.IsDir() {
		err = &session.Fault{
			Reason: "the database cannot be opened", Cause: fmt.Errorf("%s is a folder", path), Final: true,
			Remedy: "move it away, or choose another folder with DATA_DIR",
		}
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, session.Away(err))
	}
	address, err := address(path, settings)
	if err != nil {
		return nil, err
	}
	store, err := gormdb.Open(gormsqlite.Open(address), newDialect(path), options...)
	if err != nil {
		if known := (errorCodes{}).Translate(err); known != nil {
			err = known
		}
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	pool, err := store.DB().DB()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	pool.SetMaxOpenConns(maxConnections)
	pool.SetMaxIdleConns(maxConnections)
	if err := store.Ping(ctx); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return store, nil
}

// address is the URI of the file for SQLite.
func address(path string, parameters url.Values) (string, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("find the database: %w", err)
	}
	uri := url.URL{Scheme: "file", Path: filepath.ToSlash(absolute), RawQuery: parameters.Encode()}
	return uri.String(), nil
}

// driverName is the name of the driver in database/sql.
const driverName = gormsqlite.DriverName
