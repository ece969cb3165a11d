// Package wiring is what all commands begin with: the settings from flags,
// environment and .env, the log, the database, and how a failure is told.
//
// It imports config and adapters; the commands import it, and nothing else does.
package wiring

// DocsRepository is where people find the files that the documentation links to and
// the site does not have.
const DocsRepository = "https://github.com/eosc-perf/backend/blob/main/docs/"
