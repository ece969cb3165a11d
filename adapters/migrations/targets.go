package migrations

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/plural"
)

const (
	// Head is the target for the newest revision.
	Head = "head"
	// Base is the target for a database without revisions.
	Base = "base"

	// shortestID is the smallest number of characters of an id.
	shortestID = 4
)

// Find returns the only revision whose id begins with the text, of four characters at
// least, or for "head" the newest revision. Errors: domain.ErrUnknownRevision; several ids
// begin with the text; there are several heads.
func Find(revisions []Revision, text string) (Revision, error) {
	if text == Head {
		return head(revisions)
	}
	var found []Revision
	if len(text) >= shortestID {
		found = slices.DeleteFunc(slices.Clone(revisions), func(r Revision) bool { return !strings.HasPrefix(r.ID, strings.ToLower(text)) })
	}
	switch len(found) {
	case 0:
		return Revision{}, fmt.Errorf("%w: %q; `migrate history` lists those that are known", domain.ErrUnknownRevision, text)
	case 1:
		return found[0], nil
	}
	return Revision{}, fmt.Errorf("%q may be any of %s: give more of its id", text, strings.Join(IDs(found), ", "))
}

func head(revisions []Revision) (Revision, error) {
	ends := Heads(revisions)
	switch len(ends) {
	case 0:
		return Revision{}, fmt.Errorf("%w: there are no revisions", domain.ErrUnknownRevision)
	case 1:
		return ends[0], nil
	}
	return Revision{}, fmt.Errorf("the revisions end in several heads (%s): write one that joins them with `migrate merge %s -m \"...\"`, "+
		"or name one",
		strings.Join(IDs(ends), ", "), strings.Join(IDs(ends), " "))
}

// Toward returns the pending revisions up to the target: a revision, "head", or "+N" for
// the next N.
func (s State) Toward(revisions []Revision, target string) ([]Revision, error) {
	if count, relative, err := steps(target, "+"); relative {
		if err == nil && count > len(s.Pending) {
			err = fmt.Errorf("%s is too far: %s pending", target, plural.Count(len(s.Pending), "revision is", "revisions are"))
		}
		if err == nil {
			_, err = head(revisions) // of several lines, which one is meant?
		}
		if err != nil {
			return nil, err
		}
		return s.Pending[:count], nil
	}
	end, err := Find(revisions, target)
	if err != nil {
		return nil, err
	}
	line, err := lineage(revisions, end.ID)
	if err != nil {
		return nil, err
	}
	return without(line, s.Applied), nil
}

// Beyond returns the applied revisions that are no ancestors of the target, the newest
// first: those that a downgrade undoes. The target is a revision, "base", or "-N" for N
// steps back.
func (s State) Beyond(revisions []Revision, target string) ([]Revision, error) {
	keep, err := s.upTo(revisions, target)
	if err != nil {
		return nil, err
	}
	undo := without(s.Applied, keep)
	slices.Reverse(undo)
	return undo, nil
}

func (s State) upTo(revisions []Revision, target string) ([]Revision, error) {
	if count, relative, err := steps(target, "-"); relative {
		if err == nil && count > len(s.Applied) {
			err = fmt.Errorf("%s is too far: %s applied", target, plural.Count(len(s.Applied), "revision is", "revisions are"))
		}
		if err == nil && len(Heads(s.Applied)) > 1 {
			err = fmt.Errorf("%s may be any of several ways, for the database is at %s: name the revision to go back to",
				target, strings.Join(IDs(Heads(s.Applied)), ", "))
		}
		if err != nil {
			return nil, err
		}
		return s.Applied[:len(s.Applied)-count], nil
	}
	if target == Base {
		return nil, nil
	}
	end, err := Find(revisions, target)
	if err != nil {
		return nil, err
	}
	if !contains(s.Applied, end.ID) {
		return nil, fmt.Errorf("the database does not have revision %s, so it cannot go back to it; `migrate current` tells what it has", end.ID)
	}
	return lineage(revisions, end.ID)
}

// steps reads "+2" or "-2".
func steps(target, sign string) (count int, relative bool, err error) {
	digits, relative := strings.CutPrefix(target, sign)
	if !relative {
		return 0, false, nil
	}
	count, err = strconv.Atoi(digits)
	if err != nil || count < 1 || digits[0] < '1' {
		return 0, true, fmt.Errorf("%q is no number of steps: write %s1, %s2 and so on", target, sign, sign)
	}
	return count, true, nil
}

// HeadsToMerge returns the ids of the heads that are named, all of them if "heads" is the
// only name, sorted. It is an error if there are not two at least, or one is no head.
func HeadsToMerge(revisions []Revision, names []string) ([]string, error) {
	heads := IDs(Heads(revisions))
	ids, err := heads, error(nil)
	if !slices.Equal(names, []string{"heads"}) {
		ids, err = findAll(revisions, names)
	}
	if err != nil {
		return nil, err
	}
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	if len(ids) < 2 {
		return nil, fmt.Errorf("there is nothing to join: name two heads or more; the heads are %s", strings.Join(heads, ", "))
	}
	for _, id := range ids {
		if !slices.Contains(heads, id) {
			return nil, fmt.Errorf("%s is no head: only heads can be joined; the heads are %s", id, strings.Join(heads, ", "))
		}
	}
	return ids, nil
}

// findAll returns the ids of the revisions that Find finds.
func findAll(revisions []Revision, names []string) ([]string, error) {
	ids := make([]string, len(names))
	for i, name := range names {
		found, err := Find(revisions, name)
		if err != nil {
			return nil, err
		}
		ids[i] = found.ID
	}
	return ids, nil
}
