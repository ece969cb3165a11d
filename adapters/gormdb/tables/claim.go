package tables

import "github.com/eosc-perf/backend/core/domain"

// Claim is a person's statement that a result is wrong.
type Claim struct {
	ID           Key           `gorm:"primaryKey;not null"`
	Upload       UploadColumns `gorm:"embedded"`
	Review       ReviewColumns `gorm:"embedded"`
	Message      string        `gorm:"type:text;not null"`
	ResourceType ResourceType  `gorm:"not null"`
	// ResultID is nil for claims of the earlier program: only the column
	// _claim_report_id of the result refers to them.
	ResultID *Key    `gorm:"index:claim_result_idx"`
	Result   *Result `gorm:"constraint:OnDelete:SET NULL DEFERRABLE INITIALLY DEFERRED"`
}

// TableName implements GORM's Tabler.
func (Claim) TableName() string { return "claim" }

// claimResource is the resource type of all claims that this program writes.
const claimResource ResourceType = "result"

// NewClaim converts a claim.
func NewClaim(c *domain.Claim) Claim {
	row := Claim{
		ID:           Key(c.ID),
		Upload:       NewUploadColumns(domain.Upload{Uploader: c.Uploader.UserID, UploadedAt: c.UploadedAt}),
		Review:       NewReviewColumns(c.Review),
		Message:      c.Message,
		ResourceType: claimResource,
	}
	if !c.IsOrphan() {
		row.ResultID = KeyOrNil(&c.ResultID)
	}
	return row
}
