// Package resultlist reads lists of results. Read it in this order:
//
//   - list.go: from a query to a page of results;
//   - conditions.go, search.go: from the query to conditions on rows;
//   - strategy.go: which of the ways to the ids of a page is taken, and why;
//   - indexedpaths.go: what the value index knows of a query;
//   - totals.go: how results are counted;
//   - rows.go: from ids to results.
//
// It imports the core, the ports, GORM, and the packages query, references, session
// and tables.
package resultlist
