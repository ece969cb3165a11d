// Package filter parses the questions about results: paths into documents, filters, sorts and
// conditions, such as `machine.cpu.count >= 8`, `+site_name,-json.result.score` and
// `json.jobs[*].iops > 1000 AND site_name ~ "cern"`. Its types are free of any database's
// dialect; the storage adapters translate them.
//
// The grammar in EBNF (ISO/IEC 14977), with blanks between the symbols of conditions:
//
//	filter     = path " " ( "==" | ">" | "<" | ">=" | "<=" ) " " text ;
//	sort       = key { "," key } ;   key = ( "+" | "-" ) ( field | "json" [ "." path ] ) ;
//
//	where      = or ;   or = and { "OR" and } ;   and = not { "AND" not } ;
//	not        = [ "NOT" ] ( "(" or ")" | comparison ) ;
//	comparison = operand ( ( "=" | "==" | "!=" | "<" | "<=" | ">" | ">=" ) value | ( "~" | "!~" ) string
//	           | [ "NOT" ] "IN" "(" value { "," value } ")" | [ "NOT" ] "BETWEEN" value "AND" value
//	           | "EXISTS" | "MISSING" ) ;
//	operand    = field | "tag" | "json." path ;
//	value      = number [ unit ] | string | "true" | "false" ;
//
//	path       = part { "." part } ;   part = ( bare | quoted ) { selector } ;
//	selector   = "[*]" | "[" digits "]" | "[" ( bare | quoted ) "=" ( quoted | number | "true" | "false" ) "]" ;
//
// A quoted part is a JSON string; a string of a condition may also stand in single quotes, with
// two of them for one. A bare word is any text up to the dot, the selector or the end of the
// path: a blank in filters, a comma in sorts, a blank, comma, parenthesis or operator in
// conditions. A path that is not complete by the grammar is read as names between dots.
//
// path.go reads paths, condition.go filters, sort.go sorts; where.go, tokens.go and hints.go
// read conditions into the types of expression.go.
//
// It imports at most the domain. The ports use its types.
package filter
