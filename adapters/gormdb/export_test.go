package gormdb

// Models are all rows, for the comparison with the schema.
var Models = models
