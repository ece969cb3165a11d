package tables

import (
	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
)

// Result is a JSON document that a benchmark printed on a flavor of a site.
type Result struct {
	// Deleted hides the result from lists: it was deleted, or somebody claims that it
	// is wrong.
	Deleted           Flag         `gorm:"type:boolean;not null"`
	ID                Key          `gorm:"primaryKey;not null;index:result_execution_idx,priority:3;index:result_benchmark_idx,priority:3;index:result_site_idx,priority:3;index:result_flavor_idx,priority:3;index:result_undigested_idx,where:digest IS NULL"` //nolint:lll // a tag cannot be split
	Upload            ResultUpload `gorm:"embedded"`
	JSON              Document     `gorm:"column:json;type:jsonb;not null"`
	ExecutionDatetime Timestamp    `gorm:"not null;index:result_execution_idx,priority:2,where:NOT deleted;index:result_benchmark_idx,priority:2;index:result_site_idx,priority:2;index:result_flavor_idx,priority:2"` //nolint:lll // a tag cannot be split
	BenchmarkID       Key          `gorm:"not null;index:result_benchmark_idx,priority:1,where:NOT deleted;index:,composite:of_benchmark"`
	Benchmark         *Benchmark
	FlavorID          Key `gorm:"not null;index:result_flavor_idx,priority:1,where:NOT deleted;index:,composite:of_flavor"`
	Flavor            *Flavor
	SiteID            Key `gorm:"not null;index:result_site_idx,priority:1,where:NOT deleted;index:,composite:of_site"`
	Site              *Site
	// ClaimReportID names one of the claims of the result, as the earlier program does.
	ClaimReportID *Key   `gorm:"column:_claim_report_id;index:result_claim_idx,where:_claim_report_id IS NOT NULL"`
	ClaimReport   *Claim `gorm:"foreignKey:ClaimReportID;references:ID"`
	// Removed is true where this program deleted the result, and nil in rows of the
	// earlier program.
	Removed *Flag `gorm:"type:boolean"`
	// RemovedAt is when this program deleted the result. It is nil also where an older
	// version of this program did, which had no such column.
	RemovedAt *Timestamp
	// WithdrawnAt is when the result was taken back, and WithdrawnBy by whom: uploader or
	// administrator. Both are nil if it was not, or was restored.
	WithdrawnAt *Timestamp
	WithdrawnBy *string `gorm:"type:text"`
	// StateReason is why the result was withdrawn or deleted; nil for no reason.
	StateReason *string `gorm:"type:text"`
	// Digest identifies the content. It is nil in rows of other programs until this program
	// has calculated it.
	Digest *string `gorm:"type:text;uniqueIndex:result_digest_key,priority:1,where:digest_holder"`
	// DigestHolder is true for the one result of a person with that digest that a repeated
	// upload finds: among those that count (see domain.Visibility), the first that was known.
	DigestHolder *Flag `gorm:"type:boolean"`
	// Supersedes is the result that this one corrects.
	Supersedes *Key    `gorm:"uniqueIndex:result_supersedes_key,where:supersedes IS NOT NULL"`
	Superseded *Result `gorm:"foreignKey:Supersedes;references:ID;constraint:OnDelete:SET NULL DEFERRABLE INITIALLY DEFERRED"`
	// ImageDigest is that of the benchmark at the time of the upload.
	ImageDigest *string `gorm:"type:text"`
	// Client is the program that uploaded the result, as it named itself.
	Client *string `gorm:"type:text"`
}

// TableName implements GORM's Tabler.
func (Result) TableName() string { return "result" }

// ResultUpload are UploadColumns, of which one more index has two.
type ResultUpload struct {
	UploaderSub    string    `gorm:"type:text;not null;uniqueIndex:result_digest_key,priority:2;index:,composite:uploader"`
	UploaderIss    string    `gorm:"type:text;not null;uniqueIndex:result_digest_key,priority:3;index:,composite:uploader"`
	UploadDatetime Timestamp `gorm:"not null;index:result_upload_idx,where:NOT deleted"`
	Uploader       *User     `gorm:"foreignKey:UploaderIss,UploaderSub;references:Iss,Sub"`
}

// Entity converts the columns.
func (u ResultUpload) Entity() domain.Upload { return UploadColumns(u).Entity() }

// NewResult converts a result, without its tags. The result is visible, and holds its
// digest.
func NewResult(r *domain.Result) Result {
	row := Result{
		ID:                Key(r.ID),
		Upload:            ResultUpload(NewUploadColumns(r.Upload)),
		JSON:              Document(r.JSON),
		ExecutionDatetime: TimestampOf(r.ExecutedAt),
		BenchmarkID:       Key(r.Benchmark.ID),
		SiteID:            Key(r.Site.ID),
		FlavorID:          Key(r.Flavor.ID),
		Digest:            TextOrNil(r.Digest),
		Supersedes:        KeyOrNil(r.Supersedes),
		ImageDigest:       TextOrNil(r.ImageDigest),
		Client:            TextOrNil(r.Client),
	}
	if row.Digest != nil {
		holds := Flag(true)
		row.DigestHolder = &holds
	}
	return row
}

// damagedResult is read in the place of the document of a result that is not JSON.
const damagedResult = `{"damaged": "What is stored here is not JSON."}`

// DocumentOrDamaged returns the document, or one that says that it is not JSON: that would break each
// answer that has it.
func (r Result) DocumentOrDamaged() Document {
	if r.JSON.isJSON() {
		return r.JSON
	}
	return Document(damagedResult)
}

// Visibility converts the columns that say whether, why and since when the result is hidden.
func (r Result) Visibility() domain.Visibility {
	v := domain.Visibility{
		Hidden:    bool(r.Deleted),
		Deleted:   r.Removed != nil && bool(*r.Removed),
		DeletedAt: r.RemovedAt.TimeOrNil(),
		Reason:    TextOf(r.StateReason),
		ClaimID:   (*uuid.UUID)(r.ClaimReportID),
	}
	if r.WithdrawnAt != nil {
		v.Withdrawn = &domain.Withdrawal{At: r.WithdrawnAt.Time, By: domain.Role(TextOf(r.WithdrawnBy))}
	}
	return v
}

// ResultTag marks a result with a tag.
type ResultTag struct {
	ResultID Key `gorm:"primaryKey;not null"`
	TagID    Key `gorm:"primaryKey;not null;index:result_tags_tag_idx"`
	Result   *Result
	Tag      *Tag `gorm:"constraint:OnDelete:CASCADE"`
}

// TableName implements GORM's Tabler.
func (ResultTag) TableName() string { return "result_tags" }

// ResultCount is a part of the number of visible results of a benchmark: the sum over
// its rows is the number. Triggers write the rows, so that the results of every
// program are counted, and each transaction sees the number of committed results.
type ResultCount struct {
	BenchmarkID Key   `gorm:"not null;index:result_count_idx"`
	Visible     int64 `gorm:"type:bigint;not null"`
	// Changes: the sum over the rows of a benchmark is another after each change of its
	// results.
	Changes int64 `gorm:"type:bigint;not null;default:0"`
}

// TableName implements GORM's Tabler.
func (ResultCount) TableName() string { return "result_count" }
