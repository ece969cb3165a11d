// Package gormdb keeps everything in a relational database: it implements
// ports.Storage with GORM, on the tables that running deployments have. What
// differs between databases is a Dialect, in the subpackages postgres and
// sqlite, which also open the connections.
//
// It imports the core, the ports and GORM. The programs in cmd open stores;
// adapters/migrations makes the tables.
package gormdb
