package domain

// Violation is a part of a document that does not satisfy a JSON Schema.
type Violation struct {
	// Pointer is the JSON Pointer (RFC 6901) of the part; the empty one is the whole document.
	Pointer string
	// Rule is the keyword of JSON Schema that is violated; "false" for a schema that is false.
	Rule    string
	Message string
}
