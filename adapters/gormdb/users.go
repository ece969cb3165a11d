package gormdb

import (
	"context"

	"gorm.io/gorm"

	"github.com/eosc-perf/backend/core/domain"
)

type users struct{ session }

// Get implements ports.Users.
func (u users) Get(ctx context.Context, id domain.UserID) (*domain.User, error) {
	var row userRow
	err := gorm.ErrRecordNotFound
	if storable(id.Subject) && storable(id.Issuer) {
		err = u.query(ctx).Where("sub = ? AND iss = ?", id.Subject, id.Issuer).Take(&row).Error
	}
	if err != nil {
		return nil, u.failed(ctx, err, "read a user")
	}
	return row.user(), nil
}

// Add implements ports.Users.
func (u users) Add(ctx context.Context, user *domain.User) error {
	row := userRow{
		Sub: user.Subject, Iss: user.Issuer, Email: user.Email, RegistrationDatetime: timestampOf(user.RegisteredAt),
	}
	return u.failed(ctx, u.query(ctx).Create(&row).Error, "add a user")
}

func (r userRow) user() *domain.User {
	return &domain.User{
		UserID:       domain.UserID{Subject: r.Sub, Issuer: r.Iss},
		Email:        r.Email,
		RegisteredAt: r.RegistrationDatetime.Time,
	}
}
