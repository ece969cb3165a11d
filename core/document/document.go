// Package document checks JSON texts that strangers send, and brings the ones
// that are stored into a canonical form: numbers in plain decimal notation with
// their exact value, of equal keys the last one. Every database then keeps, and
// gives back, the same.
//
// It imports the standard library and a strict JSON tokenizer (RFC 8259 with
// I-JSON's demands on Unicode, RFC 7493).
package document

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
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

var (
	// ErrSyntax says that the text is not JSON, not UTF-8, or holds a character
	// that cannot be stored: NUL or half a surrogate pair.
	ErrSyntax = errors.New("not a JSON document")
	// ErrTooLarge says that the document has more bytes than Limits.Bytes.
	ErrTooLarge = errors.New("document too large")
)

// LimitError says which limit a document exceeds, and where.
type LimitError struct {
	// Pointer is the JSON Pointer (RFC 6901) of the place.
	Pointer string
	// Reason names the limit.
	Reason string
}

// Error is fit for the sender of the document.
func (e *LimitError) Error() string { return e.Reason + " at \"" + e.Pointer + "\"" }

// Check returns nil if the text is one JSON document within the limits, else
// ErrSyntax, ErrTooLarge or a *LimitError.
func Check(text []byte, limits Limits) error {
	size := len(text)
	if size > limits.Bytes {
		return ErrTooLarge
	}
	decoder := newDecoder(text)
	for {
		token, err := decoder.ReadToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("%w: %w", ErrSyntax, err)
		}
		if err := checkToken(token, decoder, limits, &size); err != nil {
			return err
		}
		if decoder.StackDepth() == 0 && len(bytes.TrimSpace(text[decoder.InputOffset():])) > 0 {
			return fmt.Errorf("%w: text after the document", ErrSyntax)
		}
	}
	if decoder.InputOffset() == 0 {
		return fmt.Errorf("%w: empty", ErrSyntax)
	}
	return nil
}

func newDecoder(text []byte) *jsontext.Decoder {
	return jsontext.NewDecoder(bytes.NewReader(text), jsontext.AllowDuplicateNames(true))
}

// checkToken adds to size what the token grows by in canonical form.
func checkToken(token jsontext.Token, decoder *jsontext.Decoder, limits Limits, size *int) error {
	pointer := func() string { return string(decoder.StackPointer()) }
	switch token.Kind() {
	case '{', '[':
		if decoder.StackDepth() > limits.Depth {
			return &LimitError{pointer(), fmt.Sprintf("nested deeper than %d levels", limits.Depth)}
		}
	case '"':
		if strings.ContainsRune(token.String(), 0) {
			return fmt.Errorf("%w: NUL character", ErrSyntax)
		}
	case '0':
		n, err := parseNumber(token.String(), limits.Exponent)
		if err != nil {
			return &LimitError{pointer(), err.Error()}
		}
		if *size += n.growth(); *size > limits.Bytes {
			return ErrTooLarge
		}
	}
	return nil
}

// Canonical returns the document, which must have passed Check, in canonical
// form. Keys are in the order of their code points, without white space.
func Canonical(text []byte) (json.RawMessage, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var tree any
	if err := decoder.Decode(&tree); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSyntax, err)
	}
	tree, err := plainNumbers(tree)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(tree); err != nil {
		return nil, fmt.Errorf("encode the document: %w", err)
	}
	return bytes.TrimRight(out.Bytes(), "\n"), nil
}

func plainNumbers(tree any) (any, error) {
	var err error
	switch v := tree.(type) {
	case json.Number:
		n, err := parseNumber(v.String(), maxExponent)
		return json.Number(n.plain()), err
	case []any:
		for i := range v {
			if v[i], err = plainNumbers(v[i]); err != nil {
				return nil, err
			}
		}
	case map[string]any:
		for k := range v {
			if v[k], err = plainNumbers(v[k]); err != nil {
				return nil, err
			}
		}
	}
	return tree, nil
}
