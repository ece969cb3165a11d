// Package postgres opens stores in PostgreSQL 13 or newer, through a pool of pgx
// connections. It implements the interfaces of the package session for PostgreSQL.
package postgres
