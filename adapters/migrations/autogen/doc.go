// Package autogen compares the schema that the program's GORM models want with
// the one that a database has, and writes the SQL of the revisions that lead
// from one to the other and back.
//
// What the models want is made for real, and both sides are then read from the
// catalogs. In PostgreSQL it is made in a schema with a name of its own, in a
// transaction that is always rolled back: nothing stays behind, however the
// program ends. For SQLite it is made in a database in memory.
//
// # What the comparison sees
//
// Tables; columns with type, nullability and default; primary keys; indexes,
// unique and partial ones too; unique constraints; foreign keys with what happens
// on deletion and when they are checked; checks; in PostgreSQL the values of
// enumerated types, in SQLite the checks that stand for them (TABLE_COLUMN_check).
// A unique index of the models whose name ends in _key is a constraint, as
// PostgreSQL names them.
//
// # What it does not see
//
// Functions, triggers, views, composite types, domains, comments, collations,
// rights, and the order of columns: they are no difference. (SQLite's triggers
// are made again with a table that is made anew.) Neither are the rows: a table
// or column with another name is one that goes and one that comes, the data is
// lost, and a warning says so. An invalid index, and a constraint that was never
// validated, count as the whole thing: the revision that made them is run again.
// In SQLite, types of one affinity are the same type.
//
// Only the tables of the models and those that the caller owns are looked at, in
// PostgreSQL in the current schema only. A type that no model names is dropped if
// columns of those tables had it, and nobody else's have.
//
// # Steps
//
// PostgreSQL builds indexes without blocking writers only outside of
// transactions, and everything else is safe only inside. So a change is up to
// three steps, each a revision: outside, the indexes that go; inside, everything
// else, foreign keys and checks of tables that were there NOT VALID; outside, the
// indexes that come, and the validation. Each statement outside may be run again
// after an interruption. The way down is compared in the other direction, and has
// the mirror image. SQLite needs one step.
//
// A foreign key may not refer to columns whose unique constraint comes in the
// same change: it would be made before the constraint. Let that be two changes.
//
// The package imports gorm and atlas; cmd/migrate, the only program that may
// contain atlas, imports it, and hands over the models of adapters/gormdb.
package autogen
