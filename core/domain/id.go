package domain

import "github.com/google/uuid"

// ParseID reads a UUID in any of its usual forms; ok is false if the text is none.
func ParseID(text string) (id uuid.UUID, ok bool) {
	if uuid.Validate(text) != nil { // stricter than Parse, which skips the braces unseen
		return id, false
	}
	return uuid.MustParse(text), true
}
