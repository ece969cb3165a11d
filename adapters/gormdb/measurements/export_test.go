package measurements

// Statements are the statements of the package, for its tests.
var Statements = statements
