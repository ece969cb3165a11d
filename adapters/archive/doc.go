// Package archive is the form of a backup: a file that holds the rows of tables,
// and can tell whether it is whole. It knows no database, and no table.
//
// A backup is one zstd stream (RFC 8878) of lines of JSON. The first line is the
// header, the last one the manifest, which counts and sums up what is between;
// each line between is a row:
//
//	{"backup":{"format":"eosc-perf-backup","version":1,...,"tables":["user","tag"]}}
//	{"user":{"sub":"ada","email":"ada@example.org",...}}
//	{"tag":{"id":"...","name":"fast",...}}
//	{"manifest":{"header":"SHA-256","tables":[{"name":"user","rows":1,"sha256":"..."},...]}}
//
// The tables come in the order of the header, each in one piece. What a row holds
// is the business of whoever writes and reads it.
package archive

import (
	"errors"
	"time"
)

const (
	// Format is the mark of our backups.
	Format = "eosc-perf-backup"
	// Version is the newest form that this package knows, and the one it writes.
	Version = 1

	headerKey   = "backup"
	manifestKey = "manifest"
)

// Why a backup cannot be read. Errors say more, and are one of these.
var (
	// ErrForeign says that the file is no backup of ours.
	ErrForeign = errors.New("this is no backup of EOSC Perf, or damaged from the start")
	// ErrNewer says that a newer program wrote it, in a form that is not known here.
	ErrNewer = errors.New("the backup is of a newer program")
	// ErrDamaged says that it is not as it was written: changed, or cut off.
	ErrDamaged = errors.New("the backup is damaged")
)

// Header says what a backup is of.
type Header struct {
	// Format and Version are set by NewWriter.
	Format  string `json:"format"`
	Version int    `json:"version"`
	// Created is when the backup began.
	Created time.Time `json:"created"`
	// Program is the version of the program that wrote it.
	Program string `json:"program"`
	// Database is the kind of database that it is of.
	Database string `json:"database"`
	// Revisions are the newest ones of the schema that the rows are of: one,
	// unless the database was between two branches.
	Revisions []string `json:"revisions"`
	// Tables in their order.
	Tables []string `json:"tables"`
}

// Table is what the manifest says of a table.
type Table struct {
	Name string `json:"name"`
	Rows int64  `json:"rows"`
	// SHA256 is that of the table's lines, in hexadecimal digits.
	SHA256 string `json:"sha256"`
}

// Manifest is what the whole backup must be.
type Manifest struct {
	// Header is the SHA-256 of the first line.
	Header string  `json:"header"`
	Tables []Table `json:"tables"`
}

// Rows is how many there are in all.
func (m Manifest) Rows() (count int64) {
	for _, table := range m.Tables {
		count += table.Rows
	}
	return count
}
