package gormdb

import (
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm/schema"

	"github.com/eosc-perf/backend/core/domain"
)

// The rows map exactly onto the tables of the earlier program, and the outbox,
// which is ours: names, types, nullability, constraints and indexes. References to other rows are there for
// the foreign keys; nothing is read or written through them.

// namer gives constraints the names that PostgreSQL gave them.
type namer struct{ schema.NamingStrategy }

// RelationshipFKName is TABLE_COLUMNS_fkey.
func (namer) RelationshipFKName(relation schema.Relationship) string {
	var columns []string
	table := relation.Schema.Table
	for _, reference := range relation.References {
		columns = append(columns, reference.ForeignKey.DBName)
		table = reference.ForeignKey.Schema.Table
	}
	return table + "_" + strings.Join(columns, "_") + "_fkey"
}

// Models returns a pointer to a row of each table, those that others refer to
// first: what a schema has to have, for the program that compares.
func Models() []any {
	return []any{
		&userRow{}, &submitRow{}, &tagRow{}, &benchmarkRow{}, &siteRow{}, &flavorRow{}, &claimRow{}, &resultRow{}, &resultTagRow{},
		&outboxRow{}, &resultCountRow{},
	}
}

// Enums returns the values, in their order, of each enumerated type that columns
// of the models have. SQLite knows no such types, and has a check instead.
func Enums() map[string][]string {
	return map[string][]string{statusType: {string(domain.OnReview), string(domain.Approved)}}
}

type userRow struct {
	Sub                  string    `gorm:"type:text;primaryKey;not null"`
	Iss                  string    `gorm:"type:text;primaryKey;not null"`
	Email                string    `gorm:"type:text;not null"`
	RegistrationDatetime timestamp `gorm:"not null"`
}

func (userRow) TableName() string { return "user" }

type submitRow struct {
	ID             key          `gorm:"primaryKey;not null"`
	ResourceType   resourceType `gorm:"not null"`
	UploadDatetime timestamp    `gorm:"not null"`
}

func (submitRow) TableName() string { return "submit" }

// uploadColumns tell who brought something in, and when.
type uploadColumns struct {
	UploaderSub    string    `gorm:"type:text;not null"`
	UploaderIss    string    `gorm:"type:text;not null"`
	UploadDatetime timestamp `gorm:"not null"`
	Uploader       *userRow  `gorm:"foreignKey:UploaderIss,UploaderSub;references:Iss,Sub"`
}

func newUploadColumns(u domain.Upload) uploadColumns {
	return uploadColumns{
		UploaderSub: u.Uploader.Subject, UploaderIss: u.Uploader.Issuer, UploadDatetime: timestampOf(u.UploadedAt),
	}
}

func (c uploadColumns) upload() domain.Upload {
	return domain.Upload{
		Uploader:   domain.UserID{Subject: c.UploaderSub, Issuer: c.UploaderIss},
		UploadedAt: c.UploadDatetime.Time,
	}
}

// reviewColumns are the state of something that an administrator approves.
type reviewColumns struct {
	Status         *status
	SubmitReportID *key       `gorm:"column:_submit_report_id"`
	SubmitReport   *submitRow `gorm:"foreignKey:SubmitReportID;references:ID"`
}

func newReviewColumns(r domain.Review) reviewColumns {
	s := status(statusOrDefault(r.Status))
	return reviewColumns{Status: &s, SubmitReportID: keyOf(r.SubmitID)}
}

func (c reviewColumns) review() domain.Review {
	r := domain.Review{Status: domain.OnReview, SubmitID: (*uuid.UUID)(c.SubmitReportID)}
	if c.Status != nil {
		r.Status = domain.Status(*c.Status)
	}
	return r
}

func statusOrDefault(s domain.Status) domain.Status {
	if s == "" {
		return domain.OnReview
	}
	return s
}

type tagRow struct {
	ID          key     `gorm:"primaryKey;not null"`
	Name        string  `gorm:"type:text;not null;uniqueIndex:tag_name_key"`
	Description *string `gorm:"type:text"`
}

func (tagRow) TableName() string { return "tag" }

type benchmarkRow struct {
	ID          key           `gorm:"primaryKey;not null"`
	Upload      uploadColumns `gorm:"embedded"`
	Review      reviewColumns `gorm:"embedded"`
	DockerImage string        `gorm:"type:text;not null;uniqueIndex:benchmark_docker_image_docker_tag_key"`
	DockerTag   string        `gorm:"type:text;not null;uniqueIndex:benchmark_docker_image_docker_tag_key"`
	JSONSchema  document      `gorm:"column:json_schema;type:json;not null"`
	Description *string       `gorm:"type:text"`
	URL         string        `gorm:"column:url;type:text;not null"`
}

func (benchmarkRow) TableName() string { return "benchmark" }

