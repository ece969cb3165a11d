package tables

import (
	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
)

// Tag is a word that results can be marked with.
type Tag struct {
	ID          Key     `gorm:"primaryKey;not null"`
	Name        string  `gorm:"type:text;not null;uniqueIndex:tag_name_key"`
	Description *string `gorm:"type:text"`
	// UploaderSub and UploaderIss name who made the tag. They are nil in rows of other
	// programs. No foreign key binds them: see docs/explanation/decisions.md.
	UploaderSub *string `gorm:"type:text;index:tag_uploader_idx,where:uploader_sub IS NOT NULL"`
	UploaderIss *string `gorm:"type:text;index:tag_uploader_idx"`
}

// TableName implements GORM's Tabler.
func (Tag) TableName() string { return "tag" }

// NewTag converts a tag.
func NewTag(t *domain.Tag) Tag {
	row := Tag{ID: Key(t.ID), Name: t.Name, Description: t.Description}
	if t.Uploader != nil {
		row.UploaderSub, row.UploaderIss = &t.Uploader.Subject, &t.Uploader.Issuer
	}
	return row
}

// Entity converts the row; the first value is the ID.
func (r Tag) Entity() (uuid.UUID, *domain.Tag) {
	tag := &domain.Tag{ID: uuid.UUID(r.ID), Name: r.Name, Description: r.Description}
	if r.UploaderSub != nil && r.UploaderIss != nil {
		tag.Uploader = &domain.UserID{Subject: *r.UploaderSub, Issuer: *r.UploaderIss}
	}
	return tag.ID, tag
}
