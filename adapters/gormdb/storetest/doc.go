// Package storetest opens stores for tests of adapters/gormdb, its packages and the core, and
// fills them with results. Only tests import it, so it may import other adapters:
// adapters/migrations makes the tables.
package storetest
