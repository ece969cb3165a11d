package tables

import "github.com/eosc-perf/backend/core/domain"

// Removal is the removal of a person that has begun and not ended.
type Removal struct {
	Sub         string    `gorm:"type:text;primaryKey;not null"`
	Iss         string    `gorm:"type:text;primaryKey;not null"`
	RequestedAt Timestamp `gorm:"not null"`
	// TotalRows is the number of rows of the person at the beginning, and DoneRows the
	// number of those that are removed.
	TotalRows int64 `gorm:"type:bigint;not null"`
	DoneRows  int64 `gorm:"type:bigint;not null"`
}

// TableName implements GORM's Tabler.
func (Removal) TableName() string { return "removal" }

// NewRemoval converts a removal.
func NewRemoval(r *domain.Removal) Removal {
	return Removal{
		Sub: r.User.Subject, Iss: r.User.Issuer, RequestedAt: TimestampOf(r.RequestedAt), TotalRows: r.Total, DoneRows: r.Done,
	}
}

// Entity converts the row, without the person's e-mail address and registration.
func (r Removal) Entity() *domain.Removal {
	return &domain.Removal{
		User:        domain.User{UserID: domain.UserID{Subject: r.Sub, Issuer: r.Iss}},
		RequestedAt: r.RequestedAt.Time, Total: r.TotalRows, Done: r.DoneRows,
	}
}

// BlockedPerson is a person who may not write, registered or not.
type BlockedPerson struct {
	Sub       string    `gorm:"type:text;primaryKey;not null"`
	Iss       string    `gorm:"type:text;primaryKey;not null"`
	BlockedAt Timestamp `gorm:"not null"`
	Reason    string    `gorm:"type:text;not null"`
}

// TableName implements GORM's Tabler.
func (BlockedPerson) TableName() string { return "blocked_person" }

// NewBlockedPerson converts a block.
func NewBlockedPerson(b *domain.Block) BlockedPerson {
	return BlockedPerson{Sub: b.Subject, Iss: b.Issuer, BlockedAt: TimestampOf(b.BlockedAt), Reason: b.Reason}
}

// Entity converts the row.
func (r BlockedPerson) Entity() *domain.Block {
	return &domain.Block{UserID: domain.UserID{Subject: r.Sub, Issuer: r.Iss}, BlockedAt: r.BlockedAt.Time, Reason: r.Reason}
}
