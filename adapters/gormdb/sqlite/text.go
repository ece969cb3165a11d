package sqlite

import (
	"context"

	"gorm.io/gorm"
)

// texts implements session.Text.
type texts struct{}

// CodePointOrder implements session.Text: bytes of UTF-8 sort by code point.
func (texts) CodePointOrder() string { return "COLLATE BINARY" }

// Occurrence implements session.Text.
func (texts) Occurrence(context.Context, *gorm.DB) (string, error) {
	return "instr(" + foldFunction + "(%s), " + foldFunction + "(?)) > 0", nil
}
