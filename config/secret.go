package config

import (
	"fmt"
	"io"
)

// redacted replaces the text of a secret in all output.
const redacted = "[redacted]"

// Secret is a text that fmt, slog, encoding/json and other encoders show as
// [redacted]. It holds a pointer, because fmt calls no methods of unexported fields and
// would print a plain text there. The zero value is no secret.
type Secret struct{ text *string }

// NewSecret returns a secret with the text. An empty text is no secret.
func NewSecret(text string) Secret {
	if text == "" {
		return Secret{}
	}
	return Secret{&text}
}

// Reveal returns the text of the secret, empty for no secret.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// IsSet tells whether there is a secret.
func (s Secret) IsSet() bool { return s.text != nil }

// String returns [redacted], or an empty text for no secret.
func (s Secret) String() string {
	if s.text == nil {
		return ""
	}
	return redacted
}

// Format writes the text of String for every verb.
func (s Secret) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, s.String()) }

// MarshalText returns the text of String. It implements encoding.TextMarshaler for slog
// and encoding/json.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
