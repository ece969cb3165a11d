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
	"syscall"

	"gorm.io/gorm"

	"github.com/eosc-perf/backend/adapters/gormdb/session"
)

// health implements session.Health for the database in the file at the path. It uses
// connections of its own, which read the file as it is now: others have parts of it in
// memory. It never opens the file without SQLite, since closing it would end SQLite's
// locks on it.
type health struct {
	path string
	// opened is the file that the connections of the store have, nil while that is not known.
	opened os.FileInfo
	// log is the write-ahead log beside it, nil while that is not known. SQLite keeps it as long as
	// the store has connections.
	log os.FileInfo
}

// logSuffix follows the name of the database in that of its write-ahead log.
const logSuffix = "-wal"

// probeBytes is the size of the file that shows whether there is room on the disk.
const probeBytes = 64 << 10

// Check implements session.Health: is the file there, and can we write to it and beside
// it?
func (h *health) Check(ctx context.Context, _ *gorm.DB) error {
	found, err := os.Stat(h.path)
	if errors.Is(err, fs.ErrNotExist) {
		return &session.Fault{
			Reason: "the file of the database is gone", Cause: err, Final: true,
			Remedy: "stop the server, put the file back or restore a backup with `admin restore`, and start the server",
		}
	}
	if err == nil && h.opened != nil && !os.SameFile(h.opened, found) {
		return &session.Fault{
			Reason: "another file is in the place of the database", Cause: errors.New("the server writes into the file that was there before"),
			Final: true, Remedy: "start the server again to use the other file; what was written since it came is not in it",
		}
	}
	if err := h.checkLog(); err != nil {
		return err
	}
	if err := probeFolder(h.path); err != nil {
		return err
	}
	return h.ask(ctx, func(connection *sql.Conn) error {
		_, err := connection.ExecContext(ctx, "BEGIN IMMEDIATE")
		if isBusy(err) {
			return nil // somebody else writes
		}
		if err == nil {
			// BEGIN is no error where the file is read-only, a change is.
			_, err = connection.ExecContext(ctx, "PRAGMA user_version = 0")
			_, end := connection.ExecContext(ctx, "ROLLBACK")
			err = errors.Join(err, end)
		}
		return err
	})
}

// checkLog returns a fault if the write-ahead log is not the one that the store writes: whoever opens the
// database after it finds nothing of what is only there, or what another database has written.
func (h *health) checkLog() error {
	if h.log == nil {
		return nil
	}
	found, err := os.Stat(h.path + logSuffix)
	reason := "another file is in the place of the database's log"
	switch {
	case errors.Is(err, fs.ErrNotExist):
		reason = "the log of the database is gone"
	case err != nil:
		return fmt.Errorf("look at the log of the database: %w", err)
	case os.SameFile(h.log, found):
		return nil
	}
	return &session.Fault{
		Reason: reason, Cause: errors.New("what the server has written last is only in the file that was there before"), Final: true,
		Remedy: "put back the file " + filepath.Base(h.path) + logSuffix + " that belongs to the database, or stop the server, remove that " +
			"file and restore a backup with `admin restore`",
	}
}

// Connections implements session.Health: a file has no limit.
func (*health) Connections(context.Context, *gorm.DB, int) error { return nil }

// Examine implements session.Health: is the file a sound database, and ours?
func (h *health) Examine(ctx context.Context, _ *gorm.DB) error {
	return h.ask(ctx, func(connection *sql.Conn) error {
		var found string
		if err := connection.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&found); err != nil {
			return err
		}
		if found != "ok" {
			return damagedFault(errors.New(found))
		}
		return foreignFault(ctx, connection)
	})
}

// ask lets the question use a new connection, which waits for nobody.
func (h *health) ask(ctx context.Context, question func(*sql.Conn) error) (err error) {
	address, err := address(h.path, url.Values{"mode": {"rw"}, "_pragma": {"busy_timeout(0)"}})
	if err != nil {
		return err
	}
	db, err := sql.Open(driverName, address)
	if err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	connection, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, connection.Close()) }()
	return question(connection)
}

// probeFolder writes a file in the folder of the database, and removes it. The error is a
// fault that people understand, where that of SQLite is not.
func probeFolder(path string) error {
	folder := filepath.Dir(path)
	probe, err := os.CreateTemp(folder, ".writable-*")
	if err == nil {
		_, err = probe.Write(make([]byte, probeBytes))
		err = errors.Join(err, probe.Close(), os.Remove(probe.Name()))
	}
	return folderFault(err)
}

// folderFault is the fault that keeps us from writing into the folder of the database; nil
// stays nil.
func folderFault(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT), errors.Is(err, syscall.EFBIG):
		return fullFault(err)
	case errors.Is(err, syscall.EROFS):
		return &session.Fault{
			Reason: "the file system of the database is read-only", Cause: err, Final: true,
			Remedy: "mount it so that it can be written to, or choose another folder with DATA_DIR",
		}
	default:
		return deniedFault(fmt.Errorf("the folder of the database is not writable: %w", err))
	}
}

func fullFault(cause error) *session.Fault {
	return &session.Fault{
		Reason: "the disk of the database is full", Cause: cause,
		Remedy: "make room on it, or move the folder to another one and name it in DATA_DIR",
	}
}

func deniedFault(cause error) *session.Fault {
	return &session.Fault{
		Reason: "the database cannot be written", Cause: cause,
		Remedy: "give the user of this program the right to write the folder DATA_DIR and all files in it, or choose another folder " +
			"with DATA_DIR",
	}
}

func damagedFault(cause error) *session.Fault {
	return &session.Fault{
		Reason: "the file of the database is damaged", Cause: cause, Final: true,
		Remedy: "stop the server, keep a copy of the file, and restore a backup with `admin restore` into another folder; " +
			"without a backup, sqlite3's .recover reads what is left",
	}
}
