package domain

import (
	"encoding/json"
	"time"

	"github.com/google/uuid"
)

// User is a registered person.
type User struct {
	UserID
	Email        string
	RegisteredAt time.Time
	// Blocked is true for a person who may not write. Operators decide.
	Blocked bool
}

// Benchmark is a container image whose results are comparable, and the JSON Schema that
// the results satisfy.
type Benchmark struct {
	ID uuid.UUID
	Upload
	Review
	DockerImage string
	DockerTag   string
	URL         string
	// JSONSchema is the schema as it was sent, byte for byte.
	JSONSchema  json.RawMessage
	Description *string
	// Metrics are those that SetMetrics declared. Package metrics merges them with those of
	// the schema.
	Metrics []Metric
	Image   Image
}

// Image is what a registry said about the container image of a benchmark.
type Image struct {
	// Digest identifies the content that the tag named, as `sha256:...`; empty if no registry
	// was asked.
	Digest string
	// CheckedAt is when the registry was asked last, nil for never.
	CheckedAt *time.Time
}

// Name is the benchmark's image and tag.
func (b *Benchmark) Name() string { return b.DockerImage + ":" + b.DockerTag }

// Site is a computing centre.
type Site struct {
	ID uuid.UUID
	Upload
	Review
	Name        string
	Address     string
	Description *string
}

// Flavor is a machine type of a site.
type Flavor struct {
	ID uuid.UUID
	Upload
	Review
	SiteID      uuid.UUID
	Name        string
	Description *string
}

// Tag is a word that groups results.
type Tag struct {
	ID          uuid.UUID
	Name        string
	Description *string
	// Uploader is who made the tag; nil if nobody noted that. It is not shown in public.
	Uploader *UserID
}

// Result holds the measurements of one run of a benchmark on a flavor of a site. The
// results of one page share their benchmarks, sites, flavors and tags: equal entities are
// the same pointer.
type Result struct {
	ID uuid.UUID
	Upload
	ExecutedAt time.Time
	// JSON is the document in canonical form: see package document.
	JSON      json.RawMessage
	Benchmark *Benchmark
	Site      *Site
	Flavor    *Flavor
	// Tags are sorted by id.
	Tags []*Tag
	// Digest identifies the content: see document.Digest. It is empty if it was not
	// calculated yet. A person has one result of each digest that counts: see
	// Visibility.Counts.
	Digest string
	// Supersedes is the result that this one corrects, nil for none.
	Supersedes *uuid.UUID
	// ImageDigest is Image.Digest of the benchmark at the time of the upload.
	ImageDigest string
	// Client is the program that uploaded the result, as it named itself. It is for
	// administrators only. Only new results have it.
	Client string
}

// ResultRecord is a result with what only itself, and no list, shows.
type ResultRecord struct {
	*Result
	Visibility
	// SupersededBy is the result that corrects this one, nil for none.
	SupersededBy *uuid.UUID
}
