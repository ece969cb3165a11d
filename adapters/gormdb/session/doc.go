// Package session is what all packages of storage build on: the open database, the
// transactions in it, the translation of its errors, and Dialect, which lists all
// differences between databases as small interfaces, one for each purpose. The
// packages postgres and sqlite implement these interfaces.
//
// It imports the core, the ports, GORM and the package tables.
package session
