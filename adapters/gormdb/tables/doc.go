// Package tables describes the tables of the database: a row type for each table, the
// types of their columns, and Registry, the one list of all tables. It also
// translates between rows and the entities of the core.
//
// It imports the core and GORM. All packages of adapters/gormdb import it; so do the
// programs that compare the schema of a database with the row types.
package tables