type siteRow struct {
	ID          key           `gorm:"primaryKey;not null"`
	Upload      uploadColumns `gorm:"embedded"`
	Review      reviewColumns `gorm:"embedded"`
	Name        string        `gorm:"type:text;not null;uniqueIndex:site_name_key"`
	Address     string        `gorm:"type:text;not null"`
	Description *string       `gorm:"type:text"`
}

func (siteRow) TableName() string { return "site" }

type flavorRow struct {
	ID          key           `gorm:"primaryKey;not null"`
	Upload      uploadColumns `gorm:"embedded"`
	Review      reviewColumns `gorm:"embedded"`
	Name        string        `gorm:"type:text;not null;uniqueIndex:flavor_site_id_name_key,priority:2"`
	Description *string       `gorm:"type:text"`
	SiteID      key           `gorm:"not null;uniqueIndex:flavor_site_id_name_key,priority:1"`
	Site        *siteRow
}

func (flavorRow) TableName() string { return "flavor" }

type claimRow struct {
	ID           key           `gorm:"primaryKey;not null"`
	Upload       uploadColumns `gorm:"embedded"`
	Review       reviewColumns `gorm:"embedded"`
	Message      string        `gorm:"type:text;not null"`
	ResourceType resourceType  `gorm:"not null"`
	// ResultID is nil for claims of the earlier program, which only the result knows.
	ResultID *key       `gorm:"index:claim_result_idx"`
	Result   *resultRow `gorm:"constraint:OnDelete:SET NULL DEFERRABLE INITIALLY DEFERRED"`
}

func (claimRow) TableName() string { return "claim" }

type resultRow struct {
	Deleted           bool          `gorm:"type:boolean;not null"`
	ID                key           `gorm:"primaryKey;not null;index:result_execution_idx,priority:3;index:result_benchmark_idx,priority:3;index:result_site_idx,priority:3;index:result_flavor_idx,priority:3"`
	Upload            uploadColumns `gorm:"embedded"`
	JSON              document      `gorm:"column:json;type:jsonb;not null"`
	ExecutionDatetime timestamp     `gorm:"not null;index:result_execution_idx,priority:2,where:NOT deleted;index:result_benchmark_idx,priority:2;index:result_site_idx,priority:2;index:result_flavor_idx,priority:2"`
	BenchmarkID       key           `gorm:"not null;index:result_benchmark_idx,priority:1,where:NOT deleted"`
	Benchmark         *benchmarkRow
	FlavorID          key `gorm:"not null;index:result_flavor_idx,priority:1,where:NOT deleted"`
	Flavor            *flavorRow
	SiteID            key `gorm:"not null;index:result_site_idx,priority:1,where:NOT deleted"`
	Site              *siteRow
	ClaimReportID     *key      `gorm:"column:_claim_report_id;index:result_claim_idx,where:_claim_report_id IS NOT NULL"`
	ClaimReport       *claimRow `gorm:"foreignKey:ClaimReportID;references:ID"`
	// Removed is true where we deleted the result, and nil in rows of the earlier
	// program.
	Removed *bool `gorm:"type:boolean"`
	// RemovedAt is when we did; nil also where a server did that knew no such column.
	RemovedAt *timestamp
}

func (resultRow) TableName() string { return "result" }

type resultTagRow struct {
	ResultID key `gorm:"primaryKey;not null"`
	TagID    key `gorm:"primaryKey;not null;index:result_tags_tag_idx"`
	Result   *resultRow
	Tag      *tagRow `gorm:"constraint:OnDelete:CASCADE"`
}

func (resultTagRow) TableName() string { return "result_tags" }

// outboxRow is a mail that is not sent yet.
type outboxRow struct {
	ID          key      `gorm:"primaryKey;not null;index:outbox_next_attempt_idx,priority:2"`
	Receiver    string   `gorm:"type:text;not null"`
	CopySupport bool     `gorm:"type:boolean;not null"`
	Subject     string   `gorm:"type:text;not null"`
	Headers     document `gorm:"type:json;not null"`
	TextBody    string   `gorm:"type:text;not null"`
	// HTMLBody says the same as TextBody.
	HTMLBody      string    `gorm:"column:html_body;type:text;not null"`
	CreatedAt     timestamp `gorm:"not null"`
	Attempts      int       `gorm:"type:integer;not null"`
	NextAttemptAt timestamp `gorm:"not null;index:outbox_next_attempt_idx,priority:1,where:parked_at IS NULL"`
	LeasedUntil   *timestamp
	GiveUpAt      timestamp `gorm:"not null"`
	ParkedAt      *timestamp
	LastError     string   `gorm:"type:text;not null"`
	Reached       document `gorm:"type:json;not null"`
}

func (outboxRow) TableName() string { return "outbox" }
