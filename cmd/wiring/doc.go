// Package wiring is shared by all commands: the settings from flags, environment and
// .env, the log, the database, the manual, and the exit status after an error.
//
// It imports config and adapters; the commands import it, and nothing else does.
package wiring

// DocsRepository is the address of the files that the documentation links to and the site
// does not have.
const DocsRepository = "https://github.com/eosc-perf/backend/blob/main/docs/"
