// Package filter parses the filters and sorts of lists, such as `machine.cpu.count >= 8`
// and `+site_name,-json.result.score`. Its types are free of any database's dialect; the
// storage adapters translate them.
//
// It imports at most the domain. The ports use its types.
package filter
