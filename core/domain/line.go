package domain

import (
	"errors"
	"fmt"
	"unicode"
	"unicode/utf8"
)

// CheckLine returns nil for a text that both databases store and that is one line
// wherever it is shown: valid UTF-8 of at most longest bytes, without control
// characters. The error completes a sentence whose subject is the text.
func CheckLine(text string, longest int) error {
	if len(text) > longest {
		return fmt.Errorf("is longer than %d bytes", longest)
	}
	if !utf8.ValidString(text) {
		return errors.New("is not valid UTF-8")
	}
	for _, r := range text {
		if r == utf8.RuneError {
			return errors.New("has characters that were not valid Unicode")
		}
		if unicode.IsControl(r) {
			return fmt.Errorf("has the control character %U", r)
		}
	}
	return nil
}
