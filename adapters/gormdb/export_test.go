package gormdb

// Statements are the embedded statements.
var Statements = statements
