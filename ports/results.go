package ports

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
)

// ResultQuery selects results. All fields that are not nil must hold.
type ResultQuery struct {
	ListOptions
	Uploaded Window
	Executed Window
	// BenchmarkIDs, SiteIDs and FlavorIDs select the results of any of these entities; an
	// id may occur twice.
	BenchmarkIDs, SiteIDs, FlavorIDs []uuid.UUID
	// AsOf selects the results that were uploaded at this time or before.
	AsOf *time.Time
	// Uploader selects the results of one user, the hidden ones included. Without it
	// the results of all users are selected, but for the hidden ones.
	Uploader *domain.UserID
	// State selects, together with Uploader, the results in that state: the empty one for the
	// visible results. Nil selects all states.
	State *domain.ResultState
	// TagIDs selects results that have all of these tags.
	TagIDs []uuid.UUID
	// Filters selects results that satisfy all conditions.
	Filters []filter.Condition
	// Where selects results that satisfy the expression.
	Where filter.Expression
	// Terms must each occur in the benchmark's name (image:tag), the site's name
	// or address, the flavor's name or the name of a tag.
	Terms []string
}

// CursorQuery asks for the part of a list of results behind a place in it.
type CursorQuery struct {
	// ResultQuery is the list; the number of its page does not count.
	ResultQuery
	// After is the place; nil is the beginning of the list.
	After *Position
	// WithTotal asks for the total of the list.
	WithTotal bool
}

// Position is a place in a sorted list of results: behind a result, whether it still exists or
// not.
type Position struct {
	ID uuid.UUID
	// Values are those by which the result is sorted, one for each key of the sort.
	Values []SortValue
}

// SortValue is a value by which a result is sorted.
type SortValue struct {
	// Text is the text, the UUID, the date-time in the form of RFC 3339, or the JSON text of a
	// value inside the document.
	Text string
	// Missing: the document has no value at the path.
	Missing bool
	// Elided: the text is longer than MaxSortValue bytes, and is left out.
	Elided bool
}

// MaxSortValue is how many bytes of a value a Position holds.
const MaxSortValue = 256

// ResultPart is a part of a list of results.
type ResultPart struct {
	Items []*domain.Result
	// Next is the place behind the last item; nil if nothing follows.
	Next *Position
	// Total is the total of the list, if the query asked for it.
	Total int
}

// Explanation tells how a list of results is read.
type Explanation struct {
	// Plan is the name of the plan, Reason why it was chosen.
	Plan, Reason string
	// Statement is the SQL that reads the ids of the page, with placeholders. A part behind a cursor
	// may need several statements, one after the other.
	Statement string
}

// ResultPlans explains lists of results.
type ResultPlans interface {
	ExplainList(ctx context.Context, q ResultQuery) (Explanation, error)
	// ExplainPart explains the part of a list behind a place. Error: ErrPlaceGone.
	ExplainPart(ctx context.Context, q CursorQuery) (Explanation, error)
}

// ErrPlaceGone is returned for a place of which a value is elided, if its result was removed.
var ErrPlaceGone = errors.New("the result before the place was removed")

// Tally is how many results a benchmark has on a flavor, at least one.
type Tally struct {
	BenchmarkID, FlavorID uuid.UUID
	Results               int
}

// ResultMatch selects results by the one field that is not nil.
type ResultMatch struct {
	// IDs are at most 1,000.
	IDs         []uuid.UUID
	BenchmarkID *uuid.UUID
	// SiteID selects the results of the site and of all its flavors.
	SiteID   *uuid.UUID
	FlavorID *uuid.UUID
	Uploader *domain.UserID
}

// DeletedQuery asks for a part of the deleted results.
type DeletedQuery struct {
	// BenchmarkID selects the results of one benchmark; nil selects all.
	BenchmarkID *uuid.UUID
	// After is the id of the last result of the part before; the zero id for the first part.
	After uuid.UUID
	// Limit is the largest number of results, at least 1.
	Limit int
}

