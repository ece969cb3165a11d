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

// Add sets the messages of the field. The first one is the contract's; others help.
func (f FieldErrors) Add(field string, messages ...string) { f[field] = messages }
