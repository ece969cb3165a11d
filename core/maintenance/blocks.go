package maintenance

import (
	"context"
	"errors"

	"github.com/eosc-perf/backend/core/audit"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// Person is somebody who is blocked or unblocked.
type Person struct {
	domain.UserID

	// Registered is false for somebody whom nobody has seen: who may register later, or whose
	// subject or issuer is misspelled.
	Registered bool
}

// Block keeps people from writing and from registering again: the person of the subject and
// the issuer, registered or not, or everybody who has the e-mail address. It returns the
// people. Errors: Invalid if the match names nobody, or the reason is no line; NotFound if
// nobody has the address. A dry run blocks nobody.
func (u Users) Block(
	ctx context.Context, caller domain.Caller, match ports.UserMatch, reason string, dryRun bool,
) ([]Person, error) {
	if err := caller.May(domain.BlockUser); err != nil {
		return nil, err
	}
	if err := domain.CheckLine(reason, longestReason); err != nil {
		return nil, domain.Invalidf("the reason %v", err)
	}
	people, err := u.people(ctx, caller, match)
	if err != nil || dryRun {
		return people, err
	}
	return people, u.Storage.Do(ctx, func(ctx context.Context, r ports.Repos) error {
		for _, person := range people {
			id := person.UserID
			if err := r.Blocks.Put(ctx, &domain.Block{UserID: id, BlockedAt: u.Clock.Now(), Reason: reason}); err != nil {
				return err
			}
			if err := recordJob(ctx, r, u.Clock, caller, domain.BlockUser, aboutPerson(audit.Blocked, id, reason)); err != nil {
				return err
			}
		}
		return nil
	})
}

// aboutPerson is what an event says of a person to whom something was done. It is forgotten when
// the person is removed.
func aboutPerson(deed audit.Deed, id domain.UserID, reason string) domain.Event {
	return domain.Event{Resource: domain.UserResource, Reason: reason, Changes: audit.About(deed, id)}
}

// longestReason is in bytes.
const longestReason = 500

// Unblock ends what Block began, and returns the people who are not blocked any more.
// Errors: those of Block; NotFound if nobody of them was blocked. A dry run changes nothing.
func (u Users) Unblock(
	ctx context.Context, caller domain.Caller, match ports.UserMatch, dryRun bool,
) (unblocked []Person, err error) {
	if err := caller.May(domain.UnblockUser); err != nil {
		return nil, err
	}
	people, err := u.people(ctx, caller, match)
	if err != nil {
		return nil, err
	}
	err = u.Storage.Do(ctx, func(ctx context.Context, r ports.Repos) error {
		unblocked = nil
		for _, person := range people {
			id := person.UserID
			blocked, err := r.Blocks.Contains(ctx, id)
			if err == nil && blocked && !dryRun {
				err = r.Blocks.Remove(ctx, id)
				if err == nil {
					err = recordJob(ctx, r, u.Clock, caller, domain.UnblockUser, aboutPerson(audit.Unblocked, id, ""))
				}
			}
			if err != nil && !errors.Is(err, ports.ErrNotFound) {
				return err
			}
			if blocked {
				unblocked = append(unblocked, person)
			}
		}
		return nil
	})
	if err == nil && len(unblocked) == 0 {
		err = domain.NotFoundf("nobody like that is blocked; `admin users blocked` shows who is")
	}
	return unblocked, err
}

// Blocked returns all blocks, by issuer and subject.
func (u Users) Blocked(ctx context.Context, caller domain.Caller) ([]*domain.Block, error) {
	if err := caller.May(domain.ListBlocks); err != nil {
		return nil, err
	}
	return u.Storage.Repos().Blocks.List(ctx)
}

// people returns the person of a subject and an issuer, registered or not, or else the
// registered people who match.
func (u Users) people(ctx context.Context, caller domain.Caller, match ports.UserMatch) (people []Person, err error) {
	if match.Subject != nil && match.Issuer != nil && match.Email == nil {
		id := domain.UserID{Subject: *match.Subject, Issuer: *match.Issuer}
		for _, text := range []string{id.Subject, id.Issuer} {
			if err := domain.CheckLine(text, longestReason); err != nil {
				return nil, domain.Invalidf("%q %v", text, err)
			}
		}
		_, err := u.Storage.Repos().Users.Get(ctx, id)
		if err != nil && !errors.Is(err, ports.ErrNotFound) {
			return nil, err
		}
		return []Person{{id, err == nil}}, nil
	}
	if match.Email == nil {
		return nil, domain.Invalidf("say who: subject and issuer, or the e-mail address of registered people")
	}
	users, err := u.List(ctx, caller, match)
	if err != nil {
		return nil, err
	}
	if len(users) == 0 {
		return nil, domain.NotFoundf("nobody who is registered has the address; give subject and issuer, or see `admin users list`")
	}
	for _, user := range users {
		people = append(people, Person{user.UserID, true})
	}
	return people, nil
}
