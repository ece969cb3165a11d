package migrations

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/eosc-perf/backend/core/domain"
)

// Revision is one step in the history of the schema.
type Revision struct {
	// ID is 12 hexadecimal digits in lower case.
	ID string
	// Parents are the revisions that must run before. The first revision has none, a
	// revision that merges two branches has several.
	Parents []string
	// Message says in one line what changes.
	Message string
	// Created is the order of revisions that do not depend on each other.
	Created time.Time
	// Transactional revisions run in one transaction, together with the row of the table
	// schema_revision. Others have a statement that cannot run in a transaction: they can be
	// run again after a failure.
	Transactional bool
	// Compatible is true if programs without the revision can work with a database that
	// has the revision.
	Compatible bool
	// Drops are the tables, and the columns as TABLE.COLUMN, whose data is lost when the
	// revision is undone.
	Drops []string
	// Derives are the tables and columns whose data is lost, too, but can be derived again
	// from other data.
	Derives []string
	// Up and Down are scripts, which are sent to the database one by one. Both may be
	// empty. Down is nil if the revision cannot be undone.
	Up, Down []string
	// File is the name of the file in an extra directory, empty for an embedded revision.
	File string
}

func (r Revision) equal(other Revision) bool {
	return r.ID == other.ID && slices.Equal(r.Parents, other.Parents) && r.Transactional == other.Transactional &&
		r.Compatible == other.Compatible && slices.Equal(r.Drops, other.Drops) && slices.Equal(r.Derives, other.Derives) &&
		slices.Equal(r.Up, other.Up) && slices.Equal(r.Down, other.Down) && (r.Down == nil) == (other.Down == nil)
}

// sorted returns the revisions parents first, and by age if they do not depend on each
// other. Unknown parents and cycles are errors.
func sorted(revisions []Revision) ([]Revision, error) {
	byAge := slices.Clone(revisions)
	slices.SortFunc(byAge, func(a, b Revision) int {
		if order := a.Created.Compare(b.Created); order != 0 {
			return order
		}
		return strings.Compare(a.ID, b.ID)
	})
	known := map[string]bool{}
	for _, r := range byAge {
		known[r.ID] = true
	}
	placed := map[string]bool{}
	out := make([]Revision, 0, len(byAge))
	for len(byAge) > 0 {
		next := slices.IndexFunc(byAge, func(r Revision) bool {
			return !slices.ContainsFunc(r.Parents, func(parent string) bool { return !placed[parent] })
		})
		if next < 0 {
			return nil, blocked(byAge, known)
		}
		placed[byAge[next].ID] = true
		out = append(out, byAge[next])
		byAge = slices.Delete(byAge, next, next+1)
	}
	return out, nil
}

// blocked returns the error for revisions of which none can come next.
func blocked(revisions []Revision, known map[string]bool) error {
	for _, r := range revisions {
		for _, parent := range r.Parents {
			if !known[parent] {
				return fmt.Errorf("revision %s has the parent %s, which does not exist", r.ID, parent)
			}
		}
	}
	return fmt.Errorf("the revisions %s are in a cycle", strings.Join(IDs(revisions), ", "))
}

// Heads returns the revisions that are no parent of another one.
func Heads(revisions []Revision) []Revision {
	parents := map[string]bool{}
	for _, r := range revisions {
		for _, parent := range r.Parents {
			parents[parent] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(revisions), func(r Revision) bool { return parents[r.ID] })
}

// lineage returns the revisions with the ids, and all their ancestors, in the order of the
// revisions, which must be sorted.
func lineage(revisions []Revision, of ...string) ([]Revision, error) {
	wanted := map[string]bool{}
	for _, id := range of {
		if !contains(revisions, id) {
			return nil, fmt.Errorf("%w: %s", domain.ErrUnknownRevision, id)
		}
		wanted[id] = true
	}
	for _, r := range slices.Backward(revisions) {
		if !wanted[r.ID] {
			continue
		}
		for _, parent := range r.Parents {
			wanted[parent] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(revisions), func(r Revision) bool { return !wanted[r.ID] }), nil
}

// Branchpoints returns the revisions that have several children.
func Branchpoints(revisions []Revision) []Revision {
	children := map[string]int{}
	for _, r := range revisions {
		for _, parent := range r.Parents {
			children[parent]++
		}
	}
	return slices.DeleteFunc(slices.Clone(revisions), func(r Revision) bool { return children[r.ID] < 2 })
}

// contains is true if one of the revisions has the id.
func contains(revisions []Revision, id string) bool {
	return slices.ContainsFunc(revisions, func(r Revision) bool { return r.ID == id })
}

// without returns the revisions that are not among the others.
func without(revisions, others []Revision) []Revision {
	return slices.DeleteFunc(slices.Clone(revisions), func(r Revision) bool { return contains(others, r.ID) })
}

// IDs returns the ids of the revisions, in their order.
func IDs(revisions []Revision) []string {
	out := make([]string, len(revisions))
	for i, r := range revisions {
		out[i] = r.ID
	}
	return out
}
