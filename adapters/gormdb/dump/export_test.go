package dump

// Statements are the embedded statements.
var Statements = statements
