// Package archive is the form of a backup: a file with the rows of tables and their
// checksums. It knows no database, and no table.
//
// A backup is one zstd stream (RFC 8878) of lines of JSON. The first line is the
// header, the last line the manifest, which has the number and the checksum of the rows
// of each table; every line between them is a row:
//
//	{"backup":{"format":"eosc-perf-backup","version":1,...,"tables":["user","tag"]}}
//	{"user":{"sub":"ada","email":"ada@example.org",...}}
//	{"tag":{"id":"...","name":"fast",...}}
//	{"manifest":{"header":"SHA-256","tables":[{"name":"user","rows":1,"sha256":"..."},...]}}
//
// The tables come in the order of the header, the rows of a table one after the other.
// Whoever writes and reads the rows decides what a row holds.
package archive

import (
	"time"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

const (
	// formatName marks the files of this system.
	formatName = "eosc-perf-backup"
	// formatVersion is the newest version of the form that this package reads, and the
	// version that it writes.
	formatVersion = 1

	headerKey   = "backup"
	manifestKey = "manifest"
)

// Format reads and writes the form.
type Format struct {
	// MaxRow is the largest row that is read, in bytes of its line; 0 for DefaultMaxRow. A
	// reader needs about twice as much memory.
	MaxRow int
}

var _ ports.BackupFormat = Format{}

// header is the first line.
type header struct {
	Format    string    `json:"format"`
	Version   int       `json:"version"`
	Created   time.Time `json:"created"`
	Program   string    `json:"program"`
	Database  string    `json:"database"`
	Revisions []string  `json:"revisions"`
	Tables    []string  `json:"tables"`
}

func newHeader(h domain.BackupHeader) header {
	return header{
		Format: formatName, Version: formatVersion,
		Created: h.Created, Program: h.Program, Database: h.Database, Revisions: h.Revisions, Tables: h.Tables,
	}
}

func (h header) domain() domain.BackupHeader {
	return domain.BackupHeader{Created: h.Created, Program: h.Program, Database: h.Database, Revisions: h.Revisions, Tables: h.Tables}
}

// tableEntry is what the manifest says of a table.
type tableEntry struct {
	Name string `json:"name"`
	Rows int64  `json:"rows"`
	// SHA256 is the checksum of the lines of the table, in hexadecimal digits.
	SHA256 string `json:"sha256"`
}

// manifest is the last line.
type manifest struct {
	// Header is the SHA-256 of the first line.
	Header string       `json:"header"`
	Tables []tableEntry `json:"tables"`
	// largest is the size of the largest line in bytes.
	largest int
}

// backup is the whole backup that the two lines describe.
func (m manifest) backup(h header) domain.Backup {
	backup := domain.Backup{BackupHeader: h.domain(), LargestRow: m.largest}
	for _, t := range m.Tables {
		backup.Contents = append(backup.Contents, domain.BackupTable(t))
	}
	return backup
}