// DeletedResult is a result that this system deleted.
type DeletedResult struct {
	ID uuid.UUID
	domain.Visibility
}

// UndigestedResult is a result whose digest was not calculated yet.
type UndigestedResult struct {
	ID, BenchmarkID, FlavorID uuid.UUID
	ExecutedAt                time.Time
	JSON                      json.RawMessage
}

// HeldDigest is a result of a person that holds its digest: a repeated upload of the same
// content finds it.
type HeldDigest struct {
	ID     uuid.UUID
	Digest string
	domain.Visibility
}

// Results is the repository of results.
type Results interface {
	// Get also returns hidden results.
	Get(ctx context.Context, id uuid.UUID) (*domain.Result, error)
	// Record is Get, with what only the result itself shows.
	Record(ctx context.Context, id uuid.UUID) (*domain.ResultRecord, error)
	List(ctx context.Context, q ResultQuery) (domain.Page[*domain.Result], error)
	// ListAfter returns the part of a list behind a place. The time that it takes does not
	// depend on the place. Error: ErrPlaceGone.
	ListAfter(ctx context.Context, q CursorQuery) (ResultPart, error)
	// Tally counts the results that the query selects by benchmark and flavor. Page and order of
	// the query do not matter.
	Tally(ctx context.Context, q ResultQuery) ([]Tally, error)
	// CountBySite counts the visible results of each of the sites, in one statement. Sites without results are not in the answer.
	CountBySite(ctx context.Context, siteIDs []uuid.UUID) (map[uuid.UUID]int, error)
	// EachDocument calls yield with the document of each result that the query selects, which is
	// valid until yield returns: of all of them, or for newest > 0 of so many of those that were
	// executed last. It stops at an error of yield, and returns it. Page and order of the query do
	// not matter.
	EachDocument(ctx context.Context, q ResultQuery, newest int, yield func(document []byte) error) error
	// Identify calls yield with the id and the time of the upload of each result that the query
	// selects, in the order of the ids. It stops at an error of yield, and returns it. Page and
	// order of the query do not matter.
	Identify(ctx context.Context, q ResultQuery, yield func(id uuid.UUID, uploadedAt time.Time) error) error
	// Indexed tells for each of the paths whether an index has the values of all visible results
	// of the benchmarks there; none stand for all benchmarks.
	Indexed(ctx context.Context, benchmarkIDs []uuid.UUID, paths []filter.Path) ([]bool, error)
	// Stream calls read with the results that the query chooses, in its order, whatever its
	// page. They are read one by one, and are never in memory together. The sequence ends
	// with the first error. It may be read several times, also in part: each time it is the
	// same, because all of it is read from one state of the database, which others may change
	// meanwhile. The error of read is returned as it is.
	Stream(ctx context.Context, q ResultQuery, read func(results iter.Seq2[*domain.Result, error]) error) error
	// References returns a function that finds what results refer to: as it is at the time of this call, or
	// later. So many results that are uploaded together ask the database once.
	References(ctx context.Context) (FindReferences, error)
	// Add stores the result and its ties to its tags, or nothing. A result with a digest
	// holds it from then on. Error: *DuplicateError if another result of the uploader holds
	// the digest, or supersedes the same result. The event, if there is one, is added with it.
	Add(ctx context.Context, r *domain.Result, e ...domain.Event) error
	// AddCounted is Add, and adds the use to that of the day. Error: ErrUsedUp.
	AddCounted(ctx context.Context, r *domain.Result, e domain.Event, use Use) error
	// AddAll is Add for results of one person with digests, but for those whose digests other
	// results hold, which it leaves out. It returns who holds the digests afterwards, by
	// digest. Everybody who adds several results adds them in the order of their digests. If there
	// are events, that at a place is about the result at that place, and is added with it.
	AddAll(ctx context.Context, list []*domain.Result, e ...domain.Event) (map[string]HeldDigest, error)
	// AddAllCounted is AddAll outside of units of work, for one event about each result, and adds the
	// use to that of the day once for each result that it adds. Error: ErrUsedUp if the day has
	// not enough left for all; then it adds none.
	AddAllCounted(ctx context.Context, list []*domain.Result, events []domain.Event, use Use) (map[string]HeldDigest, error)
	// Holders returns the results of a person that hold the digests, by digest.
	Holders(ctx context.Context, uploader domain.UserID, digests ...string) (map[string]HeldDigest, error)
	// Hold lets the result hold its digest, if it has one. Error: *DuplicateError if another
	// result of the uploader holds the digest.
	Hold(ctx context.Context, id uuid.UUID) error
	// Release lets the result hold its digest no longer.
	Release(ctx context.Context, id uuid.UUID) error
	// OfDigest returns the results of everybody with the digest that count, at most limit.
	OfDigest(ctx context.Context, digest string, limit int) ([]uuid.UUID, error)
	// Undigested returns results without a digest, hidden ones too, sorted by id, at most
	// limit.
	Undigested(ctx context.Context, limit int) ([]UndigestedResult, error)
	// SetDigest stores the digest of a result that has none. If the result counts, and no
	// other of its uploader holds the digest, it holds the digest.
	SetDigest(ctx context.Context, id uuid.UUID, digest string) error
	// Lock returns the visibility of the result and locks it: until the unit of work ends
	// nobody else can change the visibility, claim the result or settle its claims.
	Lock(ctx context.Context, id uuid.UUID) (domain.Visibility, error)
	// LockAll is Lock for at most 1,000 results. It leaves out those that do not exist.
	LockAll(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]domain.Visibility, error)
	// LockMatching locks the results that match until the unit of work ends.
	LockMatching(ctx context.Context, match ResultMatch) error
	// LockReferences keeps others from removing the uploader, the benchmark, the flavor and the
	// site of a result that is to be added, until the unit of work ends. Those that do not exist
	// are no error.
	LockReferences(ctx context.Context, result *domain.Result) error
	// Visibilities is LockAll without a lock.
	Visibilities(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]domain.Visibility, error)
	// Described returns those of at most 1,000 results that exist, sorted by id, without
	// their documents.
	Described(ctx context.Context, ids []uuid.UUID) ([]*domain.Result, error)
	// OfUploader returns the ids of at most limit results of a user, in no order.
	OfUploader(ctx context.Context, uploader domain.UserID, limit int) ([]uuid.UUID, error)
	// Deleted returns the results that this system deleted and that are hidden, sorted by
	// id, at most q.Limit.
	Deleted(ctx context.Context, q DeletedQuery) ([]DeletedResult, error)
	// SetVisibility stores the visibility. A result that does not count any more holds its
	// digest no longer.
	SetVisibility(ctx context.Context, id uuid.UUID, v domain.Visibility) error
	// SetVisibilities stores the visibilities of at most 1,000 results.
	SetVisibilities(ctx context.Context, all map[uuid.UUID]domain.Visibility) error
	// SetTags replaces the result's ties to tags.
	SetTags(ctx context.Context, id uuid.UUID, tagIDs []uuid.UUID) error
	// RemoveAll removes the results for good, with their claims, the submits of these
	// claims, and their ties to tags. The caller has locked them.
	RemoveAll(ctx context.Context, match ResultMatch) error
}

// FindReferences returns the entities that a result of the benchmark on the flavor refers to.
type FindReferences func(ctx context.Context, benchmarkID, flavorID uuid.UUID, tagIDs []uuid.UUID) (References, error)

// References are the entities that a result refers to; nil for an entity that does not
// exist. Callers share them and must not change them.
type References struct {
	Benchmark *domain.Benchmark
	Flavor    *domain.Flavor
	// Site is the flavor's.
	Site *domain.Site
	// Tags are the tags that exist, sorted by id.
	Tags []*domain.Tag
}
