package config

import (
	"fmt"
	"io"
)

// redacted is what is shown of a secret.
const redacted = "[redacted]"

// Secret is a text that fmt, slog, encoding/json and other encoders show as
// [redacted]. It holds a pointer so that not even printing a struct that has it
// in an unexported field, where fmt calls no methods, shows the text. The zero
// value is no secret.
type Secret struct{ text *string }

// NewSecret hides text, which may be empty for no secret.
func NewSecret(text string) Secret {
	if text == "" {
		return Secret{}
	}
	return Secret{&text}
}

// Reveal returns the hidden text, empty for no secret.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// IsSet tells whether there is a secret.
func (s Secret) IsSet() bool { return s.text != nil }

// String returns [redacted], or nothing for no secret.
func (s Secret) String() string {
	if s.text == nil {
		return ""
	}
	return redacted
}

// Format writes String, whatever the verb.
func (s Secret) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, s.String()) }

// MarshalText returns String: for slog, encoding/json and the like.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
