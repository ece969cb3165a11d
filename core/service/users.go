package service

import (
	"context"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// Users are the use cases of people.
type Users struct {
	storage ports.Storage
	clock   ports.Clock
}

// RegisterSelf makes the bearer of a token a user. Errors: Invalid if the
// identity provider tells no e-mail address, Conflict if they are one already.
func (s *Users) RegisterSelf(ctx context.Context, identity domain.Identity) (*domain.User, error) {
	if !identity.HasEmail {
		return nil, domain.Invalidf("No scope for email in oidc token")
	}
	user := &domain.User{UserID: identity.UserID, Email: identity.Email, RegisteredAt: s.clock.Now()}
	err := s.storage.Do(ctx, func(ctx context.Context, r ports.Repos) error {
		if err := r.Users.Add(ctx, user); err != nil {
			return err
		}
		return r.Outbox.Enqueue(ctx, registeredMail(user))
	})
	if isDuplicate(err) {
		return nil, domain.Conflictf("User already submitted/exists")
	}
	return user, err
}

// GetSelf returns the registered user that the caller is. Error: NotFound.
func (s *Users) GetSelf(caller domain.Caller) (*domain.User, error) {
	if caller.User == nil {
		return nil, domain.NotFoundf("User not registered")
	}
	return caller.User, nil
}
