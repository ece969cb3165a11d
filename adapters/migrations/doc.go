// Package migrations brings the schema of a database from one revision to another.
//
// A revision is one SQL file for each dialect, with a header, an up part and a down part.
// Its parents give a revision its place in the order. The embedded revisions are in
// sql/postgres and sql/sqlite. The table schema_revision of a database has the ids of the
// revisions that ran; gormigrate writes the table.
//
// The first two revisions are the two Alembic migrations of the earlier program. A database
// with the table alembic_version is taken over as it is, and only the newer revisions run.
// The table alembic_version is never changed.
//
// In PostgreSQL, only the current schema is read and changed.
//
// The package imports gorm and gormigrate. The commands hold a Schema, and have no
// connection of gorm for it.
package migrations
