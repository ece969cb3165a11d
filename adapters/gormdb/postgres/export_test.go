package postgres

// Statements are the embedded statements.
var Statements = statements
