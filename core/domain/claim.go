package domain

import (
	"time"

	"github.com/google/uuid"
)

// Claim is a user's report that something is wrong with a result.
type Claim struct {
	ID uuid.UUID
	Review
	ResultID   uuid.UUID
	Message    string
	Uploader   *User
	UploadedAt time.Time
}
