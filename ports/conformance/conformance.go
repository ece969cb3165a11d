package conformance

import (
	"testing"

	"github.com/eosc-perf/backend/ports"
)

// Run tests a backend. For each test open gives an empty storage that calls wake
// once mails are committed.
func Run(t *testing.T, open func(t *testing.T, wake func()) ports.Storage) {
	t.Helper()
	for _, test := range []struct {
		name string
		test func(t *testing.T, w *world)
	}{
		{"users are kept", usersAreKept},
		{"what needs approval is kept", reviewedIsKept},
		{"tags are kept", tagsAreKept},
		{"results are kept", resultsAreKept},
		{"texts are kept as they are", textsAreKept},
		{"times are instants, in UTC, to the microsecond", timesAreInstants},
		{"what does not exist is not found", unknownIsNotFound},
		{"keys are unique", keysAreUnique},
		{"of many that race for a key one wins", keyRaces},
		{"references must exist", referencesMustExist},
		{"updates are kept", updatesAreKept},
		{"updates may be refused", updatesMayBeRefused},

		{"users are listed", usersAreListed},
		{"users are matched", usersAreMatched},
		{"users change", usersChange},
		{"users are locked", usersAreLocked},
		{"the tombstone is made once", tombstoneIsMadeOnce},

		{"what was reviewed is removed", reviewedIsRemoved},
		{"flavors of a site are removed", flavorsOfASiteAreRemoved},
		{"what is unused is removed", unusedIsRemoved},
		{"uploads are handed over", uploadsAreHandedOver},
		{"tags are removed", tagsAreRemoved},
		{"tags of results are replaced", tagsOfResultsAreReplaced},
		{"results are removed with all that is about them", resultsAreRemoved},

		{"claims are kept", claimsAreKept},
		{"claims are chosen and sorted", claimsAreChosenAndSorted},
		{"claims are removed", claimsAreRemoved},
		{"of many that claim at once each comes after another", claimRaces},
		{"visibility is kept", visibilityIsKept},
		{"deleted results are listed", deletedAreListed},
		{"own results are listed", ownResultsAreListed},

		{"a review is kept", reviewIsKept},
		{"of many that approve at once one wins", approvalRaces},
		{"submits tell what waits for review", submitsTellWhatWaits},
		{"submits are chosen and sorted", submitsAreChosenAndSorted},

		{"a unit of work becomes visible as a whole", workIsVisibleAsAWhole},
		{"a unit of work that fails leaves nothing", failedWorkLeavesNothing},
		{"a unit of work cannot ignore a refusal", refusalEndsWork},
		{"a cancelled request stays cancelled", cancelledStaysCancelled},

		{"mails are kept whole", mailsAreKept},
		{"mails belong to their unit of work", mailsBelongToWork},
		{"mails are leased in the order in which they are due", mailsAreLeasedInOrder},
		{"of many that lease at once each gets another mail", leaseRaces},
		{"what became of a mail is kept", settledMailsAreKept},
		{"mails are retried", mailsAreRetried},
		{"mails are counted", mailsAreCounted},
		{"mails to an address are removed", mailsToAnAddressAreRemoved},

		{"benchmarks are chosen", benchmarksAreChosen},
		{"sites are chosen", sitesAreChosen},
		{"flavors are chosen", flavorsAreChosen},
		{"tags are chosen", tagsAreChosen},
		{"windows exclude their bounds", windowsExcludeBounds},
		{"lists sort by every field", listsSort},
		{"text sorts by code point", textSortsByCodePoint},
		{"pages are the list, cut", pagesAreTheListCut},
		{"far pages are empty", farPagesAreEmpty},
		{"pages bear inserts", pagesBearInserts},
		{"reads stay in the memory budget", readsStayInTheMemoryBudget},

		{"a search ignores case, and nothing else", searchIgnoresCaseOnly},
		{"a search looks into every field", searchLooksIntoEveryField},
		{"results are searched", resultsAreSearched},

		{"results are chosen", resultsAreChosen},
		{"results sort by every field", resultsSort},
		{"results of a page share", resultsShare},
		{"filters compare by type", filtersCompareByType},
		{"filters follow paths", filtersFollowPaths},
		{"filters combine", filtersCombine},
		{"JSON sorts by type, then by value", jsonSorts},
		{"odd values agree with the model", oddValuesAgree},
		{"any documents agree with the model", anyDocumentsAgree},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := &world{}
			w.Storage = open(t, func() { w.woken.Add(1) })
			test.test(t, w)
		})
	}
}
