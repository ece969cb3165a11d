package domain

import (
	"slices"
	"time"

	"github.com/google/uuid"
)

// Claim is somebody's doubt about a result.
type Claim struct {
	ID uuid.UUID
	Review
	ResultID   uuid.UUID
	Message    string
	Uploader   *User
	UploadedAt time.Time
}

// Visibility is what decides whether a result is in lists and searches.
type Visibility struct {
	// Hidden results are in no list but their owner's.
	Hidden bool
	// Deleted tells that it was deleted, whatever is claimed about it.
	Deleted bool
	// DeletedAt is when it was deleted; nil if it is not, or where nobody noted it.
	DeletedAt *time.Time
	// ClaimID is one of the standing claims: an open one if there is any, else
	// an approved one, nil if none stands. The earlier program knows only it.
	ClaimID *uuid.UUID
}

// Delete hides the result for good. The first deletion that is noted counts.
func (v Visibility) Delete(at time.Time) Visibility {
	if !v.Deleted || v.DeletedAt == nil {
		v.DeletedAt = &at
	}
	v.Hidden, v.Deleted = true, true
	return v
}

// Restore takes a deletion back where these claims stand, which may still hide the
// result. Error: Invalid if it was not deleted.
func (v Visibility) Restore(standing []*Claim) (Visibility, error) {
	if !v.Deleted && (!v.Hidden || len(standing) > 0) {
		return v, Invalidf("Result not deleted")
	}
	v.Deleted, v.DeletedAt, v.Hidden = false, nil, len(standing) > 0
	return v, nil
}

// With is the visibility when these claims stand, those on review and those
// approved, where others (before) stood until now. A result that is hidden
// although nothing stood, and that was not deleted here, was deleted by the
// earlier program, nobody knows when.
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
