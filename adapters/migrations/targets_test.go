package migrations

import (
	"errors"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/eosc-perf/backend/core/domain"
)

// forked is a history with two heads: A, then B and then D, beside C.
func forked(t *testing.T) []Revision {
	t.Helper()
	revisions, err := loadAll(postgres, []fs.FS{directory(file(idA, "", 1, ""), file(idB, idA, 2, ""), file(idC, idA, 3, ""),
		file(idD, idB, 4, ""))})
	if err != nil {
		t.Fatal(err)
	}
	return revisions
}

// six are the first revisions: later ones change nothing here.
var six = embeddedIDs[:6]

// lastOfSix are the last so many of them, the newest first.
func lastOfSix(count int) []string {
	last := slices.Clone(six[len(six)-count:])
	slices.Reverse(last)
	return last
}

func stateWith(revisions []Revision, applied ...string) State {
	var s State
	for _, r := range revisions {
		if slices.Contains(applied, r.ID) {
			s.Applied = append(s.Applied, r)
		} else {
			s.Pending = append(s.Pending, r)
		}
	}
	return s
}

func TestTargetsOfUpgrades(t *testing.T) {
	chain := load(t, postgres)[:len(six)]
	for _, c := range []struct {
		name      string
		revisions []Revision
		applied   []string
		target    string
		want      []string
		wantError string
	}{
		{"head of everything", chain, nil, "head", six, ""},
		{"head when there", chain, six, "head", nil, ""},
		{"one step", chain, six[:2], "+1", six[2:3], ""},
		{"two steps", chain, six[:2], "+2", six[2:4], ""},
		{"as many steps as there are", chain, six[:2], "+4", six[2:], ""},
		{"a step too many", chain, six[:2], "+5", nil, "+5 is too far: 4 revisions are pending"},
		{"no step", chain, nil, "+0", nil, `"+0" is no number of steps: write +1, +2`},
		{"words for a number", chain, nil, "+two", nil, `"+two" is no number of steps`},
		{"a revision", chain, six[:1], indexesRevision, six[1:3], ""},
		{"the beginning of its id", chain, six[:1], indexesRevision[:4], six[1:3], ""},
		{"in capitals", chain, six[:1], strings.ToUpper(indexesRevision), six[1:3], ""},
		{"one that is there", chain, six, indexesRevision, nil, ""},
		{"too short a beginning", chain, nil, indexesRevision[:3], nil, "unknown schema revision"},
		{"an unknown one", chain, nil, idA, nil, `unknown schema revision: "aaaaaaaaaaaa"; ` + "`migrate history` lists"},
		{"a branch", forked(t), nil, idC, []string{idA, idC}, ""},
		{"the other branch", forked(t), []string{idA, idC}, idD, []string{idB, idD}, ""},
		{"head of two", forked(t), nil, "head", nil,
			"several heads (cccccccccccc, dddddddddddd): write one that joins them with `migrate merge cccccccccccc dddddddddddd -m"},
		{"a step where two are possible", forked(t), []string{idA}, "+1", nil, "several heads"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := stateWith(c.revisions, c.applied...).Toward(c.revisions, c.target)
			check(t, IDs(got), err, c.want, c.wantError)
		})
	}
}

func TestTargetsOfDowngrades(t *testing.T) {
	chain := load(t, postgres)[:len(six)]
	for _, c := range []struct {
		name      string
		revisions []Revision
		applied   []string
		target    string
		want      []string
		wantError string
	}{
		{"everything", chain, six, "base", lastOfSix(6), ""},
		{"nothing of nothing", chain, nil, "base", nil, ""},
		{"one step", chain, six, "-1", lastOfSix(1), ""},
		{"two steps", chain, six, "-2", lastOfSix(2), ""},
		{"a step too many", chain, six[:2], "-3", nil, "-3 is too far: 2 revisions are applied"},
		{"no step", chain, six, "-0", nil, `"-0" is no number of steps`},
		{"a revision", chain, six, urlRevision[:6], lastOfSix(4), ""},
		{"the one where it is", chain, six, "head", nil, ""},
		{"one that is not applied", chain, six[:2], six[5], nil, "the database does not have revision " + six[5]},
		{"an unknown one", chain, six, idA, nil, "unknown schema revision"},
		{"a step where two are possible", forked(t), []string{idA, idB, idC}, "-1", nil,
			"may be any of several ways, for the database is at bbbbbbbbbbbb, cccccccccccc"},
		{"a branch", forked(t), []string{idA, idB, idC, idD}, idC, []string{idD, idB}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := stateWith(c.revisions, c.applied...).Beyond(c.revisions, c.target)
			check(t, IDs(got), err, c.want, c.wantError)
		})
	}
}

func check(t *testing.T, got []string, err error, want []string, wantError string) {
	t.Helper()
	if !slices.Equal(got, want) || (err == nil) != (wantError == "") || err != nil && !strings.Contains(err.Error(), wantError) {
		t.Errorf("got %v with the error %v, want %v with %q", got, err, want, wantError)
	}
}

func TestAmbiguousBeginningsAreTold(t *testing.T) {
	revisions := []Revision{{ID: "abcdef000000"}, {ID: "abcdef111111"}}
	if _, err := Find(revisions, "abcdef"); err == nil || errors.Is(err, domain.ErrUnknownRevision) ||
		!strings.Contains(err.Error(), "abcdef000000, abcdef111111") {
		t.Errorf("error %v, want one that names both", err)
	}
}

// Upgrades along one branch leave the other alone.
func TestUpgradeToABranchRunsNothingElse(t *testing.T) {
	eachDialect(t, func(t *testing.T, s server) {
		db := s.open(t)
		revisions := extended(t, s.dialect, file(idA, headRevision, 1, "CREATE TABLE a (id int)"),
			file(idB, headRevision, 2, "CREATE TABLE b (id int)"))
		ran, err := schemaOf(db, revisions).Upgrade(t.Context(), idB, Options{})
		if want := append(slices.Clone(embeddedIDs), idB); err != nil || !slices.Equal(ran, want) {
			t.Errorf("ran %v (%v), want %v", ran, err, want)
		}
		if there, err := hasTable(db, "a"); err != nil || there {
			t.Errorf("table a of the other branch is there: %t (%v)", there, err)
		}
	})
}

func TestHeadsAreMerged(t *testing.T) {
	known := forked(t) // the heads are C and D
	for name, c := range map[string]struct {
		names []string
		want  []string
		says  string
	}{
		"all":        {[]string{"heads"}, []string{idC, idD}, ""},
		"by name":    {[]string{idD, idC[:6], idD}, []string{idC, idD}, ""},
		"one":        {[]string{idD}, nil, "two heads or more"},
		"no head":    {[]string{idC, idB}, nil, idB + " is no head"},
		"an unknown": {[]string{idC, "ffffffffffff"}, nil, "unknown schema revision"},
	} {
		got, err := HeadsToMerge(known, c.names)
		if !slices.Equal(got, c.want) || (err != nil) != (c.says != "") || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, %v; want %v, %q", name, got, err, c.want, c.says)
		}
	}
}
