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
}

// TableName implements GORM's Tabler.
func (Tag) TableName() string { return "tag" }

// NewTag converts a tag.
func NewTag(t *domain.Tag) Tag {
	return Tag{ID: Key(t.ID), Name: t.Name, Description: t.Description}
}

// Entity converts the row; the first value is the ID.
func (r Tag) Entity() (uuid.UUID, *domain.Tag) {
	return uuid.UUID(r.ID), &domain.Tag{ID: uuid.UUID(r.ID), Name: r.Name, Description: r.Description}
}
