// Package postgres opens stores in PostgreSQL 13 or newer, through a pool of pgx
// connections, and holds what is particular to that database.
package postgres
