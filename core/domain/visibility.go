package domain

import (
	"slices"
	"time"

	"github.com/google/uuid"
)

// Visibility says whether a result is in lists and searches, and why not.
type Visibility struct {
	// Hidden results are in no list but that of their uploader.
	Hidden bool
	// Deleted is true if the result was deleted, whether it is claimed or not.
	Deleted bool
	// DeletedAt is the time of the deletion; nil if the result was not deleted, or if
	// the time was not stored.
	DeletedAt *time.Time
	// Withdrawn says who took the result back, and when; nil if nobody did. A result may be
	// withdrawn and deleted.
	Withdrawn *Withdrawal
	// Reason is why the result was withdrawn or deleted, whichever was last; empty if no
	// reason was given.
	Reason string
	// ClaimID is one of the active claims: an open one if there is any, else an approved
	// one, nil if no claim is active. The earlier program knows only this claim.
	ClaimID *uuid.UUID
}

// Withdrawal says who took a result back, and when.
type Withdrawal struct {
	At time.Time
	// By is UploaderRole or AdministratorRole.
	By Role
}

// ResultState is why a result is hidden. The zero value is the state of a visible result.
type ResultState string

// The states of hidden results. If several apply, the last of them counts.
const (
	ClaimedState   ResultState = "claimed"
	WithdrawnState ResultState = "withdrawn"
	DeletedState   ResultState = "deleted"
)

// State returns why the result is hidden. A result that is hidden for no reason of this
// system was deleted by the earlier program.
func (v Visibility) State() ResultState {
	switch {
	case !v.Hidden:
		return ""
	case v.Deleted:
		return DeletedState
	case v.Withdrawn != nil:
		return WithdrawnState
	case v.ClaimID != nil:
		return ClaimedState
	}
	return DeletedState
}

// Counts is true if the result is one of those that a repeated upload finds: it is
// visible, or claims alone hide it.
func (v Visibility) Counts() bool { return !v.Hidden || v.State() == ClaimedState }

// Delete hides the result for good. If the result was deleted before, the time and the
// reason of the first deletion stay.
func (v Visibility) Delete(at time.Time, reason string) Visibility {
	if !v.Deleted {
		v.Reason = reason
	}
	if !v.Deleted || v.DeletedAt == nil {
		v.DeletedAt = &at
	}
	v.Hidden, v.Deleted = true, true
	return v
}

// Withdraw hides the result until it is restored. What was withdrawn or deleted before
// stays as it is; but an administrator takes over the withdrawal of the uploader.
func (v Visibility) Withdraw(by Role, at time.Time, reason string) Visibility {
	if v.Deleted || v.Withdrawn != nil && (v.Withdrawn.By == by || by == UploaderRole) {
		return v
	}
	v.Hidden, v.Withdrawn, v.Reason = true, &Withdrawal{At: at, By: by}, reason
	return v
}

// Restore undoes a deletion and a withdrawal. The active claims may still hide the result.
// Error: Invalid if the result was neither deleted nor withdrawn.
func (v Visibility) Restore(active []*Claim) (Visibility, error) {
	if !v.Deleted && v.Withdrawn == nil && (!v.Hidden || len(active) > 0) {
		return v, Invalidf("Result not deleted")
	}
	v.Deleted, v.DeletedAt, v.Withdrawn, v.Reason, v.Hidden = false, nil, nil, "", len(active) > 0
	return v, nil
}

// With returns the visibility after the active claims (on review or approved) have
// changed. A result that is hidden although no claim was active, and that this system
// neither deleted nor withdrew, was deleted by the earlier program at an unknown time.
func (v Visibility) With(before, now []*Claim) Visibility {
	if v.Hidden && len(before) == 0 && v.Withdrawn == nil {
		v.Deleted = true
	}
	if !v.Deleted {
		v.DeletedAt = nil
	}
	v.Hidden, v.ClaimID = v.Deleted || v.Withdrawn != nil || len(now) > 0, nil
	if len(now) > 0 {
		open := slices.IndexFunc(now, func(c *Claim) bool { return !c.IsApproved() })
		v.ClaimID = &now[max(0, open)].ID
	}
	return v
}
