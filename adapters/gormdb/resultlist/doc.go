// Package resultlist reads lists of results. A filtered and sorted list is read by these files,
// in this order:
//
//   - list.go: from a query to a page of results;
//   - filters.go: parts of conditions that are filters;
//   - facts.go, indexedpaths.go, totals.go: what is known about a query;
//   - largedocuments.go, answers.go: what many large documents say to the conditions of a query;
//   - planner.go: which plan is taken, and why: a pure function;
//   - the file of the plan: bydocuments.go, byfirstdocuments.go, byvalueindex.go,
//     inindexorder.go or byhashtable.go;
//   - conditions.go, expression.go, search.go: from the query to conditions on rows;
//   - rows.go: from ids to results.
//
// cursor.go and cursorinindex.go read lists by cursors, stream.go reads all results of a list one by one, documents.go
// reads documents, explain.go tells the plan.
//
// Another package of the storage that reads results by the same conditions calls Heavy and
// Chosen (chosen.go): Chosen turns a ports.ResultQuery into a query with FROM and WHERE, to
// which the caller adds what it selects.
//
// It imports the core, the ports, GORM, and the packages query, references, session
// and tables.
package resultlist
