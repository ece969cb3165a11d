// Package references finds the entities that results refer to: benchmarks, sites,
// flavors and tags. Results are read far more often than these entities change, so
// the package caches the entities, and pages of lists of them. A cache entry is valid
// for one version of the database; see session.BulkResults.
//
// It imports the core, the ports, GORM, and the packages query, session and tables.
package references
