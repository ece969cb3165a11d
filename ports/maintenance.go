package ports

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
)

// Tables are all tables that the storage keeps, whatever their rows mean. What the
// database derives from them is not among them.
type Tables interface {
	// Kind is the kind of the database: "postgres" or "sqlite".
	Kind() string
	// Snapshot lets read look at one state of the database, whatever others write
	// meanwhile. Nobody is kept from writing rows. It returns the error of read.
	Snapshot(ctx context.Context, read func(ctx context.Context, snapshot Snapshot) error) error
	// Restore lets write fill the empty tables. All rows become visible when write
	// returns nil, none with an error. Others wait before they write. Errors:
	// ErrNotEmpty, and that of write.
	Restore(ctx context.Context, write func(ctx context.Context, restoration Restoration) error) error
}

// Snapshot is one state of the database.
type Snapshot interface {
	// Schema returns the state of the schema that the snapshot sees.
	Schema(ctx context.Context) (domain.SchemaState, error)
	// Tables returns the names of the tables, in the order in which a Restoration takes
	// them. A schema of before has fewer than the newest one.
	Tables() []string
	// Count returns the number of rows of all tables.
	Count(ctx context.Context) (int64, error)
	// Rows calls each with every row of a table, in no order, as a JSON object in one
	// line, the same for every kind of database: JSON documents are texts, so that each
	// comes as it is spelled; date-times are texts with six digits of a second. The row
	// is valid until each returns. An error of each ends the reading, and is returned.
	Rows(ctx context.Context, table string, each func(row []byte) error) error
}

// Restoration writes rows into empty tables.
type Restoration interface {
	// Schema returns the state of the schema that the restoration sees.
	Schema(ctx context.Context) (domain.SchemaState, error)
	// Tables are those that a backup of this schema has.
	Tables() []string
	// Insert adds a row in the form of Snapshot.Rows. The tables come one after the
	// other, in the order of Snapshot.Tables. A RowError may be about a row before, and may
	// come when write has returned.
	Insert(ctx context.Context, table string, row []byte) error
	// Record adds an event after the last row. A schema without an audit trail gets none.
	Record(ctx context.Context, e domain.Event) error
}

// RowCheck checks the rows of a backup, without a database.
type RowCheck interface {
	// Check returns nil for a row in the form of Snapshot.Rows whose values are what both
	// kinds of databases store: texts of valid Unicode without NUL, JSON documents, date-times
	// of the years 1 to 9999, ids. Tables and columns that it does not know hold any text,
	// number or boolean. The error says what is wrong.
	Check(table string, row []byte) error
}

// RowError is an error about one row of a restoration.
type RowError struct {
	// Row is the number of the row, in the order of Insert, from 1; 0 if only Table and ID
	// tell which row it is.
	Row       int64
	Table, ID string
	Cause     error
}

// Error names the table.
func (e *RowError) Error() string { return fmt.Sprintf("table %s: %s", e.Table, e.Cause) }

// Unwrap returns the cause.
func (e *RowError) Unwrap() error { return e.Cause }

// Schema is the schema of the database, and the revisions that lead to it.
type Schema interface {
	// Known returns the ids of the revisions that the program knows, parents first.
	Known() []string
	// State returns which revisions the database has. The error is a
	// domain.ErrUnknownRevision if the earlier program left the database at a revision
	// that the program does not know.
	State(ctx context.Context) (domain.SchemaState, error)
	// Create makes the tables of an empty database, as of the revision.
	Create(ctx context.Context, revision string) error
	// Drop removes all tables that revisions have made, with their rows.
	Drop(ctx context.Context) error
}

// Integrity finds rows that break rules which the tables do not enforce.
type Integrity interface {
	// Findings calls each with every row that breaks a rule, by rule and id, then with
	// those that are noteworthy; all of one state of the database. An error of each ends
	// the search, and is returned.
	Findings(ctx context.Context, each func(domain.Finding) error) error
}

// Names are the names of all benchmarks, sites, flavors and tags.
type Names interface {
	// EachName calls each with every name: table by table, approved rows first, then in the
	// order of their upload; all of one state of the database. An error of each ends the
	// reading, and is returned.
	EachName(ctx context.Context, each func(domain.Name) error) error
}

