package tables

import "github.com/eosc-perf/backend/core/domain"

// Submit reports that an entity waits for review. The entity names its submit.
type Submit struct {
	ID             Key          `gorm:"primaryKey;not null"`
	ResourceType   ResourceType `gorm:"not null"`
	UploadDatetime Timestamp    `gorm:"not null"`
}

// TableName implements GORM's Tabler.
func (Submit) TableName() string { return "submit" }

// NewSubmit converts a submit.
func NewSubmit(s *domain.Submit) Submit {
	return Submit{ID: Key(s.ID), ResourceType: ResourceType(s.ResourceType), UploadDatetime: TimestampOf(s.UploadedAt)}
}
