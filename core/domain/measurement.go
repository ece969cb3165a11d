package domain

import (
	"time"

	"github.com/google/uuid"
)

// LongestLabel is the longest value, as JSON in bytes, that names a group or a machine, or is a
// coordinate. Longer ones would make every answer about the benchmark as long as they are.
const LongestLabel = 1024

// Measurement is what one result says about a metric.
type Measurement struct {
	ResultID    uuid.UUID
	BenchmarkID uuid.UUID
	SiteID      uuid.UUID
	FlavorID    uuid.UUID
	// Uploader only tells people apart. It is never shown.
	Uploader   UserID
	UploadedAt time.Time
	ExecutedAt time.Time
	// Value is the median of the samples, or the number at the path of the metric. It is 0 if
	// HasValue is false, which only a question can ask for that wants all results.
	Value    float64
	HasValue bool
	// Resource is the number at the path of the metric's resource; nil if there is none.
	Resource *float64
	// Label is the text at the path of the metric's label; empty if there is none, or one
	// longer than LongestLabel.
	Label string
	// ImageDigest names the container image that ran; empty if it is not known.
	ImageDigest string
	// Others are the JSON texts of the values at the further paths of the question, empty
	// where there is none, or one longer than LongestLabel.
	Others []string
	// TagIDs are sorted. They are there if the question asks for them.
	TagIDs []uuid.UUID
}

// Derivation is how far the values of metrics are derived from the results that are there.
type Derivation struct {
	// Done is the number of results whose values are derived, Total that of all results.
	Done, Total int
}

// Measurements are the measurements that a question chooses, sorted by the id of the
// result, and the entities that they refer to.
type Measurements struct {
	Items []Measurement
	// Deriving is there while the values of a declared metric are being derived. Items are
	// complete nevertheless: they come from the documents.
	Deriving *Derivation
	// Complete: the question chose all visible results of its benchmarks, and no flavors.
	Complete   bool
	Benchmarks map[uuid.UUID]*Benchmark
	Sites      map[uuid.UUID]*Site
	Flavors    map[uuid.UUID]*Flavor
	Tags       map[uuid.UUID]*Tag
}
