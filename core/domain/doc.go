// Package domain holds the words of EOSC Perf and the rules that need nothing
// but these words: users, benchmarks, sites, flavors, tags, results, submits,
// who may do what, and what state may follow what.
//
// It imports the standard library and the uuid package only. Everything else
// of the system imports it.
package domain
