package comparison

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/statistics"
)

// Dimension is one thing by which measurements are put into groups.
type Dimension string

// The dimensions. A value inside of the documents is JSONPrefix and its path.
const (
	BySite      Dimension = "site"
	ByFlavor    Dimension = "flavor"
	ByBenchmark Dimension = "benchmark"
	ByTag       Dimension = "tag"
	ByMonth     Dimension = "month"

	JSONPrefix = "json."
)

// Dimensions are the named dimensions.
func Dimensions() []Dimension { return []Dimension{BySite, ByFlavor, ByBenchmark, ByTag, ByMonth} }

// Path is the path of a value inside of the documents; ok is false for a named dimension.
func (d Dimension) Path() (path string, ok bool) {
	return strings.CutPrefix(string(d), JSONPrefix)
}

// Question is what all answers have in common.
type Question struct {
	Metric  domain.Metric
	GroupBy []Dimension
	// PerResource relates the values to the metric's resource: times x cores, rates / cores.
	PerResource bool
	// MixedUnits: values were in several units, and were converted to that of Metric.
	MixedUnits bool
	// Now is the time of the question. A year later groups are stale.
	Now time.Time
}

// Paths are the paths of GroupBy: the measurements have their values in Others, in this
// order.
func (q Question) Paths() []string {
	var paths []string
	for _, dimension := range q.GroupBy {
		if path, ok := dimension.Path(); ok {
			paths = append(paths, path)
		}
	}
	return paths
}

// better is the direction in the words of package statistics.
func (q Question) better() statistics.Better { return statistics.Better(q.Metric.Better) }

// Warning is a code for something that a reader should know, with its words.
type Warning = statistics.Warning

// Basis says which results an answer is about.
type Basis struct {
	// Results is the number of results that counted, Ungrouped of those that belong to no
	// group.
	Results, Ungrouped int
	// AsOf is the time of the newest upload that counted; nil without results.
	AsOf *time.Time
	// Deriving is how far the values of the metric are derived, nil if all are. Until they are,
	// answers come from the documents: complete, but slower.
	Deriving *domain.Derivation
	// Set is the same for the same results only: the first 8 hex digits of the SHA-256
	// over their ids.
	Set string
}

// IsFinal tells whether the same question has the same answer as long as the data are the same.
func (b Basis) IsFinal() bool { return b.Deriving == nil }

// basisOf is the basis of an answer about all measurements.
func basisOf(ctx context.Context, of domain.Measurements) (Basis, error) {
	all := make([]*domain.Measurement, len(of.Items))
	for i := range of.Items {
		all[i] = &of.Items[i]
	}
	return basisOfEach(ctx, all, of.Deriving)
}

// basisOfEach sorts the results by their ids, if they are not yet. The error is that of a context that has ended.
func basisOfEach(ctx context.Context, items []*domain.Measurement, deriving *domain.Derivation) (Basis, error) {
	byID := func(a, b *domain.Measurement) int { return bytes.Compare(a.ResultID[:], b.ResultID[:]) }
	if !slices.IsSortedFunc(items, byID) {
		items = slices.SortedFunc(slices.Values(items), byID)
	}
	all := NewTally()
	for i, item := range items {
		if err := everySome(ctx, i); err != nil {
			return Basis{}, err
		}
		all.Add(item.ResultID, item.UploadedAt)
	}
	basis := all.Basis()
	basis.Deriving = deriving
	return basis, nil
}

// Tally finds the basis of results that it is told one after another, in the order of their ids.
type Tally struct {
	results int
	newest  time.Time
	hash    hash.Hash
	// text are ids that the hash does not know yet.
	text []byte
}

// NewTally returns the tally of no results.
func NewTally() *Tally {
	return &Tally{hash: sha256.New(), text: make([]byte, 0, hashedTogether*idLine)}
}

// idLine is the length of an id with a line end, hashedTogether how many ids are hashed at once.
const idLine, hashedTogether = 37, 100

// Add adds a result.
func (t *Tally) Add(id uuid.UUID, uploadedAt time.Time) {
	if t.results > 0 {
		t.text = append(t.text, '\n')
	}
	if t.results%hashedTogether == 0 {
		t.hash.Write(t.text)
		t.text = t.text[:0]
	}
	t.text = appendID(t.text, id)
	t.results++
	if uploadedAt.After(t.newest) {
		t.newest = uploadedAt
	}
}

// Basis is what is known of the results. Nothing may be added after it.
func (t *Tally) Basis() Basis {
	const digits = 8
	t.hash.Write(t.text)
	basis := Basis{Results: t.results, Set: hex.EncodeToString(t.hash.Sum(nil))[:digits]}
	if t.results > 0 {
		basis.AsOf = &t.newest
	}
	return basis
}

// appendID appends the id in lower case.
func appendID(text []byte, id uuid.UUID) []byte {
	for i, part := range [][]byte{id[:4], id[4:6], id[6:8], id[8:10], id[10:]} {
		if i > 0 {
			text = append(text, '-')
		}
		text = hex.AppendEncode(text, part)
	}
	return text
}
