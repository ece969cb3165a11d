package tables

import (
	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
)

// Flavor is a machine type of a site.
type Flavor struct {
	ID          Key           `gorm:"primaryKey;not null"`
	Upload      UploadColumns `gorm:"embedded"`
	Review      ReviewColumns `gorm:"embedded"`
	Name        string        `gorm:"type:text;not null;uniqueIndex:flavor_site_id_name_key,priority:2"`
	Description *string       `gorm:"type:text"`
	SiteID      Key           `gorm:"not null;uniqueIndex:flavor_site_id_name_key,priority:1"`
	Site        *Site
}

// TableName implements GORM's Tabler.
func (Flavor) TableName() string { return "flavor" }

// NewFlavor converts a flavor.
func NewFlavor(f *domain.Flavor) Flavor {
	return Flavor{
		ID:          Key(f.ID),
		Upload:      NewUploadColumns(f.Upload),
		Review:      NewReviewColumns(f.Review),
		SiteID:      Key(f.SiteID),
		Name:        f.Name,
		Description: f.Description,
	}
}

// Entity converts the row; the first value is the ID.
func (r Flavor) Entity() (uuid.UUID, *domain.Flavor) {
	return uuid.UUID(r.ID), &domain.Flavor{
		ID:          uuid.UUID(r.ID),
		Upload:      r.Upload.Entity(),
		Review:      r.Review.Entity(),
		SiteID:      uuid.UUID(r.SiteID),
		Name:        r.Name,
		Description: r.Description,
	}
}
