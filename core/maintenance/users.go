package maintenance

import (
	"context"
	"errors"
	"time"

	"github.com/eosc-perf/backend/core/audit"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/service"
	"github.com/eosc-perf/backend/ports"
)

// Users looks after the people who are registered, and those who are blocked.
type Users struct {
	Users *service.Users
	// Storage and Clock are needed by Block, Unblock, Blocked and Export alone.
	Storage ports.Storage
	Clock   ports.Clock
	// Personal is needed by Export alone.
	Personal ports.PersonalData
	// Progress observes Remove; nil for nobody.
	Progress Progress
}

// pageSize is how many people are read together.
const pageSize = 100

// List returns everybody who matches, by issuer and subject.
func (u Users) List(ctx context.Context, caller domain.Caller, match ports.UserMatch) ([]*domain.User, error) {
	if err := caller.May(domain.ListUsers); err != nil {
		return nil, err
	}
	var found []*domain.User
	for number := 1; ; number++ {
		page, err := u.Users.List(ctx, caller, ports.UserQuery{
			UserMatch: match, ListOptions: ports.ListOptions{Page: domain.PageRequest{Number: number, Size: pageSize}},
		})
		if err != nil {
			return nil, err
		}
		found = append(found, page.Items...)
		if number >= page.Pages() {
			return found, nil
		}
	}
}

// removalSlice is how long Remove works before it tells its progress.
const removalSlice = 10 * time.Second

// Remove removes everybody who matches as service.Users.Remove does, and returns them; also
// people whose removal has begun before. It returns when all of them are removed. A dry run
// removes nobody. Errors: Invalid if nothing chooses, NotFound if nobody matches.
func (u Users) Remove(ctx context.Context, caller domain.Caller, match ports.UserMatch, dryRun bool) ([]*domain.User, error) {
	if err := caller.May(domain.RemoveUsers); err != nil {
		return nil, err
	}
	if match == (ports.UserMatch{}) {
		return nil, errNobodyChosen
	}
	found, err := u.List(ctx, caller, match)
	if err != nil {
		return nil, err
	}
	begun, err := u.Users.Removals(ctx, caller, match)
	if err != nil {
		return nil, err
	}
	for _, removal := range begun {
		found = append(found, &removal.User)
	}
	if len(found) == 0 {
		return nil, domain.NotFoundf("there is nobody like that; `admin users list` shows everybody")
	}
	if dryRun {
		return found, nil
	}
	return found, u.removeAll(ctx, caller, match)
}

func (u Users) removeAll(ctx context.Context, caller domain.Caller, match ports.UserMatch) error {
	for {
		// Remove works for half of the time that it has.
		slice, cancel := context.WithTimeout(ctx, 2*removalSlice)
		err := u.Users.Remove(slice, caller, match)
		cancel()
		if err != nil && !errors.Is(err, service.ErrMoreUsers) {
			return err
		}
		more := err != nil
		left, err := u.Users.Removals(ctx, caller, match)
		if err != nil || len(left) == 0 && !more {
			return err
		}
		var done, total int64
		for _, removal := range left {
			done, total = done+removal.Done, total+removal.Done+removal.Left()
		}
		if u.Progress != nil {
			u.Progress.Advance(done, total)
		}
	}
}

// Removals returns the removals of people that have begun and not ended.
func (u Users) Removals(ctx context.Context, caller domain.Caller) ([]*domain.Removal, error) {
	return u.Users.Removals(ctx, caller, ports.UserMatch{})
}

// Export calls each with every row that is stored of the one person who matches, in the
// form of ports.Snapshot.Rows. The export itself is in the audit trail. Errors: Invalid if nothing chooses, or not one person.
func (u Users) Export(ctx context.Context, caller domain.Caller, match ports.UserMatch, each func(table string, row []byte) error) error {
	if err := caller.May(domain.ExportUser); err != nil {
		return err
	}
	if match == (ports.UserMatch{}) {
		return errNobodyChosen
	}
	found, err := u.List(ctx, caller, match)
	if err != nil {
		return err
	}
	if len(found) != 1 {
		return domain.Invalidf("the flags choose %d people, and must choose one: give --sub and --iss; `admin users list` shows everybody",
			len(found))
	}
	// First the audit trail: an export that is interrupted has shown data, too.
	err = u.Storage.Do(ctx, func(ctx context.Context, r ports.Repos) error {
		return recordJob(ctx, r, u.Clock, caller, domain.ExportUser, aboutPerson(audit.Exported, found[0].UserID, ""))
	})
	if err != nil {
		return err
	}
	return u.Personal.Personal(ctx, found[0], each)
}

var errNobodyChosen = domain.Invalidf("nobody is chosen, by subject and issuer or by e-mail address")
