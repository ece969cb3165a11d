package service

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/audit"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

const (
	// removalBatch is how many rows a unit of work of a removal works on at most. Others
	// who need one of these rows, or in SQLite any row, wait that long.
	removalBatch = 500
	// removalUsers is how many users a unit of work makes unregistered at most.
	removalUsers = 100
	// longestRest is the longest pause between two units of work of a removal. It is as long
	// as the unit of work before it, so that others have half of the time.
	longestRest = 100 * time.Millisecond
	// removalPoll is the longest time until a removal that another process left is found.
	removalPoll = 5 * time.Second
)

// Removals work on the removals of people that have begun. Several processes share the work.
type Removals struct {
	storage ports.Storage
	clock   ports.Clock
	mails   *mailer
}

// NewRemovals returns the worker. Run starts it.
func NewRemovals(d Dependencies) *Removals {
	return &Removals{storage: d.Storage, clock: d.Clock, mails: newMailer(d)}
}

// begin makes users who match unregistered, at most removalUsers, and returns how many. The event
// tells how many they are, and not who.
func (s *Removals) begin(ctx context.Context, r ports.Repos, caller domain.Caller, match ports.UserMatch) (int, error) {
	users, err := r.Users.Lock(ctx, match, removalUsers)
	if err != nil || len(users) == 0 {
		return 0, err
	}
	err = ports.Record(ctx, r, domain.Event{
		At: s.clock.Now(), Role: caller.RoleOn(domain.UserID{}), Actor: caller.Actor(), Action: domain.RemoveUsers.ID,
		Resource: domain.UserResource, Changes: audit.Changed(audit.Fields{"users": len(users)}, nil),
	})
	if err != nil {
		return 0, err
	}
	for _, user := range users {
		if err := r.Removals.Add(ctx, &domain.Removal{User: *user, RequestedAt: s.clock.Now()}); err != nil {
			return 0, err
		}
	}
	for _, user := range users {
		if _, err := removeMails(ctx, r, user.Email, removalBatch); err != nil {
			return 0, err
		}
		if err := endSessions(ctx, r, user.UserID); err != nil {
			return 0, err
		}
	}
	return len(users), nil
}

// finish works on the removals of users who match until there are none, or until the
// context ends.
func (s *Removals) finish(ctx context.Context, match ports.UserMatch) error {
	for ctx.Err() == nil {
		_, err := s.work(ctx, match)
		if err == nil {
			continue
		}
		if !errors.Is(err, ports.ErrNotFound) {
			return err
		}
		left, err := s.storage.Repos().Removals.List(ctx, match)
		if err != nil || len(left) == 0 {
			return err
		}
		sleep(ctx, longestRest) // others work on them
	}
	return ctx.Err()
}

// Run works on all removals, whoever began them, until the context ends.
func (s *Removals) Run(ctx context.Context, log *slog.Logger) {
	for ctx.Err() == nil {
		ended, err := s.work(ctx, ports.UserMatch{})
		switch {
		case err == nil && ended:
			log.InfoContext(ctx, "the removal of a user has ended")
		case err == nil:
		case errors.Is(err, ports.ErrNotFound):
			sleep(ctx, removalPoll)
		case ctx.Err() == nil:
			log.WarnContext(ctx, "the removal of a user is interrupted; it goes on later", "error", err)
			sleep(ctx, removalPoll)
		}
	}
}

// work runs one unit of work of the oldest removal that matches, and rests. It
// returns whether the removal has ended. Error: ports.ErrNotFound if there is no removal
// that nobody else works on.
func (s *Removals) work(ctx context.Context, match ports.UserMatch) (ended bool, err error) {
	began := time.Now()
	err = s.storage.Do(ctx, func(ctx context.Context, r ports.Repos) (err error) {
		removal, err := r.Removals.Take(ctx, match)
		if err != nil {
			return err
		}
		ended, err = s.removeSome(ctx, r, removal)
		return err
	})
	if err == nil && !ended {
		sleep(ctx, min(time.Since(began), longestRest))
	}
	return ended, err
}

// removeSome removes at most removalBatch rows of a person, and in the end the person.
func (s *Removals) removeSome(ctx context.Context, r ports.Repos, removal *domain.Removal) (ended bool, err error) {
	if err := r.Users.EnsureTombstone(ctx, s.clock.Now()); err != nil {
		return false, err
	}
	id, left := removal.User.UserID, removalBatch
	for _, remove := range s.steps(r, removal.User.Email) {
		count, err := remove(ctx, id, left)
		if err != nil {
			return false, err
		}
		if left -= count; left <= 0 {
			return false, r.Removals.SetDone(ctx, id, removal.Done+removalBatch)
		}
	}
	if err := r.DailyUse.RemoveOf(ctx, id); err != nil {
		return false, err
	}
	if err := r.Users.Remove(ctx, id); err != nil {
		return false, err
	}
	return true, r.Removals.Remove(ctx, id)
}

