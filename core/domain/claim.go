package domain

import (
	"time"

	"github.com/google/uuid"
)

// Claim is a user's report that something is wrong with a result.
type Claim struct {
	ID uuid.UUID
	Review
	// ResultID is the zero id if the result is gone: another program removed the result
	// and left the claim.
	ResultID   uuid.UUID
	Message    string
	Uploader   *User
	UploadedAt time.Time
}

// IsOrphan is true if the result of the claim is gone.
func (c *Claim) IsOrphan() bool { return c.ResultID == uuid.Nil }
