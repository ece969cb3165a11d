package measurements

// Statements are the statements of the package, for its tests.
var Statements = statements

// FillSize is the number of results up to which values are derived at once.
const FillSize = fillSize
