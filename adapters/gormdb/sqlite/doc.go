// Package sqlite opens stores in an embedded SQLite database, which is one file. It
// implements the interfaces of the package session for SQLite.
package sqlite
