// Package dump reads and writes whole tables: for backups and their restoration, for
// the export of a person's data, and for the check of rules between tables. The
// list of tables is tables.Registry.
//
// It imports GORM, and the packages session and tables.
package dump
