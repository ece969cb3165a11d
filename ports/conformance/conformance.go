package conformance

import (
	"testing"

	"github.com/eosc-perf/backend/ports"
)

// Run tests an implementation. For each test open returns an empty storage that calls wake
// after each commit of mails.
func Run(t *testing.T, open func(t *testing.T, wake func()) ports.Storage) {
	t.Helper()
	for _, test := range []struct {
		name string
		test func(t *testing.T, w *world)
	}{
		{"users are stored", usersAreStored},
		{"benchmarks, sites and flavors are stored", reviewedIsStored},
		{"tags are stored", tagsAreStored},
		{"results are stored", resultsAreStored},
		{"texts are stored unchanged", textsAreStored},
		{"times are instants, in UTC, to the microsecond", timesAreInstants},
		{"an unknown id is not found", unknownIsNotFound},
		{"keys are unique", keysAreUnique},
		{"of concurrent writers of a key one succeeds", keyRaces},
		{"references must exist", referencesMustExist},
		{"updates are stored", updatesAreStored},
		{"updates may be refused", updatesMayBeRefused},

		{"users are listed", usersAreListed},
		{"users are matched", usersAreMatched},
		{"users change", usersChange},
		{"users are locked", usersAreLocked},
		{"the tombstone is added once", tombstoneIsAddedOnce},

		{"benchmarks, sites and flavors are removed", reviewedIsRemoved},
		{"flavors of a site are removed", flavorsOfASiteAreRemoved},
		{"unused uploads are removed", unusedIsRemoved},
		{"uploads are handed over", uploadsAreHandedOver},
		{"tags are removed", tagsAreRemoved},
		{"tags of results are replaced", tagsOfResultsAreReplaced},
		{"results are removed with their claims, submits and ties to tags", resultsAreRemoved},

		{"removals of people are stored", removalsAreStored},
		{"people in removal are no users", peopleInRemovalAreNoUsers},
		{"a removal of a person is taken by one", removalsAreTakenByOne},
		{"uploads are removed in parts", uploadsAreRemovedInParts},
		{"blocks are stored", blocksAreStored},
		{"tags know their makers", tagsKnowTheirMakers},
		{"claims without a result are claims", orphansAreClaims},
		{"results are changed together", resultsAreChangedTogether},

		{"claims are stored", claimsAreStored},
		{"claims are selected and sorted", claimsAreSelectedAndSorted},
		{"claims are removed", claimsAreRemoved},
		{"concurrent claims see each other", claimRaces},
		{"visibility is stored", visibilityIsStored},
		{"deleted results are listed", deletedAreListed},
		{"own results are listed", ownResultsAreListed},

		{"a person has one result of a content", contentIsUnique},
		{"of concurrent uploads of a content one succeeds", contentRaces},
		{"a result that does not count leaves its content to others", contentIsLeft},
		{"results are added together", resultsAreAddedTogether},
		{"results are added together and counted", resultsAreAddedTogetherAndCounted},
		{"uploads at the same time are as uploads one by one", uploadsAtTheSameTime},
		{"digests of old results are stored", oldResultsGetDigests},
		{"a result is corrected once", resultsAreCorrectedOnce},

		{"events are stored with the change", eventsAreStored},
		{"events are handed over", eventsAreHandedOver},
		{"events are forgotten by what they say", eventsAreForgotten},
		{"keys of requests are stored", keysAreStored},
		{"a request is done once", requestsAreDoneOnce},
		{"of concurrent requests with a key one is done", requestRaces},

		{"sessions are stored", sessionsAreStored},
		{"sessions are listed and end", sessionsEnd},
		{"a slot of a person has one session", slotsAreUnique},
		{"of concurrent renewals of tokens one is done", renewalRaces},

		{"a review is stored", reviewIsStored},
		{"of concurrent approvals one succeeds", approvalRaces},
		{"submits are listed", submitsAreListed},
		{"submits are selected and sorted", submitsAreSelectedAndSorted},

		{"a unit of work becomes visible as a whole", workIsVisibleAsAWhole},
		{"a unit of work that fails leaves nothing", failedWorkLeavesNothing},
		{"a unit of work cannot ignore a refusal", refusalEndsWork},
		{"a cancelled request stays cancelled", cancelledStaysCancelled},

		{"mails are stored", mailsAreStored},
		{"mails belong to their unit of work", mailsBelongToWork},
		{"mails are leased in the order in which they are due", mailsAreLeasedInOrder},
		{"concurrent leases return different mails", leaseRaces},
		{"the outcome of an attempt is stored", settledMailsAreStored},
		{"mails are retried", mailsAreRetried},
		{"mails are counted", mailsAreCounted},
		{"mails to an address are removed", mailsToAnAddressAreRemoved},

		{"benchmarks are selected", benchmarksAreSelected},
		{"sites are selected", sitesAreSelected},
		{"flavors are selected", flavorsAreSelected},
		{"tags are selected", tagsAreSelected},
		{"names that look alike are found, approved ones first", lookalikesAreFound},
		{"names of a site look alike, not those of all", lookalikesHaveAScope},
		{"windows exclude their bounds", windowsExcludeBounds},
		{"lists sort by every field", listsSort},
		{"text sorts by code point", textSortsByCodePoint},
		{"all pages together are the list", pagesTogetherAreTheList},
		{"far pages are empty", farPagesAreEmpty},
		{"inserts do not disturb pages", insertsDoNotDisturbPages},
		{"reads stay in the share", readsStayInTheShare},
		{"heavy lists ask first", heavyListsAskFirst},

		{"a search ignores case, and nothing else", searchIgnoresCaseOnly},
		{"a search reads every field", searchReadsEveryField},
		{"results are searched", resultsAreSearched},

		{"results are selected", resultsAreSelected},
		{"results sort by every field", resultsSort},
		{"results of a page share their entities", resultsShare},
		{"a stream has all results of a list", streamsAreLists},
		{"a stream sees one state", streamsSeeOneState},
		{"a stream ends with its reader or its request", streamsEnd},
		{"filters compare by type", filtersCompareByType},
		{"filters follow paths", filtersFollowPaths},
		{"filters combine", filtersCombine},
		{"conditions hold or do not hold", conditionsHold},
		{"numbers are in the unit of their metric", numbersAreInTheUnitOfTheirMetric},
		{"several entities select the results of any", severalEntitiesSelect},
		{"results are counted by benchmark and flavor", resultsAreCounted},
		{"results are counted by site", resultsAreCountedBySite},
		{"a list is as of a time", listsAreAsOfATime},
		{"JSON sorts by type, then by value", jsonSorts},
		{"cursors read every order", cursorsReadEveryOrder},
		{"cursors survive removals", cursorsSurviveRemovals},
		{"cursors neither lose nor double a result", cursorsNeitherLoseNorDouble},
		{"large values sort by their beginning", largeValuesSort},
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
