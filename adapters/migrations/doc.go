// Package migrations brings a database's schema from one revision to another.
//
// A revision is one SQL file for each dialect, with a header and an up and a
// down part; revisions know their parents, and so have an order. The embedded
// ones are in sql/postgres and sql/sqlite. What a database has is written in its
// table schema_revision, by gormigrate.
//
// The first two revisions are those of the earlier program, whose migrations
// were Alembic's: a database with a table alembic_version is taken over as it is,
// and only the newer revisions run. That table is never written to.
//
// Only the current schema of a PostgreSQL database is looked at.
//
// The package imports gorm and gormigrate; cmd/server and cmd/migrate import it.
package migrations
