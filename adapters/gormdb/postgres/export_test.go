package postgres

// Statements are the embedded statements.
var Statements = statements

// ValueIndex makes the conditions on rows of the index of values.
var ValueIndex = valueIndex{}