// steps are the steps of a removal, in their order: flavors come before the sites
// that they refer to. Each works on at most limit rows and returns on how many. address is the
// person's.
func (s *Removals) steps(r ports.Repos, address string) []func(ctx context.Context, id domain.UserID, limit int) (int, error) {
	steps := []func(ctx context.Context, id domain.UserID, limit int) (int, error){
		func(ctx context.Context, id domain.UserID, limit int) (int, error) {
			return s.removeResultsOf(ctx, r, id, limit)
		},
		func(ctx context.Context, id domain.UserID, limit int) (int, error) {
			return s.rejectClaimsOf(ctx, r, id, limit)
		},
		s.removeUnused(r, domain.FlavorResource, r.Flavors.RemoveUnused), s.removeUnused(r, domain.SiteResource, r.Sites.RemoveUnused),
		s.removeUnused(r, domain.BenchmarkResource, r.Benchmarks.RemoveUnused),
	}
	for _, handOver := range []func(ctx context.Context, from, to domain.UserID, limit int) (int, error){
		r.Flavors.HandOver, r.Sites.HandOver, r.Benchmarks.HandOver, r.Tags.HandOver, r.Claims.HandOver,
		r.Events.HandOver,
	} {
		steps = append(steps, func(ctx context.Context, id domain.UserID, limit int) (int, error) {
			return handOver(ctx, id, domain.Tombstone, limit)
		})
	}
	forget := func(ctx context.Context, id domain.UserID, limit int) (int, error) {
		return r.Events.Forget(ctx, domain.UserResource, audit.AllAbout(id), limit)
	}
	return append(steps, forget, r.Keys.RemoveOf, func(ctx context.Context, _ domain.UserID, limit int) (int, error) {
		return removeMails(ctx, r, address, limit)
	})
}

func (s *Removals) removeResultsOf(ctx context.Context, r ports.Repos, id domain.UserID, limit int) (int, error) {
	listed, err := r.Results.OfUploader(ctx, id, limit)
	if err != nil || len(listed) == 0 {
		return 0, err
	}
	// Others may delete or purge the results until they are locked: then the events are in order,
	// and none is about a result that is gone.
	locked, err := r.Results.LockAll(ctx, listed)
	if err != nil || len(locked) == 0 {
		return len(listed), err
	}
	match := ports.ResultMatch{IDs: slices.Collect(maps.Keys(locked))}
	event, err := ports.Identified(ctx, domain.Event{At: s.clock.Now(), Role: domain.SystemRole, Action: domain.RemoveUsers.ID})
	if err != nil {
		return 0, err
	}
	if err := r.Events.AddRemoved(ctx, match, event); err != nil {
		return 0, err
	}
	return len(listed), r.Results.RemoveAll(ctx, match)
}

// removeUnused removes what is on review of a user by one of the repositories, with an event
// for each.
func (s *Removals) removeUnused(
	r ports.Repos, resource domain.Resource, remove func(context.Context, domain.UserID, int) ([]uuid.UUID, error),
) func(ctx context.Context, id domain.UserID, limit int) (int, error) {
	return func(ctx context.Context, id domain.UserID, limit int) (int, error) {
		ids, err := remove(ctx, id, limit)
		if err != nil || len(ids) == 0 {
			return 0, err
		}
		events := make([]domain.Event, len(ids))
		for i, id := range ids {
			events[i] = domain.Event{
				At: s.clock.Now(), Role: domain.SystemRole, Action: domain.RemoveUsers.ID, Resource: resource, ResourceID: id,
			}
		}
		return len(ids), ports.RecordAll(ctx, r, events)
	}
}

// rejectClaimsOf rejects open claims of a user, at most limit, and returns how many. It
// skips claims that another unit of work settled, or removed with their result, before
// this one locked the results. Uploaders whose results return to the lists get a mail.
func (s *Removals) rejectClaimsOf(ctx context.Context, r ports.Repos, id domain.UserID, limit int) (int, error) {
	open, err := r.Claims.OpenOf(ctx, id, limit)
	if err != nil || len(open) == 0 {
		return 0, err
	}
	var rejected []*domain.Claim
	var results []uuid.UUID
	theirs := map[uuid.UUID]bool{}
	for _, claim := range open {
		theirs[claim.ID] = true
		if claim.IsOrphan() {
			rejected = append(rejected, claim)
		} else {
			results = append(results, claim.ResultID)
		}
	}
	before, err := r.Results.LockAll(ctx, results)
	if err != nil {
		return 0, err
	}
	active, err := r.Claims.ActiveOfAll(ctx, results)
	if err != nil {
		return 0, err
	}
	after := make(map[uuid.UUID]domain.Visibility, len(before))
	var visibleAgain []uuid.UUID
	for resultID, visibility := range before {
		stay := slices.DeleteFunc(slices.Clone(active[resultID]), func(claim *domain.Claim) bool {
			return theirs[claim.ID] && !claim.IsApproved()
		})
		if len(stay) == len(active[resultID]) {
			continue
		}
		for _, claim := range active[resultID] {
			if !slices.Contains(stay, claim) {
				rejected = append(rejected, claim)
			}
		}
		after[resultID] = visibility.With(active[resultID], stay)
		if visibility.Hidden && !after[resultID].Hidden {
			visibleAgain = append(visibleAgain, resultID)
		}
	}
	if err := r.Results.SetVisibilities(ctx, after); err != nil {
		return 0, err
	}
	ids, events := make([]uuid.UUID, len(rejected)), make([]domain.Event, len(rejected))
	for i, claim := range rejected {
		ids[i], events[i] = claim.ID, claimEvent(s.clock, domain.SystemRole, nil, domain.RejectClaim, claim, "", "")
	}
	if err := r.Claims.RemoveAll(ctx, ids); err != nil {
		return 0, err
	}
	if err := ports.RecordAll(ctx, r, events); err != nil {
		return 0, err
	}
	return len(open), s.mails.notifyRestored(ctx, r, visibleAgain)
}

// removeMails removes mails to an address, at most limit, and returns their number, unless
// another user has the address.
func removeMails(ctx context.Context, r ports.Repos, address string, limit int) (int, error) {
	others, err := r.Users.List(ctx, ports.UserQuery{
		UserMatch: ports.UserMatch{Email: &address}, ListOptions: ports.ListOptions{Page: domain.PageRequest{Number: 1, Size: 1}},
	})
	if err != nil || others.Total > 0 {
		return 0, err
	}
	return r.Outbox.RemoveTo(ctx, address, limit)
}
