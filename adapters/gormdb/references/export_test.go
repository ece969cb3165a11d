package references

// Statements are for tests.
var Statements = statements
