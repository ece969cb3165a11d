// Package autogen compares the schema of the program's GORM models with the schema of a
// database, and writes the SQL of the revisions that lead from one to the other and back.
//
// The tables of the models are created, and both schemas are read from the catalogs. In
// PostgreSQL the tables are created in a new schema, in a transaction that is always rolled
// back: nothing stays behind, however the program ends. For SQLite they are created in a
// database in memory.
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
// Functions, triggers, views, composite types, domains, comments, collations, rights, and
// the order of columns are no difference. (If a table of SQLite is replaced, its triggers
// are created again.) Neither are the rows: a renamed table or column is one that is removed
// and one that is added. Its data is lost, and a warning says so. An invalid index, and a
// constraint that was never validated, are no difference from the complete ones: the
// revision that made them is run again. In SQLite, types of one affinity are the same type.
//
// Only the tables of the models and the owned tables are compared, in PostgreSQL in the
// current schema. A type that no model names is dropped if columns of these tables had the
// type, and no other column has it.
//
// # Steps
//
// Outside of transactions only, PostgreSQL builds indexes without blocking writers. All
// other statements are safe inside only. So a change has up to three steps, each a revision:
// outside, indexes are dropped; inside, everything else is changed, with foreign keys and
// checks of existing tables NOT VALID; outside, indexes are built, and keys and checks
// validated. Each statement outside can be run again after an interruption. The down parts
// are planned by a comparison in the other direction. SQLite needs one step.
//
// A foreign key cannot refer to columns whose unique constraint is added by the same change:
// the key would be created before the constraint. This takes two changes.
//
// The package imports gorm and atlas. cmd/migrate imports it, the only program that may
// contain atlas, and passes the models of adapters/gormdb.
package autogen
