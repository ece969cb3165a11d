package tables

import (
	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
)

// Result is a JSON document that a benchmark printed on a flavor of a site.
type Result struct {
	// Deleted hides the result from lists: it was deleted, or somebody claims that it
	// is wrong.
	Deleted           bool          `gorm:"type:boolean;not null"`
	ID                Key           `gorm:"primaryKey;not null;index:result_execution_idx,priority:3;index:result_benchmark_idx,priority:3;index:result_site_idx,priority:3;index:result_flavor_idx,priority:3"` //nolint:lll // a tag cannot be split
	Upload            UploadColumns `gorm:"embedded"`
	JSON              Document      `gorm:"column:json;type:jsonb;not null"`
	ExecutionDatetime Timestamp     `gorm:"not null;index:result_execution_idx,priority:2,where:NOT deleted;index:result_benchmark_idx,priority:2;index:result_site_idx,priority:2;index:result_flavor_idx,priority:2"` //nolint:lll // a tag cannot be split
	BenchmarkID       Key           `gorm:"not null;index:result_benchmark_idx,priority:1,where:NOT deleted"`
	Benchmark         *Benchmark
	FlavorID          Key `gorm:"not null;index:result_flavor_idx,priority:1,where:NOT deleted"`
	Flavor            *Flavor
	SiteID            Key `gorm:"not null;index:result_site_idx,priority:1,where:NOT deleted"`
	Site              *Site
	// ClaimReportID names one of the claims of the result, as the earlier program does.
	ClaimReportID *Key   `gorm:"column:_claim_report_id;index:result_claim_idx,where:_claim_report_id IS NOT NULL"`
	ClaimReport   *Claim `gorm:"foreignKey:ClaimReportID;references:ID"`
	// Removed is true where this program deleted the result, and nil in rows of the
	// earlier program.
	Removed *bool `gorm:"type:boolean"`
	// RemovedAt is when this program deleted the result. It is nil also where an older
	// version of this program did, which had no such column.
	RemovedAt *Timestamp
}

// TableName implements GORM's Tabler.
func (Result) TableName() string { return "result" }

// NewResult converts a result, without its tags. The result is visible.
func NewResult(r *domain.Result) Result {
	return Result{
		ID:                Key(r.ID),
		Upload:            NewUploadColumns(r.Upload),
		JSON:              Document(r.JSON),
		ExecutionDatetime: TimestampOf(r.ExecutedAt),
		BenchmarkID:       Key(r.Benchmark.ID),
		SiteID:            Key(r.Site.ID),
		FlavorID:          Key(r.Flavor.ID),
	}
}

// Visibility converts the columns that say whether, why and since when the result is hidden.
func (r Result) Visibility() domain.Visibility {
	return domain.Visibility{
		Hidden:    r.Deleted,
		Deleted:   r.Removed != nil && *r.Removed,
		DeletedAt: r.RemovedAt.TimeOrNil(),
		ClaimID:   (*uuid.UUID)(r.ClaimReportID),
	}
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
}

// TableName implements GORM's Tabler.
func (ResultCount) TableName() string { return "result_count" }