// Documents are the documents of the results, hidden results included.
type Documents interface {
	// EachResult calls each with every result of a benchmark, or of all benchmarks if
	// the id is nil; all of one state of the database. ErrNotFound if there is no such
	// benchmark. An error of each ends the reading, and is returned.
	EachResult(ctx context.Context, benchmarkID *uuid.UUID, each func(domain.StoredResult) error) error
}

// PersonalData finds what is stored of a person.
type PersonalData interface {
	// Personal calls each with every row about the person, table by table, in the form
	// of Snapshot.Rows; all of one state of the database. An error of each ends the
	// search, and is returned.
	Personal(ctx context.Context, user *domain.User, each func(table string, row []byte) error) error
}

// DerivedData is what the database derives from results by triggers: totals, and the
// values for filters and sorts. It is wrong only where somebody wrote without triggers.
type DerivedData interface {
	// CheckDerived compares with the results. Every comparison is returned, those
	// without a difference too.
	CheckDerived(ctx context.Context) ([]domain.Difference, error)
	// RepairDerived derives everything anew, and calls also in the same unit of work, which is
	// undone if also returns an error. Uploads wait meanwhile.
	RepairDerived(ctx context.Context, also func(ctx context.Context, r Repos) error) error
}

// BackupFormat is the form of backups: rows of tables, with checksums.
type BackupFormat interface {
	// NewWriter begins a backup.
	NewWriter(to io.Writer, header domain.BackupHeader) (BackupWriter, error)
	// NewReader reads the header of a backup. Errors: ErrBackupForeign, ErrBackupNewer,
	// ErrBackupDamaged, or the error of the reader.
	NewReader(from io.Reader) (BackupReader, error)
}

// BackupWriter writes one backup. Close or Abandon ends it.
type BackupWriter interface {
	// Row adds a row, a JSON object in one line, to the table of the row before or to
	// one that comes after that in the header.
	Row(table string, row []byte) error
	// Close writes the end of the backup, without which it is damaged.
	Close() (domain.Backup, error)
	// Abandon releases a writer whose backup is of no use.
	Abandon()
}

// BackupReader reads one backup.
type BackupReader interface {
	// Header says where the rows come from.
	Header() domain.BackupHeader
	// Next returns the next row and its table; the row is valid until the next call.
	// After the last row it returns io.EOF if all rows are those that were written: until
	// then none is certain. Errors: ErrBackupDamaged, or the error of the reader.
	Next() (table string, row []byte, err error)
	// Line is the number of the line that Next has read last: 1 is the header's.
	Line() int64
	// Backup describes the backup after Next has returned io.EOF.
	Backup() domain.Backup
	// Close releases the reader.
	Close()
}

// BackupFiles are the files of backups.
type BackupFiles interface {
	// Open opens a file for reading.
	Open(path string) (io.ReadSeekCloser, error)
	// Create makes a file that only its owner may read. The file appears, in the place
	// of one of that name, when it is complete and on the disk. If write fails, the file
	// of before stays.
	Create(path string, write func(io.Writer) error) error
	// IsFolder is true for a folder that exists.
	IsFolder(path string) bool
	// Name returns the path of a backup in a folder, named for the time in UTC.
	Name(folder string, at time.Time) string
	// List returns the paths of the files in a folder that have a name as by Name, the
	// newest first.
	List(folder string) ([]string, error)
	// Remove removes a file.
	Remove(path string) error
}

// LongRowError says that a row of a backup is larger than what is read, which bounds the
// memory that a forged file can take.
type LongRowError struct {
	// Limit is the largest row that is read, in bytes.
	Limit int
}

// Error names the limit.
func (e *LongRowError) Error() string {
	return fmt.Sprintf("a row has more than %d bytes, the limit for rows", e.Limit)
}

// ErrNotEmpty says that tables have rows already, where there must be none.
var ErrNotEmpty = errors.New("the database is not empty")

// Why a backup cannot be read. Errors say more, and wrap one of these.
var (
	// ErrBackupForeign: the file is no backup of this system.
	ErrBackupForeign = errors.New("this is no backup of EOSC Perf, or damaged from the start")
	// ErrBackupNewer: a newer program wrote the backup, in a form that is not known here.
	ErrBackupNewer = errors.New("the backup is of a newer program")
	// ErrBackupDamaged: the backup is not as it was written: changed, or cut off.
	ErrBackupDamaged = errors.New("the backup is damaged")
)
