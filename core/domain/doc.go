// Package domain holds the vocabulary of EOSC Perf and the rules that need nothing else:
// users, benchmarks, sites, flavors, tags, results, claims and submits, the table of
// rights, and the changes of state that are allowed.
//
// It imports the standard library and the uuid package only. Everything else of the
// system imports it.
package domain
