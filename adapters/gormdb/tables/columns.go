package tables

import (
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm/schema"

	"github.com/eosc-perf/backend/core/domain"
)

// The row types have the names, types, nullability, constraints and indexes of the
// earlier program's tables, with the columns and tables that later revisions added.
// Fields that point to other rows declare foreign keys; no row is read or written
// through them.

// Namer names foreign keys as PostgreSQL does.
type Namer struct{ schema.NamingStrategy }

// NewNamer makes a Namer. Tables have the singular names of their rows.
func NewNamer() Namer { return Namer{schema.NamingStrategy{SingularTable: true}} }

// RelationshipFKName is TABLE_COLUMNS_fkey.
func (Namer) RelationshipFKName(relation schema.Relationship) string {
	var columns []string
	table := relation.Schema.Table
	for _, reference := range relation.References {
		columns = append(columns, reference.ForeignKey.DBName)
		table = reference.ForeignKey.Schema.Table
	}
	return table + "_" + strings.Join(columns, "_") + "_fkey"
}

// IndexName is TABLE_NAME_idx.
func (Namer) IndexName(table, name string) string { return table + "_" + name + "_idx" }

// UploadColumns tell who uploaded an entity, and when.
type UploadColumns struct {
	UploaderSub    string    `gorm:"type:text;not null;index:,composite:uploader"`
	UploaderIss    string    `gorm:"type:text;not null;index:,composite:uploader"`
	UploadDatetime Timestamp `gorm:"not null"`
	Uploader       *User     `gorm:"foreignKey:UploaderIss,UploaderSub;references:Iss,Sub"`
}

// NewUploadColumns converts an upload.
func NewUploadColumns(u domain.Upload) UploadColumns {
	return UploadColumns{
		UploaderSub: u.Uploader.Subject, UploaderIss: u.Uploader.Issuer, UploadDatetime: TimestampOf(u.UploadedAt),
	}
}

// Entity converts the columns.
func (c UploadColumns) Entity() domain.Upload {
	return domain.Upload{
		Uploader:   domain.UserID{Subject: c.UploaderSub, Issuer: c.UploaderIss},
		UploadedAt: c.UploadDatetime.Time,
	}
}

// ReviewColumns are the state of an entity that an administrator approves.
type ReviewColumns struct {
	Status         *Status
	SubmitReportID *Key    `gorm:"column:_submit_report_id;index:,composite:submit,where:_submit_report_id IS NOT NULL"`
	SubmitReport   *Submit `gorm:"foreignKey:SubmitReportID;references:ID"`
}

// NewReviewColumns converts a review.
func NewReviewColumns(r domain.Review) ReviewColumns {
	status := Status(StatusOrDefault(r.Status))
	return ReviewColumns{Status: &status, SubmitReportID: KeyOrNil(r.SubmitID)}
}

// Entity converts the columns. A missing status is "on review".
func (c ReviewColumns) Entity() domain.Review {
	r := domain.Review{Status: domain.OnReview, SubmitID: (*uuid.UUID)(c.SubmitReportID)}
	if c.Status != nil {
		r.Status = domain.Status(*c.Status)
	}
	return r
}
