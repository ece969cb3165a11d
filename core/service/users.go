package service

import (
	"context"
	"errors"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// Users are the use cases of people.
type Users struct {
	storage ports.Storage
	clock   ports.Clock
	mails   *mailer
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
		return s.mails.notify(ctx, r, user.UserID, s.mails.registered())
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

// UpdateSelf takes the user's e-mail address from the identity provider. Error:
// Invalid if the provider does not tell it, or has not verified it.
func (s *Users) UpdateSelf(ctx context.Context, caller domain.Caller) error {
	identity := caller.Identity
	switch {
	case !identity.HasEmail:
		return domain.Invalidf("No scope for email in oidc token")
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
		return errUnregistered
	}
	return err
}

// List returns a page of users, found by a search term or not. Error: ErrNoSuchPage.
func (s *Users) List(ctx context.Context, q ports.UserQuery) (domain.Page[*domain.User], error) {
	return existing(s.storage.Repos().Users.List(ctx, q))
}

// Remove removes everybody who matches, together with what is theirs: results,
// claims, what is still on review, and the mails that wait for them, unless somebody
// else has the same address. What was approved, and what others have built on, stays
// and becomes the tombstone's. Error: Invalid if nothing chooses.
func (s *Users) Remove(ctx context.Context, match ports.UserMatch) error {
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

// remove removes a person: flavors before the sites that they stand on.
func (s *Users) remove(ctx context.Context, r ports.Repos, user *domain.User) error {
	id := user.UserID
	if err := r.Results.RemoveAll(ctx, ports.ResultMatch{Uploader: &id}); err != nil {
		return err
	}
	if err := rejectClaimsOf(ctx, r, s.mails, id); err != nil {
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
		r.Flavors.HandOver, r.Sites.HandOver, r.Benchmarks.HandOver, r.Claims.HandOver,
	} {
		if err := handOver(ctx, id, domain.Tombstone); err != nil {
			return err
		}
	}
	if err := r.Users.Remove(ctx, id); err != nil {
		return err
	}
	return removeMails(ctx, r, user.Email)
}

// removeMails removes the mails to an address that nobody has any more.
func removeMails(ctx context.Context, r ports.Repos, address string) error {
	others, err := r.Users.List(ctx, ports.UserQuery{
		UserMatch: ports.UserMatch{Email: &address}, ListOptions: ports.ListOptions{Page: domain.PageRequest{Number: 1, Size: 1}},
	})
	if err != nil || others.Total > 0 {
		return err
	}
	return r.Outbox.RemoveTo(ctx, address)
}
