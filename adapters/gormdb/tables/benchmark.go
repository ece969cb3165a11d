package tables

import (
	"encoding/json"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"github.com/eosc-perf/backend/core/domain"
)

// Benchmark is a container image with the JSON Schema of its results.
type Benchmark struct {
	ID          Key           `gorm:"primaryKey;not null"`
	Upload      UploadColumns `gorm:"embedded"`
	Review      ReviewColumns `gorm:"embedded"`
	DockerImage string        `gorm:"type:text;not null;uniqueIndex:benchmark_docker_image_docker_tag_key"`
	DockerTag   string        `gorm:"type:text;not null;uniqueIndex:benchmark_docker_image_docker_tag_key"`
	JSONSchema  Document      `gorm:"column:json_schema;type:json;not null"`
	Description *string       `gorm:"type:text"`
	URL         string        `gorm:"column:url;type:text;not null"`
	// Metrics are those that users declared: a JSON array; NULL if nobody did.
	Metrics *Metrics `gorm:"type:json"`
	// ImageDigest is the content that the tag of the image named when the registry was asked
	// last, at ImageCheckedAt. Both are nil if no registry was asked.
	ImageDigest    *string `gorm:"type:text"`
	ImageCheckedAt *Timestamp
}

// TableName implements GORM's Tabler.
func (Benchmark) TableName() string { return "benchmark" }

// NewBenchmark converts a benchmark.
func NewBenchmark(b *domain.Benchmark) Benchmark {
	return Benchmark{
		ID:          Key(b.ID),
		Upload:      NewUploadColumns(b.Upload),
		Review:      NewReviewColumns(b.Review),
		DockerImage: b.DockerImage,
		DockerTag:   b.DockerTag,
		JSONSchema:  Document(b.JSONSchema),
		Description: b.Description,
		URL:         b.URL,
		Metrics:     NewMetrics(b.Metrics),
		ImageDigest: TextOrNil(b.Image.Digest), ImageCheckedAt: TimestampOrNil(b.Image.CheckedAt),
	}
}

// damagedSchema is read in the place of a schema that is not JSON. It cannot be compiled, so that nothing
// is uploaded that nobody can validate.
const damagedSchema = `{"$comment": "What is stored here is not JSON.", "$ref": "urn:damaged-schema"}`

// AfterFind is GORM's hook. A schema that is not JSON would break each answer that has it.
func (r *Benchmark) AfterFind(tx *gorm.DB) error {
	if r.JSONSchema != nil && tx.Name() == sqliteName && !r.JSONSchema.isJSON() {
		r.JSONSchema = Document(damagedSchema)
	}
	return nil
}

// Entity converts the row; the first value is the ID.
func (r Benchmark) Entity() (uuid.UUID, *domain.Benchmark) {
	return uuid.UUID(r.ID), &domain.Benchmark{
		ID:          uuid.UUID(r.ID),
		Upload:      r.Upload.Entity(),
		Review:      r.Review.Entity(),
		DockerImage: r.DockerImage,
		DockerTag:   r.DockerTag,
		URL:         r.URL,
		JSONSchema:  json.RawMessage(r.JSONSchema),
		Description: r.Description,
		Metrics:     r.Metrics.Entity(),
		Image:       domain.Image{Digest: TextOf(r.ImageDigest), CheckedAt: r.ImageCheckedAt.TimeOrNil()},
	}
}
