package domain

import "time"

// Removal is the removal of a person that has begun. From its beginning the person is not
// registered any more. What the person uploaded is removed in several units of work, so
// that the removal of a person with many uploads keeps nobody waiting.
type Removal struct {
	User        User
	RequestedAt time.Time
	// Total is the number of rows of the person at the beginning, and Done the number of
	// rows that were removed or handed over to the tombstone since.
	Total, Done int64
}

// Left is the number of rows that have to be removed still: at least 1, because the row of
// the person is the last one.
func (r Removal) Left() int64 { return max(1, r.Total-r.Done) }

// Block keeps a person from writing, and from registering, until the block is removed. It
// stays when the person is removed.
type Block struct {
	UserID
	BlockedAt time.Time
	// Reason is one line for operators, or empty.
	Reason string
}

// Holdings counts what a person has uploaded, by what a removal of the person does to it.
type Holdings struct {
	// Results, Claims (those on review) and Submissions (benchmarks, sites and flavors on review)
	// go. Submissions that others have built on stay nevertheless.
	Results, Claims, Submissions int64
	// Benchmarks, Sites, Flavors (those that are approved), Tags and DecidedClaims stay.
	Benchmarks, Sites, Flavors, Tags, DecidedClaims int64
}
