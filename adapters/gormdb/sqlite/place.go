package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/eosc-perf/backend/adapters/gormdb/session"
	"github.com/eosc-perf/backend/adapters/gormdb/tables"
)

// placeFault is the fault of a path at which there can be no file of a database; nil for a regular
// file and for nothing.
func placeFault(path string) error {
	found, err := os.Stat(path)
	cause := err
	switch {
	case errors.Is(err, fs.ErrNotExist) && !isLink(path):
		return nil
	case errors.Is(err, fs.ErrNotExist):
		cause = fmt.Errorf("%s is a symbolic link to a file that is not there", path)
	case err != nil:
	case found.IsDir():
		cause = fmt.Errorf("%s is a folder", path)
	case !found.Mode().IsRegular():
		cause = fmt.Errorf("%s is no regular file", path)
	default:
		return nil
	}
	return &session.Fault{
		Reason: "the database cannot be opened", Cause: cause, Final: true,
		Remedy: "move it away, or choose another folder with DATA_DIR",
	}
}

func isLink(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// unopenedFault is the fault of a file that SQLite does not open, and of what is beside it.
func unopenedFault(cause error) *session.Fault {
	return &session.Fault{
		Reason: "the database cannot be opened", Cause: cause,
		Remedy: "give the user of this program the right to read and write the folder DATA_DIR and all files in it, and see that " +
			"what is named like the database with -wal or -shm at the end is a file, too",
	}
}

// unlocked makes the error of a file that another program keeps for itself a fault; others stay as they
// are.
func unlocked(err error) error {
	if !isBusy(err) {
		return err
	}
	return session.Away(&session.Fault{
		Reason: "another program has locked the database", Cause: err,
		Remedy: "end what holds the file, such as a shell of sqlite3 or a copy of it under way, and start again",
	})
}

// revisionTable has the revision of the schema. The first migration makes it.
const revisionTable = "schema_revision"

// foreignFault returns a fault if the file has tables, and none of ours: migrations would add ours to the
// data of another program.
func foreignFault(ctx context.Context, connection *sql.Conn) error {
	rows, err := connection.QueryContext(ctx, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	ours := append(tables.Names(), revisionTable)
	var foreign []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return err
		}
		if slices.Contains(ours, name) {
			return nil
		}
		foreign = append(foreign, name)
	}
	if err := rows.Err(); err != nil || len(foreign) == 0 {
		return err
	}
	const shown = 5
	return &session.Fault{
		Reason: "the file is the database of another program", Final: true,
		Cause:  fmt.Errorf("it has none of our tables, but others: %s", strings.Join(foreign[:min(len(foreign), shown)], ", ")),
		Remedy: "move the file away, or choose another folder with DATA_DIR",
	}
}
