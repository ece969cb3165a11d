// Package wiring is what all commands begin with: the settings from flags,
// environment and .env, the log, the database, and how a failure is told.
//
// It imports config and adapters; the commands import it, and nothing else does.
package wiring
