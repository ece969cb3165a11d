package resultlist

import (
	"fmt"
	"slices"

	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/core/plural"
	"github.com/eosc-perf/backend/ports"
)

// Plan is a way to the ids of the results of a page.
type Plan string

// The plans. Each has its statement in a file of its own.
const (
	// ByTimeIndex reads rows of the table result in the order of one of its indexes until the
	// page is full; bydocuments.go.
	ByTimeIndex Plan = "by time index"
	// ByRows reads the rows of the table result that satisfy the conditions, and sorts them;
	// bydocuments.go.
	ByRows Plan = "by reading rows"
	// ByDocuments reads the documents of all candidates; bydocuments.go.
	ByDocuments Plan = "by reading documents"
	// ByFirstDocuments reads the documents of the first results of the list by time, among
	// which the page is expected; byfirstdocuments.go.
	ByFirstDocuments Plan = "by time index, reading documents"
	// ByValueIndex reads the values that satisfy the filters, and those to sort by;
	// byvalueindex.go.
	ByValueIndex Plan = "by value index"
	// InIndexOrder reads the values to sort by in their order, and looks up in hash tables
	// which results satisfy the filters; inindexorder.go.
	InIndexOrder Plan = "in index order"
	// ByHashTable joins the values that satisfy the filters and those to sort by, or the rows
	// of the table result, by hashing; byhashtable.go.
	ByHashTable Plan = "by hash table"
)

// Facts are what is known besides a query.
type Facts struct {
	// FiltersIndexed: the value index answers all filters, and there are some.
	FiltersIndexed bool
	// SortIndexed: the value index and the ids are enough to sort by.
	SortIndexed bool
	// Matching is how many results satisfy the filters, and Visible how many results the
	// benchmarks of the query have. They are known only if IsCounted(query, facts).
	Matching, Visible int
	// MaxLookups: see Lists.
	MaxLookups int
}

const (
	// defaultMaxLookups: see Lists.MaxLookups.
	defaultMaxLookups = 500
	// maxHashed is how many results the hash tables of a statement, one for each filter,
	// may have in memory: some 60 bytes for each.
	maxHashed = 500_000
)

// IsCounted tells whether the plan depends on how many results satisfy the filters, which an
// index can tell.
func IsCounted(q ports.ResultQuery, f Facts) bool {
	return (f.FiltersIndexed || len(q.Filters) == 0 && f.SortIndexed && isByOneValue(q.Sort)) && choosesAllVisible(q)
}

// Choose returns the plan for a query, and why it is the best one. It depends on nothing else.
func Choose(q ports.ResultQuery, f Facts) (plan Plan, reason string) {
	matching := plural.Count(f.Matching, "result satisfies", "results satisfy")
	switch isMany := f.Matching > f.MaxLookups; {
	case !readsDocuments(q) && isInTableOrder(q.Sort):
		return ByTimeIndex, "no condition looks into documents, and an index of the results has the order"
	case !readsDocuments(q):
		return ByRows, "no condition looks into documents, and no index has the order"
	case len(q.Filters) > 0 && !f.FiltersIndexed:
		return ByDocuments, "the index of values does not have all paths of the filters"
	case !IsCounted(q, f):
		return ByDocuments, "the index of values does not have the other conditions or the order"
	case len(q.Filters) == 0:
		return InIndexOrder, fmt.Sprintf("there are no filters, and the index of values has the order of all %s",
			plural.Count(f.Visible, "result", "results"))
	case f.SortIndexed && !isMany:
		return ByValueIndex, fmt.Sprintf("%s the filters, at most %d are looked up one by one", matching, f.MaxLookups)
	case f.SortIndexed && isByOneValue(q.Sort) && f.Visible*len(q.Filters) <= maxHashed:
		return InIndexOrder, fmt.Sprintf("%s the filters, and hash tables of %s are small", matching,
			plural.Count(f.Visible, "result", "results"))
	case f.SortIndexed:
		return ByHashTable, matching + " the filters, and no index has the order"
	case !isMany:
		return ByDocuments, matching + " the filters, and the documents of these have the order"
	case isByTime(q.Sort):
		return ByFirstDocuments, fmt.Sprintf("%d of %s the filters: the page is among the first", f.Matching,
			plural.Count(f.Visible, "result satisfies", "results satisfy"))
	default:
		return ByHashTable, matching + " the filters, and their documents have the order"
	}
}

// ChooseAfter returns the plan for the part of a list behind a cursor, and why it is the best one.
// It depends on nothing else.
func ChooseAfter(q ports.ResultQuery, f Facts) (plan Plan, reason string) {
	switch {
	case !readsDocuments(q):
		return Choose(q, f)
	case walksIndex(q, f):
		return InIndexOrder, "the index of values has the order behind the place, and all conditions"
	case len(q.Filters) > 0 && !f.FiltersIndexed:
		return ByDocuments, "the index of values does not have all paths of the filters"
	default:
		return ByDocuments, "the index of values does not have the other conditions or the order"
	}
}

// isInTableOrder tells whether an index of the table result has the order.
func isInTableOrder(sort []filter.Key) bool { return hasIndex(sort) }

// isByTime tells whether an index has all results, or those of a benchmark, in this order.
func isByTime(sort []filter.Key) bool {
	return len(sort) > 0 && sort[0].Field == "execution_datetime" && onlyIDs(sort[1:])
}

// isByOneValue tells whether the order is that of the values at one path that can exist.
func isByOneValue(sort []filter.Key) bool {
	return len(sort) > 0 && sort[0].Path != nil && canExist(sort[0].Path) && onlyIDs(sort[1:])
}

func onlyIDs(sort []filter.Key) bool {
	return !slices.ContainsFunc(sort, func(key filter.Key) bool { return key.Field != "id" })
}
