package domain

import (
	"slices"

	"github.com/google/uuid"
)

// ParseID reads a UUID in any of its usual forms; ok is false if the text is none.
func ParseID(text string) (id uuid.UUID, ok bool) {
	if uuid.Validate(text) != nil { // stricter than Parse, which skips the braces unseen
		return id, false
	}
	return uuid.MustParse(text), true
}

// DistinctIDs returns each of the IDs once, in their order.
func DistinctIDs(ids []uuid.UUID) []uuid.UUID {
	var distinct []uuid.UUID
	for _, id := range ids {
		if !slices.Contains(distinct, id) {
			distinct = append(distinct, id)
		}
	}
	return distinct
}
