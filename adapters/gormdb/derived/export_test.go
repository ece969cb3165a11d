package derived

// Statements are the embedded statements.
var Statements = statements
