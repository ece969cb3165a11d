package tables

import (
	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
)

// Site is a computing site.
type Site struct {
	ID          Key           `gorm:"primaryKey;not null"`
	Upload      UploadColumns `gorm:"embedded"`
	Review      ReviewColumns `gorm:"embedded"`
	Name        string        `gorm:"type:text;not null;uniqueIndex:site_name_key"`
	Address     string        `gorm:"type:text;not null"`
	Description *string       `gorm:"type:text"`
}

// TableName implements GORM's Tabler.
func (Site) TableName() string { return "site" }

// NewSite converts a site.
func NewSite(s *domain.Site) Site {
	return Site{
		ID:          Key(s.ID),
		Upload:      NewUploadColumns(s.Upload),
		Review:      NewReviewColumns(s.Review),
		Name:        s.Name,
		Address:     s.Address,
		Description: s.Description,
	}
}

// Entity converts the row; the first value is the ID.
func (r Site) Entity() (uuid.UUID, *domain.Site) {
	return uuid.UUID(r.ID), &domain.Site{
		ID:          uuid.UUID(r.ID),
		Upload:      r.Upload.Entity(),
		Review:      r.Review.Entity(),
		Name:        r.Name,
		Address:     r.Address,
		Description: r.Description,
	}
}
