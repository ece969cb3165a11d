package domain

import "time"

// Purge is a rule that says which deleted results are removed for good. The zero rule
// takes none.
type Purge struct {
	before  time.Time
	undated bool
}

// NewPurge returns the rule that takes results deleted earlier than before and, if undated
// is set, results whose time of deletion is unknown. Error: Invalid if before is later than
// now.
func NewPurge(before, now time.Time, undated bool) (Purge, error) {
	if before.After(now) {
		return Purge{}, Invalidf("%s is in the future", before.UTC().Format(time.RFC3339Nano))
	}
	return Purge{before, undated}, nil
}

// Takes is true if the rule takes a result. No rule takes a result that only claims hide, or
// that the earlier program hid: that program hides results whose claims were rejected, too.
// Claims on a deleted result do not protect the result.
func (p Purge) Takes(v Visibility) bool {
	if !v.Hidden || !v.Deleted {
		return false
	}
	if v.DeletedAt == nil {
		return p.undated
	}
	return v.DeletedAt.Before(p.before)
}
