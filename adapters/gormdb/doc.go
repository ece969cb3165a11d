// Package gormdb keeps everything in a relational database, on the tables that running
// deployments have. It holds the Store, which implements ports.Storage, the unit of
// work, and the repositories of all entities. Its subpackages:
//
//   - resultlist reads lists of results, with filters and sorts by JSON values;
//   - dump reads and writes whole tables, for backups, personal data and checks;
//   - derived checks, repairs and completes what triggers derive;
//   - session is beneath all: connections, transactions, errors, and the differences
//     between databases as small interfaces, one for each purpose;
//   - tables has the rows, the types of columns, and the list of all tables;
//   - query composes the conditions, the order and the page of a list;
//   - references finds and caches the entities that results refer to;
//   - postgres and sqlite implement the interfaces of session, each purpose in a file of
//     the same name, and open stores;
//   - storetest opens stores for tests.
//
// The rule for statements: GORM reads and writes entities that are read and written
// whole, and composes conditions, orders and pages. Lists and statistics are files
// sql/*.sql, and so are those that insert uploads and the audit trail, many rows at once:
// session.Inserts. pgx is used alone only where that is measured to be faster: for reading
// and adding results.
//
// The package imports the core, the ports and GORM. The programs in cmd open stores;
// adapters/migrations makes the tables.
package gormdb
