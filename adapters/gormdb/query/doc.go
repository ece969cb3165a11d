// Package query composes the queries of lists: the conditions that choose rows, the
// order, and the page. Conditions and orders are expressions of GORM, which numbers
// the placeholders; all values are bound.
//
// It imports the core, the ports, GORM, and the packages session and tables.
package query
