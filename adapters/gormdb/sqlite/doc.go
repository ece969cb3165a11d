// Package sqlite opens stores in an embedded SQLite database, which is one file,
// and holds what is particular to that database.
package sqlite
