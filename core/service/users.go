package service

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/name"
	"github.com/eosc-perf/backend/core/plural"
	"github.com/eosc-perf/backend/ports"
)

// Users are the use cases of users.
type Users struct {
	storage ports.Storage
	clock   ports.Clock
	mails   *mailer
	// removals do the work of Remove.
	removals *Removals
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
		if err := s.record(ctx, r, domain.RegisterSelf, domain.UploaderRole, &user.UserID); err != nil {
			return err
		}
		return s.mails.notify(ctx, r, user.UserID, s.mails.registered())
	})
	if isDuplicate(err) {
		return nil, s.alreadyRegistered(ctx, user.UserID)
	}
	return user, err
}

// record adds an event about a person. It names nobody but the actor: what it tells of others
// would outlive their removal.
func (s *Users) record(ctx context.Context, r ports.Repos, operation domain.Operation, role domain.Role, actor *domain.UserID) error {
	return ports.Record(ctx, r, domain.Event{
		At: s.clock.Now(), Role: role, Actor: actor, Action: operation.ID, Resource: domain.UserResource,
	})
}

// alreadyRegistered is the answer to a person whose row exists. A person whose removal has
// begun can register again when the removal has ended.
func (s *Users) alreadyRegistered(ctx context.Context, id domain.UserID) error {
	removals, err := s.storage.Repos().Removals.List(ctx, ports.UserMatch{Subject: &id.Subject, Issuer: &id.Issuer})
	if err != nil {
		return err
	}
	if len(removals) > 0 {
		return domain.UnavailableFor(removalPoll, fmt.Sprintf(
			"The earlier registration of this user is being removed, and %s left: try again later",
			plural.Count(removals[0].Left(), "row is", "rows are")), nil)
	}
	return domain.Conflictf("User already submitted/exists")
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
	if fault := name.Hidden(identity.Email); fault != "" {
		return domain.Invalidf("The e-mail address that the identity provider sends cannot be stored. %s", fault)
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
		if err := s.record(ctx, r, domain.UpdateSelf, domain.UploaderRole, &identity.UserID); err != nil {
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

// ErrMoreUsers says that Remove has begun with some of the users, and that more match.
var ErrMoreUsers = domain.UnavailableFor(time.Second,
	"Some of these users are not registered any more, and there was no time for the others: send the request again", nil)

// Remove removes all users who match, with everything that is theirs: results, claims,
// what is still on review, and the mails in the outbox to their address, unless another
// user has the same address. Tags, what was approved, and what others have built on, stay
// and become the tombstone's. Errors: Invalid if match is empty, ErrMoreUsers if there are very many.
//
// When Remove returns nil, the users are not registered any more. Their uploads are removed
// in bounded units of work. If that takes longer than half of the time that the context
// has, Removals.Run removes the rest, and Users.Removals tells how much that is. Within
// Requests.Once the units of work end on their own: a removal may be repeated.
func (s *Users) Remove(ctx context.Context, caller domain.Caller, match ports.UserMatch) error {
	if err := caller.May(domain.RemoveUsers); err != nil {
		return err
	}
	ctx = outsideOf(ctx)
	if match == (ports.UserMatch{}) {
		return domain.Invalidf("Cancelled, undefined users")
	}
	working, cancel := withHalfOfTheTime(ctx)
	defer cancel()
	for begun := removalUsers; begun == removalUsers; {
		err := s.storage.Do(ctx, func(ctx context.Context, r ports.Repos) (err error) {
			begun, err = s.removals.begin(ctx, r, caller, match)
			return err
		})
		if err != nil {
			return err
		}
		if begun == removalUsers && working.Err() != nil {
			return ErrMoreUsers
		}
	}
	err := s.removals.finish(working, match)
	if working.Err() != nil && ctx.Err() == nil {
		return nil
	}
	return err
}

// PreviewRemoval returns what a removal of a user would remove, and what would stay. Error:
// NotFound if there is no such user.
func (s *Users) PreviewRemoval(ctx context.Context, caller domain.Caller, id domain.UserID) (*domain.User, domain.Holdings, error) {
	if err := caller.May(domain.PreviewRemoval); err != nil {
		return nil, domain.Holdings{}, err
	}
	r := s.storage.Repos()
	user, err := r.Users.Get(ctx, id)
	if errors.Is(err, ports.ErrNotFound) || id == domain.Tombstone {
		return nil, domain.Holdings{}, domain.NotFoundf("There is no such user")
	}
	if err != nil {
		return nil, domain.Holdings{}, err
	}
	holdings, err := r.Removals.Holdings(ctx, id)
	return user, holdings, err
}

// withHalfOfTheTime returns a context that ends after half of the time that ctx has.
func withHalfOfTheTime(ctx context.Context) (context.Context, context.CancelFunc) {
	end, ok := ctx.Deadline()
	if !ok {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, time.Until(end)/2)
}

// Removals returns the removals of users who match that have begun and not ended.
func (s *Users) Removals(ctx context.Context, caller domain.Caller, match ports.UserMatch) ([]*domain.Removal, error) {
	if err := caller.May(domain.RemoveUsers); err != nil {
		return nil, err
	}
	return s.storage.Repos().Removals.List(ctx, match)
}
