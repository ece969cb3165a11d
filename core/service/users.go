package service

import (
	"context"
	"errors"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// Users are the use cases of users.
type Users struct {
	storage ports.Storage
	clock   ports.Clock
	mails   *mailer
}

// RegisterSelf registers the bearer of a token. Errors: Invalid if the identity
// provider sends no e-mail address, or one that cannot be stored, Conflict if the bearer is registered.
func (s *Users) RegisterSelf(ctx context.Context, caller domain.Caller) (*domain.User, error) {
	if err := caller.May(domain.RegisterSelf); err != nil {
		return nil, err
	}
	identity := caller.Identity()
	if err := checkEmail(identity); err != nil {
		return nil, err
	}
	user := &domain.User{UserID: identity.UserID, Email: identity.Email, RegisteredAt: s.clock.Now()}
	err := s.storage.Do(ctx, func(ctx context.Context, r ports.Repos) error {
		if err := r.Users.Add(ctx, user); err != nil {
			return err
		}
		return s.mails.notify(ctx, r, user.UserID, s.mails.registered())
	})
	if isDuplicate(err) {
		return nil, domain.Conflictf("User already submitted/exists")
	}
	return user, err
}

// longestEmail is in bytes (RFC 5321, section 4.5.3.1.3).
const longestEmail = 254

// checkEmail returns nil if the identity has an e-mail address that can be stored.
func checkEmail(identity domain.Identity) error {
	if !identity.HasEmail {
		return domain.Invalidf("No scope for email in oidc token")
	}
	if err := domain.CheckLine(identity.Email, longestEmail); err != nil {
		return domain.Invalidf("The e-mail address that the identity provider sends cannot be stored: it %v", err)
	}
	return nil
}

// GetSelf returns the registered user who asks. Error: NotFound.
func (s *Users) GetSelf(_ context.Context, caller domain.Caller) (*domain.User, error) {
	if err := caller.May(domain.GetSelf); err != nil {
		return nil, err
	}
	if caller.User() == nil {
		return nil, domain.NotFoundf("User not registered")
	}
	return caller.User(), nil
}

// UpdateSelf takes the user's e-mail address from the identity provider. Error:
// Invalid if the provider does not send the address, has not verified it, or sends one
// that cannot be stored.
func (s *Users) UpdateSelf(ctx context.Context, caller domain.Caller) error {
	if err := caller.May(domain.UpdateSelf); err != nil {
		return err
	}
	identity := caller.Identity()
	if err := checkEmail(identity); err != nil {
		return err
	}
	switch {
	case identity.EmailVerified == nil:
		return domain.Invalidf("No email_verified status in user")
	case !*identity.EmailVerified:
		return domain.Invalidf("Email unverified by OIDC provider")
	}
	err := s.storage.Do(ctx, func(ctx context.Context, r ports.Repos) error {
		if err := r.Users.SetEmail(ctx, identity.UserID, identity.Email); err != nil {
			return err
		}
		return s.mails.notify(ctx, r, identity.UserID, s.mails.updated())
	})
	if errors.Is(err, ports.ErrNotFound) {
		return domain.ErrNotRegistered
	}
	return err
}

// TryAdmin returns nil if the caller is an administrator.
func (s *Users) TryAdmin(_ context.Context, caller domain.Caller) error {
	return caller.May(domain.TryAdmin)
}

// List returns a page of users. Error: ErrNoSuchPage.
func (s *Users) List(ctx context.Context, caller domain.Caller, q ports.UserQuery) (domain.Page[*domain.User], error) {
	if err := caller.May(domain.ListUsers); err != nil {
		return domain.Page[*domain.User]{}, err
	}
	return existing(s.storage.Repos().Users.List(ctx, q))
}

// Search returns a page of the users who match search terms. Error: ErrNoSuchPage.
func (s *Users) Search(ctx context.Context, caller domain.Caller, q ports.UserQuery) (domain.Page[*domain.User], error) {
	if err := caller.May(domain.SearchUsers); err != nil {
		return domain.Page[*domain.User]{}, err
	}
	return existing(s.storage.Repos().Users.List(ctx, q))
}

// Remove removes all users who match, with everything that is theirs: results, claims,
// what is still on review, and the mails in the outbox to their address, unless
// another user has the same address. What was approved, and what others have built on,
// stays and becomes the tombstone's. Error: Invalid if match is empty.
func (s *Users) Remove(ctx context.Context, caller domain.Caller, match ports.UserMatch) error {
	if err := caller.May(domain.RemoveUsers); err != nil {
		return err
	}
	if match == (ports.UserMatch{}) {
		return domain.Invalidf("Cancelled, undefined users")
	}
	return s.storage.Do(ctx, func(ctx context.Context, r ports.Repos) error {
		users, err := r.Users.LockAll(ctx, match)
		if err != nil || len(users) == 0 {
			return err
		}
		if err := r.Users.EnsureTombstone(ctx, s.clock.Now()); err != nil {
			return err
		}
		for _, user := range users {
			if err := s.remove(ctx, r, user); err != nil {
				return err
			}
		}
		return nil
	})
}

// remove removes a user with everything that is theirs: flavors before the sites that they
// refer to.
func (s *Users) remove(ctx context.Context, r ports.Repos, user *domain.User) error {
	id := user.UserID
	if err := r.Results.RemoveAll(ctx, ports.ResultMatch{Uploader: &id}); err != nil {
		return err
	}
	if err := rejectClaimsOf(ctx, r, s.clock, s.mails, id); err != nil {
		return err
	}
	for _, remove := range []func(context.Context, domain.UserID) error{
		r.Flavors.RemoveUnused, r.Sites.RemoveUnused, r.Benchmarks.RemoveUnused,
	} {
		if err := remove(ctx, id); err != nil {
			return err
		}
	}
	for _, handOver := range []func(ctx context.Context, from, to domain.UserID) error{
		r.Flavors.HandOver, r.Sites.HandOver, r.Benchmarks.HandOver, r.Claims.HandOver, r.Events.HandOver,
	} {
		if err := handOver(ctx, id, domain.Tombstone); err != nil {
			return err
		}
	}
	if err := r.Keys.RemoveOf(ctx, id); err != nil {
		return err
	}
	if err := r.Users.Remove(ctx, id); err != nil {
		return err
	}
	return removeMails(ctx, r, user.Email)
}

// removeMails removes the mails to an address, unless another user has it.
func removeMails(ctx context.Context, r ports.Repos, address string) error {
	others, err := r.Users.List(ctx, ports.UserQuery{
		UserMatch: ports.UserMatch{Email: &address}, ListOptions: ports.ListOptions{Page: domain.PageRequest{Number: 1, Size: 1}},
	})
	if err != nil || others.Total > 0 {
		return err
	}
	return r.Outbox.RemoveTo(ctx, address)
}
