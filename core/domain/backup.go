package domain

import "time"

// BackupHeader says where the rows of a backup come from.
type BackupHeader struct {
	// Created is when the backup began, in UTC.
	Created time.Time
	// Program is the version of the program that wrote the backup.
	Program string
	// Database is the kind of the database: "postgres" or "sqlite".
	Database string
	// Revisions are the newest revisions of the schema that the rows fit: one, unless
	// the database was between two branches.
	Revisions []string
	// Tables are the names of the tables, in the order of the backup.
	Tables []string
}

// BackupTable says what a backup holds of a table.
type BackupTable struct {
	Name string
	// Rows is the number of rows.
	Rows int64
	// SHA256 is the checksum of the rows, in hexadecimal digits.
	SHA256 string
}

// Backup describes a whole backup.
type Backup struct {
	BackupHeader
	// Contents are the tables, in the order of the header.
	Contents []BackupTable
	// LargestRow is the size of the largest row in bytes, in the form of the backup.
	LargestRow int
}

// Rows is the number of rows of all tables.
func (b Backup) Rows() (total int64) {
	for _, table := range b.Contents {
		total += table.Rows
	}
	return total
}
