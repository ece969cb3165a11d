// Package filter reads what people write to choose and order results:
// `machine.cpu.count >= 8` and `+site_name,-json.result.score`. What it gives is
// free of any database's dialect; storage adapters translate it.
//
// It imports the domain at most. The services' ports speak in its types.
package filter
