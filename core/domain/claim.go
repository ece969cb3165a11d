package domain

import (
	"slices"
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

// Visibility says whether a result is in lists and searches, and why not.
type Visibility struct {
	// Hidden results are in no list but that of their uploader.
	Hidden bool
	// Deleted is true if the result was deleted, whether it is claimed or not.
	Deleted bool
	// DeletedAt is the time of the deletion; nil if the result was not deleted, or if
	// the time was not stored.
	DeletedAt *time.Time
	// ClaimID is one of the active claims: an open one if there is any, else an approved
	// one, nil if no claim is active. The earlier program knows only this claim.
	ClaimID *uuid.UUID
}

// Delete hides the result for good. If the result was deleted before, the time of the
// first deletion stays.
func (v Visibility) Delete(at time.Time) Visibility {
	if !v.Deleted || v.DeletedAt == nil {
		v.DeletedAt = &at
	}
	v.Hidden, v.Deleted = true, true
	return v
}

// Restore undoes a deletion. The active claims may still hide the result. Error: Invalid
// if the result was not deleted.
func (v Visibility) Restore(active []*Claim) (Visibility, error) {
	if !v.Deleted && (!v.Hidden || len(active) > 0) {
		return v, Invalidf("Result not deleted")
	}
	v.Deleted, v.DeletedAt, v.Hidden = false, nil, len(active) > 0
	return v, nil
}

// With returns the visibility after the active claims (on review or approved) have
// changed. A result that is hidden although no claim was active, and that this system
// did not delete, was deleted by the earlier program at an unknown time.
func (v Visibility) With(before, now []*Claim) Visibility {
	if v.Hidden && len(before) == 0 {
		v.Deleted = true
	}
	if !v.Deleted {
		v.DeletedAt = nil
	}
	v.Hidden, v.ClaimID = v.Deleted || len(now) > 0, nil
	if len(now) > 0 {
		open := slices.IndexFunc(now, func(c *Claim) bool { return !c.IsApproved() })
		v.ClaimID = &now[max(0, open)].ID
	}
	return v
}
