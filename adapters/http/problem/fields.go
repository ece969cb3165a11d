package problem

// The messages about one field of a query or a body. The texts are the contract's.
const (
	UnknownField = "Unknown field."
	MissingField = "Missing data for required field."
	NotAString   = "Not a valid string."
	NotAUUID     = "Not a valid UUID."
)

// FieldErrors are the errors of one part of a request, by field: a list of texts, or
// FieldErrors by index where the field is a list.
type FieldErrors map[string]any

// Add sets the message of the field.
func (f FieldErrors) Add(field, message string) { f[field] = []string{message} }
