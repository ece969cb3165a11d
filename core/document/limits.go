package document

import (
	"fmt"
	"math"
)

// Limits bound a document. The zero value allows nothing.
type Limits struct {
	// Bytes is the largest size, with numbers counted in plain decimal form.
	Bytes int
	// Depth is how deeply arrays and objects may be nested.
	Depth int
	// Exponent is the largest absolute exponent of a number.
	Exponent int
}

// StoredLimits are those of documents that are in a database: they were checked before,
// or another program wrote them.
var StoredLimits = Limits{Bytes: math.MaxInt, Depth: 10_000, Exponent: maxIntegerDigits}

// MemoryPerByte is the most bytes of memory that Parse uses for each byte of a text,
// at its worst for a list of numbers of one digit.
const MemoryPerByte = 32

// SyntaxError says that a text is not JSON, not UTF-8, or holds a character that
// cannot be stored: NUL or half of a surrogate pair.
type SyntaxError struct {
	// Literal is set if the text has NaN or an infinity in the place of a value: the
	// word as it was sent.
	Literal string
	// Offset is the number of bytes before Literal.
	Offset int
	cause  error
}

// Error is fit for the sender of the document.
func (e *SyntaxError) Error() string {
	if e.Literal != "" {
		return fmt.Sprintf("not a JSON document: %s at byte %d", e.Literal, e.Offset)
	}
	return "not a JSON document"
}

// Unwrap returns the error of the tokenizer; nil if there is none.
func (e *SyntaxError) Unwrap() error { return e.cause }

// SizeError says that a document is larger than Limits.Bytes.
type SizeError struct {
	// Limit is Limits.Bytes.
	Limit int
	// Size is the number of bytes of the text as it was sent.
	Size int
	// Plain tells that the text is within the limit, but not in plain decimal form.
	Plain bool
	// Pointer is the JSON Pointer (RFC 6901) of the number whose plain form exceeds
	// the limit; only with Plain.
	Pointer string
}

// Error is fit for the sender of the document.
func (e *SizeError) Error() string {
	if e.Plain {
		return fmt.Sprintf("document of %d bytes exceeds the limit of %d bytes when its numbers are written without exponents, at %q",
			e.Size, e.Limit, e.Pointer)
	}
	return fmt.Sprintf("document of %d bytes exceeds the limit of %d bytes", e.Size, e.Limit)
}

// LimitError says which other limit a document exceeds, and where.
type LimitError struct {
	// Pointer is the JSON Pointer (RFC 6901) of the place.
	Pointer string
	// Reason names the limit and its value.
	Reason string
	// Levels is Limits.Depth if that is the limit, else 0.
	Levels int
	// Exponent is Limits.Exponent if that is the limit, else 0.
	Exponent int
}

// TooDeep is the error of a document that is nested deeper than so many levels.
func TooDeep(pointer string, levels int) *LimitError {
	return &LimitError{Pointer: pointer, Reason: fmt.Sprintf("nested deeper than %d levels", levels), Levels: levels}
}

// Error is fit for the sender of the document.
func (e *LimitError) Error() string { return fmt.Sprintf("%s at %q", e.Reason, e.Pointer) }
