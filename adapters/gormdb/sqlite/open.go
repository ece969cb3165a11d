package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	gormsqlite "github.com/libtnb/sqlite"

	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/adapters/gormdb/session"
)

const (
	// maxConnections bounds how many requests read at once. Each connection has a cache of its
	// own. Each change by another connection empties it, and the operating system holds
	// the file in memory too.
	maxConnections = 8
	// maxWriters bounds the connections of units of work. They take turns on one connection, unless
	// one of them takes longer than the others wait.
	maxWriters = 4
	// readerCache and writerCache are the sizes of the caches of connections that read and that write,
	// in KiB. That of a writer has the pages of indexes that uploads change.
	readerCache, writerCache = 4 << 10, 32 << 10
)

// settings are those of each connection, with a cache of so many KiB. A transaction takes the lock
// for writing when it begins. If a transaction took the lock only before its first write, that write
// would fail after a write of another transaction, however long it waits.
//
// Commits leave the log to checkpoints, as long as it is not very large.
//
// Each pragma is here once: the driver sorts them, so that of two the last one does not count.
func settings(cache int, more ...string) url.Values {
	return url.Values{
		"_pragma": append(more,
			"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(NORMAL)", "foreign_keys(1)", fmt.Sprintf("cache_size(-%d)", cache),
			fmt.Sprintf("wal_autocheckpoint(%d)", mostLoggedPages),
		),
		"_txlock":      {"immediate"},
		"mode":         {"rw"}, // a new connection does not make a file in the place of one that is gone
		"_time_format": {"sqlite"},
	}
}

// temporaryInMemory keeps the pages to undo a statement in memory, which are in a file else. Sorts are
// in memory then, too: on a connection that writes they are small, but for repairs.
const temporaryInMemory = "temp_store(MEMORY)"

// Open makes a store in the file at the path. It creates the file, and its folder, which
// only the user of this process can read, if they do not exist.
func Open(ctx context.Context, path string, options ...gormdb.Option) (*gormdb.Store, error) {
	err := folderFault(os.MkdirAll(filepath.Dir(path), 0o700))
	if err == nil {
		err = probeFolder(path)
	}
	if err == nil {
		err = placeFault(path)
	}
	if err == nil {
		err = create(path)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, session.Away(err))
	}
	pool, err := openPool(path, settings(readerCache), maxConnections, maxConnections)
	if err != nil {
		return nil, err
	}
	writer, err := openWriter(path, loggedPages)
	if err != nil {
		return nil, err
	}
	health := &health{path: path}
	store, err := gormdb.Open(gormsqlite.New(gormsqlite.Config{Conn: pool}), newDialect(health, writer), options...)
	if err != nil {
		if known := (errorCodes{}).Translate(err); known != nil {
			err = known
		}
		return nil, fmt.Errorf("%s: %w", path, errors.Join(unlocked(err), pool.Close(), writer.Close()))
	}
	if err := store.Ping(ctx); err != nil {
		return nil, fmt.Errorf("%s: %w", path, errors.Join(unlocked(err), store.Close()))
	}
	if found, err := os.Stat(path); err == nil {
		health.opened = found
	}
	if found, err := os.Stat(path + logSuffix); err == nil {
		health.log = found
	}
	return store, nil
}

// create makes an empty file, which is an empty database, if there is none.
func create(path string) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600) //nolint:gosec // the operator's choice
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return folderFault(err)
	}
	return file.Close()
}

// openPool makes a pool of connections to the file, which are opened when they are needed.
func openPool(path string, parameters url.Values, most, idle int) (*sql.DB, error) {
	address, err := address(path, parameters)
	if err != nil {
		return nil, err
	}
	connector, err := newConnector(address)
	if err != nil {
		return nil, err
	}
	pool := sql.OpenDB(connector)
	pool.SetMaxOpenConns(most)
	pool.SetMaxIdleConns(idle)
	return pool, nil
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
