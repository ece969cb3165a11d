package tables

import "github.com/eosc-perf/backend/core/domain"

// User is a registered person, or the tombstone.
type User struct {
	Sub                  string    `gorm:"type:text;primaryKey;not null"`
	Iss                  string    `gorm:"type:text;primaryKey;not null"`
	Email                string    `gorm:"type:text;not null"`
	RegistrationDatetime Timestamp `gorm:"not null"`
}

// TableName implements GORM's Tabler.
func (User) TableName() string { return "user" }

// NewUser converts a user.
func NewUser(u *domain.User) User {
	return User{Sub: u.Subject, Iss: u.Issuer, Email: u.Email, RegistrationDatetime: TimestampOf(u.RegisteredAt)}
}

// Entity converts the row.
func (r User) Entity() *domain.User {
	return &domain.User{
		UserID:       domain.UserID{Subject: r.Sub, Issuer: r.Iss},
		Email:        r.Email,
		RegisteredAt: r.RegistrationDatetime.Time,
	}
}
