package domain

import "time"

// Purge says which deleted results are removed for good; the zero one takes none.
type Purge struct {
	before  time.Time
	undated bool
}

// NewPurge takes what was deleted earlier than before and, if undated is set, what
// was deleted nobody knows when. Error: Invalid if before is later than now.
func NewPurge(before, now time.Time, undated bool) (Purge, error) {
	if before.After(now) {
		return Purge{}, Invalidf("%s is in the future", before.UTC().Format(time.RFC3339Nano))
	}
	return Purge{before, undated}, nil
}

// Takes tells whether a result goes. One that claims alone hide, or that the earlier
// program hid, never does: that one hides results whose claims were rejected, too.
// Claims on a deleted result do not keep it, as nothing is left for them to hide.
func (p Purge) Takes(v Visibility) bool {
	if !v.Hidden || !v.Deleted {
		return false
	}
	if v.DeletedAt == nil {
		return p.undated
	}
	return v.DeletedAt.Before(p.before)
}
